/*
 * Local servers: model servers on this machine, found by asking their usual ports. They are asked
 * at once, on 127.0.0.1 alone, never through a proxy, and get a moment to answer. What they said
 * is kept shortly; that nobody answered, too, and then it is asked again at the next need.
 */
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Clock } from "@/base/clock";
import { t, type Static, isValid } from "@/base/schema";
import type { Provider } from "@/schema/provider";
import { toModel } from "./catalog-model";

export interface LocalServer {
  /** The id of the provider that it becomes. */
  id: string;
  name: string;
  port: number;
}

/** The servers that people run, on the ports these have unless told otherwise. */
const LOCAL_SERVERS: readonly LocalServer[] = [
  { id: "ollama", name: "Ollama", port: 11434 },
  { id: "lmstudio", name: "LM Studio", port: 1234 },
  { id: "llama.cpp", name: "llama.cpp", port: 8080 },
  { id: "vllm", name: "vLLM", port: 8000 },
];

const ANSWER_TIMEOUT_MS = 300;
const FOUND_KEPT_MS = 30_000;
const ABSENT_KEPT_MS = 3_000;
const ANSWER_MAX_BYTES = 1024 * 1024;
const MODELS_MAX = 500;
const DEFAULT_CONTEXT_TOKENS = 32_768;
const DEFAULT_OUTPUT_TOKENS = 8_192;
/** Models in the list that hold no conversation. */
const NO_CHAT = /embed|rerank|whisper|tts|clip|moderation/i;

const Entry = t.Object({ id: t.String({ minLength: 1, maxLength: 512 }) });
const Answer = t.Object({ data: t.Array(Entry) });
type Entry = Static<typeof Entry>;

interface Kept {
  provider: Provider | undefined;
  until: number;
}

export class LocalServers {
  readonly #servers: readonly LocalServer[];
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  readonly #asking = new Map<string, Promise<Provider | undefined>>();

  constructor(options: { servers?: readonly LocalServer[]; clock: Clock }) {
    this.#servers = options.servers ?? LOCAL_SERVERS;
    this.#clock = options.clock;
  }

  has(id: string): boolean {
    return this.#servers.some((server) => server.id === id);
  }

  /** Those that answer, in the order of the table; at most 300 ms, and no failure is thrown. */
  async findAll(): Promise<Provider[]> {
    const found = await Promise.all(this.#servers.map((server) => this.#find(server)));
    return found.filter((provider) => provider !== undefined);
  }

  /** The provider that the server of this id is, when it answers. */
  async find(id: string): Promise<Provider | undefined> {
    const server = this.#servers.find((candidate) => candidate.id === id);
    return server && this.#find(server);
  }

  async #find(server: LocalServer): Promise<Provider | undefined> {
    const kept = this.#kept.get(server.id);
    if (kept !== undefined && this.#clock.now() < kept.until) return kept.provider;
    // Whoever needs it meanwhile waits for the same answer.
    const asking = this.#asking.get(server.id) ?? this.#ask(server);
    this.#asking.set(server.id, asking);
    return asking;
  }

  async #ask(server: LocalServer): Promise<Provider | undefined> {
    const answer = await requestModels(server.port, this.#clock);
    const provider = answer === undefined ? undefined : toProvider(server, answer);
    const keptMs = provider === undefined ? ABSENT_KEPT_MS : FOUND_KEPT_MS;
    this.#kept.set(server.id, { provider, until: this.#clock.now() + keptMs });
    this.#asking.delete(server.id);
    return provider;
  }
}

/** The entries of the answer, or undefined for anything but a proper answer in time. */
async function requestModels(port: number, clock: Clock): Promise<Entry[] | undefined> {
  // Not fetch: that one obeys the proxy variables, and they are not for this machine.
  const { get } = await import("node:http");
  const { promise, resolve } = Promise.withResolvers<Entry[] | undefined>();
  const request: ClientRequest = get(
    { host: "127.0.0.1", port, path: "/v1/models", agent: false },
    (response) => {
      readAnswer(response).then(resolve, () => resolve(undefined));
    },
  );
  // Nobody listens there, which is the usual case.
  request.on("error", () => resolve(undefined));
  // In two halves: who was busy for longer than the first hears in the second what has come.
  const half = ANSWER_TIMEOUT_MS / 2;
  let cancel = clock.timer(half, () => {
    cancel = clock.timer(half, () => resolve(undefined));
  });
  try {
    return await promise;
  } finally {
    cancel();
    request.destroy();
  }
}

async function readAnswer(response: IncomingMessage): Promise<Entry[] | undefined> {
  if (response.statusCode !== 200) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes: Uint8Array = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > ANSWER_MAX_BYTES) return undefined;
  }
  const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  return isValid(Answer, value) ? value.data.slice(0, MODELS_MAX) : undefined;
}

function toProvider({ id, name, port }: LocalServer, entries: Entry[]): Provider | undefined {
  const baseURL = `http://127.0.0.1:${port}/v1`;
  const chat = entries.filter((entry) => !NO_CHAT.test(entry.id));
  if (chat.length === 0) return undefined;
  const models = chat.map((entry) =>
    toModel({
      providerID: id,
      modelID: entry.id,
      providerConfig: { api: baseURL },
      config: {
        temperature: true,
        limit: limitOf(entry),
        release_date: dateOf(entry),
      },
      variables: {},
    }),
  );
  return {
    id,
    name,
    source: "custom",
    env: [],
    options: { baseURL },
    models: Object.fromEntries(models.map((model) => [model.id, model])),
  };
}

/** Servers say it in their own ways, most do not say it. */
function limitOf(entry: Entry): { context: number; output: number } {
  const said: Record<string, unknown> = { ...entry };
  const meta = said["meta"];
  const inner: Record<string, unknown> =
    typeof meta === "object" && meta !== null ? { ...meta } : {};
  const served = [
    said["max_model_len"],
    said["loaded_context_length"],
    said["context_length"],
    said["max_context_length"],
    said["context_window"],
    inner["n_ctx"],
  ].find(isPositive);
  // What a model was trained for bounds what is served, and is no promise of it.
  const trained = [inner["n_ctx_train"]].find(isPositive) ?? Infinity;
  const context = served ?? Math.min(trained, DEFAULT_CONTEXT_TOKENS);
  return { context, output: Math.min(DEFAULT_OUTPUT_TOKENS, Math.max(1, Math.floor(context / 2))) };
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

/** The day the model came to this server: the newest is likely the one its owner wants. */
function dateOf(entry: Entry): string {
  const { created }: Record<string, unknown> = { ...entry };
  if (!isPositive(created) || created > 1e11) return "";
  return new Date(created * 1000).toISOString().slice(0, 10);
}
