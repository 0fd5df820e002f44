// `opencode mcp add`: writes a server into the configuration: the person's own, or the project's.
// What the arguments do not say is asked at a terminal. Nothing is started.
import { conflict, invalid } from "@/base/error";
import { formatKeyPath } from "@/config/key-path";
import type { McpServerConfig } from "@/schema/mcp";
import type { CLIContext, GlobalOptions } from "./context";
import { EXIT } from "./exit-code";
import { isInputTerminal } from "./input";
import { readLine } from "./line-prompt";
import { openProjectConfig } from "./project-config";

export interface AddOptions extends GlobalOptions {
  url?: string;
  env?: string[];
  header?: string[];
  project?: boolean;
}

const USAGE =
  "opencode mcp add <name> --url https://host/path, or opencode mcp add <name> -- program arguments";

export async function add(
  context: CLIContext,
  words: { name?: string | undefined; command: readonly string[] },
  options: AddOptions,
): Promise<number> {
  const isAsked = words.command.length === 0 && options.url === undefined;
  const { name, server } = isAsked
    ? await ask(context, words.name)
    : { name: nameOf(words.name), server: toServer(words.command, options) };
  const config = await openProjectConfig(context);
  const { config: before, sources } = await config.get();
  const origin = (key: string) => sources[formatKeyPath(["mcp", name, key])];
  if (before.mcp?.[name]) {
    const where = origin("type") ?? origin("enabled") ?? "the configuration";
    throw conflict(`MCP server ${name} is in ${where} already: change it there, or choose a name`);
  }
  const patch = { mcp: { [name]: server } };
  await (options.project ? config.update(patch) : config.updateGlobal(patch));
  const path = (await config.get()).sources[formatKeyPath(["mcp", name, "type"])];
  context.output.note(`MCP server ${name} is written to ${path ?? "the configuration"}`);
  context.output.note('"opencode mcp list" says whether it can be connected');
  return EXIT.done;
}

function toServer(command: readonly string[], options: AddOptions): McpServerConfig {
  const { env = [], header = [], url } = options;
  if (url === undefined) {
    if (header.length > 0) throw invalid("--header is for remote servers: give --url as well");
    const environment = pairs("--env", env);
    return { type: "local", command: [...command], ...(env.length > 0 && { environment }) };
  }
  if (command.length > 0) throw invalid("Give --url or a program, not both");
  if (env.length > 0) throw invalid("--env is for local servers: use --header for a remote one");
  checkURL(url);
  const headers = pairs("--header", header);
  return { type: "remote", url, ...(header.length > 0 && { headers }) };
}

async function ask(
  { interrupts, output }: CLIContext,
  given: string | undefined,
): Promise<{ name: string; server: McpServerConfig }> {
  if (!isInputTerminal()) throw invalid(`Say what to add: ${USAGE}`);
  const read = async (question: string) => {
    const answer = await readLine(output, question, interrupts.signal);
    interrupts.signal.throwIfAborted();
    return answer?.trim() ?? "";
  };
  const name = nameOf(given ?? (await read("Name of the server: ")));
  const place = await read("Its address (https://...), or the program and its arguments: ");
  if (/^https?:/i.test(place)) return { name, server: toServer([], { url: place }) };
  const command = place.split(/\s+/).filter((word) => word !== "");
  if (command.length === 0) throw invalid("Nothing is added: no address and no program was given");
  return { name, server: toServer(command, {}) };
}

function nameOf(name = ""): string {
  if (/^[\w.-]{1,64}$/.test(name)) return name;
  throw invalid(`Name the server, in letters, digits, "_", "-" and ".": ${USAGE}`);
}

function checkURL(url: string): void {
  const protocol = URL.parse(url)?.protocol;
  if (protocol === "http:" || protocol === "https:") return;
  throw invalid(`--url: "${url}" is not an address: write it as https://host/path`);
}

function pairs(option: string, given: readonly string[]): Record<string, string> {
  const entries = given.map((text): [string, string] => {
    const at = text.indexOf("=");
    if (at <= 0) throw invalid(`${option}: "${text}" is not NAME=VALUE`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return Object.fromEntries(entries);
}
