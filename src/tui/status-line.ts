// Status line: what the right of the status row says where a person has chosen it: items in their
// order, or the first line of what a program prints, which is given the session as JSON.
import { runProcess } from "@/base/process";
import type { StatusItem, StatuslineConfig } from "@/schema/tui-config";
import { homeShortened } from "./screens/place";
import { usageOf } from "./screens/usage";
import { presentDirectory, presentModel } from "./store/present";
import type { State } from "./store/state";
import type { StatusLine, Ui } from "./ui";
import { amount, dollars, elapsed, oneLine } from "./views/words";

/** A program is run at most so often, and has so long. */
const COMMAND_EVERY_MS = 1_000;
const COMMAND_MS = 300;
const COMMAND_MAX_BYTES = 64 * 1024;

export class ChosenStatusLine implements StatusLine {
  readonly #ui: Ui;
  readonly #listeners = new Set<() => void>();
  #config: StatuslineConfig | undefined;
  #printed = "";
  #ranAt = Number.NEGATIVE_INFINITY;
  #isRunning = false;

  constructor(ui: Ui) {
    this.#ui = ui;
    this.#config = ui.settings.statusline;
  }

  get items(): readonly StatusItem[] | undefined {
    return Array.isArray(this.#config) ? (this.#config as readonly StatusItem[]) : undefined;
  }

  set items(items: readonly StatusItem[] | undefined) {
    this.#config = items && [...items];
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  text(sessionID: string): string | undefined {
    const config = this.#config;
    if (config === undefined) return undefined;
    if (!("command" in config)) {
      const { state } = this.#ui.store;
      const words = config.map((item) => itemText(this.#ui, state, sessionID, item as StatusItem));
      return words.filter((one) => one !== "").join(" · ");
    }
    void this.#refresh(config.command, sessionID);
    return this.#printed;
  }

  async #refresh(command: string, sessionID: string): Promise<void> {
    const { clock, store, log } = this.#ui;
    if (this.#isRunning || clock.now() - this.#ranAt < COMMAND_EVERY_MS) return;
    this.#isRunning = true;
    this.#ranAt = clock.now();
    const { state } = store;
    const input = {
      session: state.sessions?.[sessionID] ?? null,
      usage: usageOf(state, sessionID) ?? null,
      model: presentModel(state) ?? null,
      directory: presentDirectory(state),
      branch: state.facts.vcs?.branch ?? null,
    };
    try {
      const { stdout } = await runProcess(["sh", "-c", command], {
        cwd: presentDirectory(state) || this.#ui.environment.home,
        stdin: JSON.stringify(input),
        timeoutMs: COMMAND_MS,
        maxBytes: COMMAND_MAX_BYTES,
      });
      const printed = oneLine(stdout.trim().split("\n")[0] ?? "");
      const hasChanged = printed !== this.#printed;
      this.#printed = printed;
      if (hasChanged) for (const listener of this.#listeners) listener();
    } catch (error) {
      log.warn("the program of the status line cannot be run", { command, error: String(error) });
    } finally {
      this.#isRunning = false;
    }
  }
}

/** Empty where there is nothing to say. */
export function itemText(ui: Ui, state: State, sessionID: string, item: StatusItem): string {
  const usage = usageOf(state, sessionID);
  const model = presentModel(state);
  const connected = (all: readonly { status: string }[]) => {
    const count = all.filter(({ status }) => status === "connected").length;
    return `${count}/${all.length}`;
  };
  switch (item) {
    case "cwd":
      return homeShortened(presentDirectory(state), ui.environment.home);
    case "branch":
      return oneLine(state.facts.vcs?.branch ?? "");
    case "model":
      return oneLine(model?.modelID ?? "");
    case "variant":
      return oneLine(model?.variant ?? "");
    case "tokens":
      return usage ? amount(usage.tokens) : "";
    case "percent":
      return usage?.percent === undefined ? "" : `${usage.percent}%`;
    case "cost":
      return usage?.cost ? dollars(usage.cost) : "";
    case "time": {
      const since = state.busySince[sessionID];
      return since === undefined ? "" : elapsed(ui.clock.now() - since);
    }
    case "session":
      return oneLine(state.sessions?.[sessionID]?.title ?? "");
    case "lsp":
      return state.facts.lsp?.length ? `LSP ${connected(state.facts.lsp)}` : "";
    case "mcp": {
      const servers = Object.values(state.facts.mcp ?? {});
      return servers.length === 0 ? "" : `MCP ${connected(servers)}`;
    }
    case "custom":
      return "";
  }
}
