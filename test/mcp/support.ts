// The MCP servers of one directory for tests, with real programs behind them: a temporary
// directory, what was published, and an end that leaves nothing.
import { join, resolve } from "node:path";
import { Bus } from "@/base/bus";
import { type Clock, systemClock } from "@/base/clock";
import { Logger } from "@/base/log";
import { Scope } from "@/base/scope";
import { McpAuth } from "@/mcp/mcp-auth";
import { McpServers } from "@/mcp/mcp-servers";
import { OfferMemory } from "@/mcp/offer-memory";
import type { Config } from "@/schema/config";
import type { EventType } from "@/schema/event";
import type { McpLocalConfig } from "@/schema/mcp";
import { tempDirectory } from "@test/support/temp";
import type { Behaviour } from "./scripted-server";

export interface Published {
  type: EventType;
  properties: unknown;
}

export interface TestServers extends AsyncDisposable {
  servers: McpServers;
  directory: string;
  /** Replaces the configuration; it is followed at the next need. */
  configure(mcp: Config["mcp"]): void;
  published: Published[];
  events: Bus<Published>;
  scope: Scope;
  signal: AbortSignal;
  /** Text of a tool, by its id. */
  call(id: string, input?: Record<string, unknown>): Promise<string>;
}

export interface TestServersOptions {
  mcp?: Config["mcp"];
  clock?: Clock;
  /** Shared with another one: where credentials are. */
  auth?: McpAuth;
  data?: string;
  /** Where servers run; by default a directory of its own. */
  directory?: string;
  /** Of what servers offered; closed at the end. */
  memory?: OfferMemory;
}

export async function testServers(options: TestServersOptions = {}): Promise<TestServers> {
  const temp = await tempDirectory();
  const { clock = systemClock, data = temp.path, directory = temp.path } = options;
  const log = Logger.silent();
  const scope = new Scope("test", log);
  const events = new Bus<Published>(log);
  const published: Published[] = [];
  events.subscribe((event) => published.push(event));
  let mcp = options.mcp ?? {};
  const memory = options.memory ?? new OfferMemory(join(data, "mcp-offers"), log);
  // After the servers, which tell it of their offers.
  scope.defer("offers", () => memory.close());
  const servers = new McpServers({
    config: async () => ({ mcp }),
    directory,
    env: { PATH: process.env["PATH"], HOME: temp.path, SECRET: "not for servers" },
    memory,
    auth: options.auth ?? new McpAuth({ paths: { data }, clock, log }),
    clock,
    log,
    scope,
    publish: (type, properties) => events.publish({ type, properties }),
  });
  const { signal } = new AbortController();
  return {
    servers,
    directory,
    configure: (changed) => void (mcp = changed ?? {}),
    published,
    events,
    scope,
    signal,
    call: async (id, input = {}) => {
      const tool = servers.tools().find((one) => one.id === id);
      if (!tool) throw new Error(`no tool ${id}`);
      return (await tool.call(input, signal)).text;
    },
    [Symbol.asyncDispose]: async () => {
      await scope.close();
      await temp[Symbol.asyncDispose]();
    },
  };
}

/** The first event from now on that `isWanted`. */
export function nextEvent(
  { events }: TestServers,
  isWanted: (event: Published) => boolean = () => true,
): Promise<Published> {
  return new Promise((resolve) => {
    const unsubscribe = events.subscribe((event) => {
      if (!isWanted(event)) return;
      unsubscribe();
      resolve(event);
    });
  });
}

const ENVIRONMENT = { OPENCODE_TEST_RUN: process.env["OPENCODE_TEST_RUN"] ?? "" };

/** A server of this folder that does as it is told. */
export function scripted(
  behaviour: Behaviour = {},
  more: Partial<McpLocalConfig> = {},
): McpLocalConfig {
  const script = join(import.meta.dir, "scripted-server.ts");
  return local([process.execPath, script, JSON.stringify(behaviour)], more);
}

/** One of the published servers; with its arguments. */
export function published(name: "everything" | "filesystem", ...args: string[]): McpLocalConfig {
  return local([process.execPath, publishedScript(name), ...args]);
}

export function publishedScript(name: "everything" | "filesystem"): string {
  const root = resolve(import.meta.dir, "..", "..");
  return join(root, `node_modules/@modelcontextprotocol/server-${name}/dist/index.js`);
}

export function local(command: string[], more: Partial<McpLocalConfig> = {}): McpLocalConfig {
  return { type: "local", command, environment: ENVIRONMENT, ...more };
}
