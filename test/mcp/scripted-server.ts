// An MCP server over stdio that misbehaves on demand. It speaks the protocol by hand, so that it
// can also break it. Its one argument is JSON: see Behaviour.
import { existsSync, watch } from "node:fs";
import { dirname } from "node:path";

export interface Behaviour {
  /** Answers nothing before this file exists. */
  gate?: string;
  /** Never answers the first request. */
  isMute?: boolean;
  stderrMegabytes?: number;
  /** Lines on stdout that are no messages. */
  noise?: readonly string[];
  /** Stays after SIGTERM and after the end of its input. */
  isStubborn?: boolean;
  /** Starts a program that stays behind. */
  hasChild?: boolean;
  /** Ends at once, with these words. */
  dieSaying?: string;
  /** As tools/list gives them, besides its own. */
  tools?: readonly unknown[];
  /** What resources/read gives for an address. */
  resources?: Readonly<Record<string, unknown>>;
  /** As resources/templates/list gives them; its lists of resources may change, too. */
  templates?: readonly unknown[];
}

type Message = { id?: number; method?: string; params?: Record<string, unknown> };

const OWN_TOOLS = [
  "echo",
  "crash",
  "hang",
  "cancelled",
  "change",
  "progress",
  "big",
  "pids",
  "fail",
];

if (import.meta.main) await serve(JSON.parse(process.argv[2] ?? "{}"));

async function serve(behaviour: Behaviour): Promise<void> {
  const { gate, dieSaying, isStubborn, hasChild, noise = [], stderrMegabytes = 0 } = behaviour;
  if (dieSaying !== undefined) {
    process.stderr.write(dieSaying);
    process.exit(7);
  }
  if (isStubborn) {
    process.on("SIGTERM", () => {});
    setInterval(() => {}, 60_000);
  }
  const child = hasChild
    ? Bun.spawn(["sleep", "600"], { stdin: "ignore", stdout: "ignore", stderr: "ignore" })
    : undefined;
  const megabyte = "x".repeat(1024 * 1024 - 1) + "\n";
  for (let at = 0; at < stderrMegabytes; at++) await Bun.write(Bun.stderr, megabyte);
  for (const line of noise) process.stdout.write(`${line}\n`);
  if (gate !== undefined) await appearance(gate);
  const server = new Server(behaviour, child?.pid);
  // The end of the input comes as an empty line.
  for await (const line of console) if (line !== "") server.take(JSON.parse(line));
  if (!isStubborn) process.exit(0);
}

async function appearance(path: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const check = () => existsSync(path) && resolve();
  const watcher = watch(dirname(path), check);
  check();
  await promise;
  watcher.close();
}

class Server {
  readonly #behaviour: Behaviour;
  readonly #child: number | undefined;
  readonly #cancelled: unknown[] = [];
  #extra: { name: string; inputSchema: object; uriTemplate: string }[] = [];

  constructor(behaviour: Behaviour, child: number | undefined) {
    this.#behaviour = behaviour;
    this.#child = child;
  }

  take({ id, method, params = {} }: Message): void {
    if (method === "notifications/cancelled") this.#cancelled.push(params["requestId"]);
    if (id === undefined || this.#behaviour.isMute) return;
    if (method === "initialize") return send({ id, result: this.#introduce(params) });
    if (method === "tools/list") return send({ id, result: { tools: this.#tools() } });
    if (method === "resources/templates/list") {
      const resourceTemplates = [...(this.#behaviour.templates ?? []), ...this.#extra];
      return send({ id, result: { resourceTemplates } });
    }
    const resource = this.#behaviour.resources?.[String(params["uri"])];
    if (method === "resources/read" && resource) {
      return send({ id, result: { contents: [resource] } });
    }
    if (method !== "tools/call") {
      return send({ id, error: { code: -32601, message: "Method not found" } });
    }
    const input = (params["arguments"] ?? {}) as Record<string, unknown>;
    this.#call(id, String(params["name"]), input, params["_meta"] as { progressToken?: unknown });
  }

  #introduce(params: Record<string, unknown>) {
    return {
      protocolVersion: params["protocolVersion"],
      capabilities: {
        tools: { listChanged: true },
        ...(this.#behaviour.templates && { resources: { listChanged: true } }),
      },
      serverInfo: { name: "scripted", version: "1" },
      instructions: "Be\u0007 brief.",
    };
  }

  #tools(): unknown[] {
    const own = OWN_TOOLS.map((name) => ({ name, inputSchema: { type: "object" } }));
    return [...own, ...(this.#behaviour.tools ?? []), ...this.#extra];
  }

  #call(
    id: number,
    name: string,
    input: Record<string, unknown>,
    meta: { progressToken?: unknown } | undefined,
  ): void {
    const answer = (text: string, isError = false) =>
      send({ id, result: { content: [{ type: "text", text }], isError } });
    if (name === "echo") return answer(String(input["text"]));
    if (name === "fail") return answer("no such luck", true);
    if (name === "big") return answer("é".repeat(Number(input["characters"])));
    if (name === "cancelled") return answer(String(this.#cancelled.length));
    if (name === "pids") return answer(JSON.stringify([process.pid, this.#child]));
    if (name === "hang") return;
    if (name === "crash") {
      process.stderr.write("out of luck\n");
      process.exit(9);
    }
    if (name === "progress") {
      for (let at = 1; at <= 3; at++) {
        const params = { progressToken: meta?.progressToken, progress: at, total: 3 };
        send({ method: "notifications/progress", params });
      }
      return answer("done");
    }
    const uriTemplate = "extra://{id}";
    this.#extra = [{ name: "extra", inputSchema: { type: "object" }, uriTemplate }];
    send({ method: "notifications/tools/list_changed" });
    if (this.#behaviour.templates) send({ method: "notifications/resources/list_changed" });
    answer("changed");
  }
}

function send(message: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
}
