// What plugins may know and hear: the state by its published names, events as they come, a store of
// values of their own, and where the person is. Values are given as they are: a plugin reads them.
import type { BusEvent } from "@/schema/event";
import type { Route } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import { recordOf } from "./plugin-commands";
import type { PluginKV } from "./plugin-kv";
import type { PluginLife } from "./plugin-life";
import type { PluginHost } from "./plugin-types";

/** `api.state`. */
export function stateAPI({ store }: Ui) {
  const now = () => store.state;
  return {
    get ready() {
      return now().facts.config !== undefined;
    },
    get config() {
      return now().facts.config ?? {};
    },
    get provider() {
      return now().facts.providers?.providers ?? [];
    },
    get path() {
      return now().facts.path ?? { state: "", config: "", worktree: "", directory: "" };
    },
    get vcs() {
      return now().facts.vcs;
    },
    session: sessionsAPI(now),
    part: (messageID: string) => {
      const all = Object.values(now().transcripts).flatMap(({ messages }) => messages);
      return all.find(({ info }) => info.id === messageID)?.parts ?? [];
    },
    lsp: () => (now().facts.lsp ?? []).map(({ id, root, status }) => ({ id, root, status })),
    mcp: () => Object.entries(now().facts.mcp ?? {}).map(([name, status]) => ({ name, ...status })),
  };
}

function sessionsAPI(now: () => Ui["store"]["state"]) {
  return {
    count: () => Object.keys(now().sessions ?? {}).length,
    get: (id: string) => now().sessions?.[id],
    diff: (id: string) =>
      (now().diffs[id] ?? []).map(({ file = "", additions, deletions }) => {
        return { file, additions, deletions };
      }),
    todo: (id: string) => now().todos[id] ?? [],
    messages: (id: string) => (now().transcripts[id]?.messages ?? []).map(({ info }) => info),
    status: (id: string) => now().status[id] ?? { type: "idle" },
    permission: (id: string) => now().permissions.filter(({ sessionID }) => sessionID === id),
    question: (id: string) => now().questions.filter(({ sessionID }) => sessionID === id),
  };
}

/** `api.event`, and what tells it. */
export class EventAPI {
  readonly #life: PluginLife;
  readonly #handlers = new Set<{ type: string; hear: (event: BusEvent) => unknown }>();

  constructor(life: PluginLife) {
    this.#life = life;
  }

  tell(event: BusEvent): void {
    for (const { type, hear } of this.#handlers) {
      if (type === event.type || type === "*")
        this.#life.call(`hearing ${type}`, () => hear(event));
    }
  }

  on(type: unknown, hear: unknown): () => void {
    if (typeof type !== "string" || typeof hear !== "function") return () => undefined;
    const entry = { type, hear: hear as (event: BusEvent) => unknown };
    this.#handlers.add(entry);
    return this.#life.keep(() => void this.#handlers.delete(entry));
  }
}

/** `api.kv`. */
export function kvAPI(kv: PluginKV) {
  return {
    get: (key: string, fallback?: unknown) => kv.get(String(key)) ?? fallback,
    set: (key: string, value: unknown) => kv.set(String(key), value),
    get ready() {
      return kv.isReady;
    },
  };
}

/** `api.route`. `register` takes what draws a screen. */
export function routeAPI(ui: Ui, register: (routes: unknown) => () => void) {
  return {
    register,
    navigate: (name: unknown, params?: unknown) => navigate(ui, String(name), recordOf(params)),
    get current() {
      return currentRoute(ui.store.state.route);
    },
  };
}

function navigate(ui: Ui, name: string, params: Readonly<Record<string, unknown>>): void {
  const { route: before } = ui.store.state;
  const back = "back" in before ? before.back : before;
  const go = (route: Route) => ui.store.dispatch({ type: "route.changed", route });
  if (name === "home") return go({ screen: "home" });
  if (name !== "session") return go({ screen: "plugin", name, params, back });
  const { sessionID, prompt } = params;
  if (typeof sessionID !== "string") throw new Error("a session is opened by its sessionID");
  go({ screen: "session", sessionID });
  const text = recordOf(prompt)["input"] ?? prompt;
  if (typeof text === "string") ui.prompt.setText(text);
}

function currentRoute(route: Route) {
  if (route.screen === "session") {
    return { name: "session", params: { sessionID: route.sessionID } };
  }
  if (route.screen === "plugin") return { name: route.name, params: route.params };
  return { name: route.screen };
}

/** `api.client`: the published one, over the way that this program has to its server. */
export function clientAPI({ client, store }: Ui, host: PluginHost): Promise<unknown> {
  const directory = store.state.facts.path?.directory ?? store.state.directory;
  return host.openClient((request) => client.send(request), directory);
}
