// The keymap as plugins have it: layers of commands and keys, running a command by its name, and
// what keys are called. What it has elsewhere to change how keys are parsed is not here; a call of
// it is told once and does nothing.
import type { KeyEvent, Renderable } from "@opentui/core";
import type { Binding } from "@/tui/keymap/bindings";
import { strokesOf } from "@/tui/keymap/stroke";
import type { Ui } from "@/tui/ui";
import { keyText, parseKey, toParts } from "./key-parts";
import {
  addCommands,
  isTrue,
  layerCommand,
  listOf,
  oldCommand,
  recordOf,
  type PluginCommand,
} from "./plugin-commands";
import type { PluginLife } from "./plugin-life";
import type { Props } from "./elements";

export class KeymapAPI {
  readonly #ui: Ui;
  readonly #life: PluginLife;
  readonly #data = new Map<string, unknown>();
  /** The newest last; layers that name a mode count in it alone. */
  #modes: readonly string[] = [];
  #count = 0;

  constructor(ui: Ui, life: PluginLife) {
    this.#ui = ui;
    this.#life = life;
  }

  /** `api.keymap`. */
  get keymap(): object {
    const own: Record<string, unknown> = this.#own();
    return new Proxy(own, {
      get: (_, name) => {
        if (typeof name === "symbol" || name === "then") return undefined;
        if (Object.hasOwn(own, name)) return own[name];
        return () => {
          this.#life.tell(`keymap.${name} is not in this program: it does nothing`);
          return () => undefined;
        };
      },
    });
  }

  /** `api.mode`. */
  get mode() {
    return {
      current: () => this.#modes.at(-1) ?? "base",
      push: (mode: string) => {
        const entry = String(mode);
        this.#modes = [...this.#modes, entry];
        return this.#life.keep(() => {
          const at = this.#modes.lastIndexOf(entry);
          this.#modes = this.#modes.filter((_, index) => index !== at);
        });
      },
    };
  }

  /** `api.command`. */
  command(dialog: object) {
    return {
      register: (rows: unknown) => {
        const given = this.#life.call("its commands", () =>
          typeof rows === "function" ? rows() : rows,
        );
        const commands = listOf(given).flatMap((row) => oldCommand(row, this.#life, dialog) ?? []);
        const keys = listOf(given).map((row) => {
          const { keybind, value } = recordOf(row);
          return keybind === undefined ? [] : [{ key: keybind, cmd: value }];
        });
        return this.#add(commands, keys.flat(), {});
      },
      trigger: (name: unknown) => void this.#run(String(name)),
      show: () => void this.#run("command.palette.show"),
    };
  }

  #own() {
    const { keymap } = this.#ui;
    const run = (name: unknown) => this.#run(String(name));
    const parts = (key: unknown) => parseKey(key, keymap.leader, "a key").map(toParts)[0] ?? [];
    return {
      registerLayer: (layer: unknown) => {
        const given = recordOf(layer);
        const commands = listOf(given["commands"]).flatMap((one) => {
          return layerCommand(one, this.#life, (key) => this.#context(key)) ?? [];
        });
        return this.#add(commands, listOf(given["bindings"]), given);
      },
      dispatchCommand: run,
      runCommand: run,
      getCommands: () => this.#commands().map(({ command }) => command),
      getCommandEntries: () => this.#commands(),
      getCommandBindings: (query: unknown) => {
        const names = listOf(recordOf(query)["commands"]).map(String);
        return new Map(names.map((name) => [name, this.#bindings(name)]));
      },
      formatKey: (key: unknown) => {
        return parts(key)
          .map(({ display }) => display)
          .join(" ");
      },
      parseKeySequence: parts,
      createKeyMatcher: (key: unknown) => {
        const wanted = parts(key)[0]?.match;
        return (input: unknown) =>
          parts(keyText(recordOf(input)["stroke"] ?? input))[0]?.match === wanted;
      },
      intercept: (name: unknown, hear: unknown) => this.#intercept(name, hear),
      acquireResource: (_: symbol, setUp: () => () => void) => {
        const end = this.#life.call("a resource", setUp);
        return this.#life.keep(() => (typeof end === "function" ? end() : undefined));
      },
      on: () => () => undefined,
      getPendingSequence: () => [],
      hasPendingSequence: () => false,
      clearPendingSequence: () => keymap.cancel(),
      popPendingSequence: () => false,
      getActiveKeys: () => [],
      getHostMetadata: () => ({ platform: "unknown", primaryModifier: "ctrl", modifiers: {} }),
      setData: (name: string, value: unknown) => void this.#data.set(name, value),
      getData: (name: string) => this.#data.get(name),
    };
  }

  #run(name: string): Props {
    const { actions } = this.#ui;
    if (actions.run(name)) return { ok: true };
    return { ok: false, reason: actions.resolve(name) === undefined ? "not-found" : "inactive" };
  }

  #context(event?: KeyEvent): Props {
    const focused = this.#ui.renderer.currentFocusedRenderable;
    const data = Object.fromEntries(this.#data);
    return {
      keymap: this.keymap,
      event,
      focused,
      target: null,
      data,
      input: "",
      payload: undefined,
    };
  }

  #add(commands: readonly PluginCommand[], keys: readonly unknown[], layer: Props): () => void {
    const { keymap } = this.#ui;
    const own = new Map(commands.map((command) => [command.id, command]));
    const runs = new Map<string, (key: KeyEvent) => void>();
    const when = this.#activity(layer);
    const bindings = keys.flatMap((key) => {
      return this.#bind(key, own, runs).map((binding) => {
        const isOne = binding.sequence.length === 1;
        return { ...binding, when: (pressed: KeyEvent) => when(pressed, isOne) };
      });
    });
    const removeCommands = addCommands(this.#ui, this.#life, commands);
    const removeKeys = keymap.add(bindings);
    const leave = keymap.enter("plugin", (id, key) => {
      const run = runs.get(id);
      if (run === undefined) return false;
      if (own.get(id)?.isEnabled() === false) return false;
      run(key);
      return true;
    });
    return this.#life.keep(() => {
      leave();
      removeKeys();
      removeCommands();
    });
  }

  /** A key may mean a command of this layer, one that is known by its name, or a function. */
  #bind(
    given: unknown,
    own: ReadonlyMap<string, PluginCommand>,
    runs: Map<string, (key: KeyEvent) => void>,
  ): Binding[] {
    const { key, cmd, event, preventDefault = true, fallthrough = false } = recordOf(given);
    if (cmd === undefined) return [];
    const isNamed = typeof cmd === "string";
    const id = isNamed ? cmd : `${this.#life.id} key ${++this.#count}`;
    runs.set(id, (pressed) => {
      if (typeof cmd === "function") {
        this.#life.call(`its key ${keyText(key)}`, () => cmd(this.#context(pressed)));
      } else if (own.has(id)) own.get(id)?.run(pressed);
      else this.#run(id);
    });
    const kind = event === "release" ? "release" : "press";
    const how = { preventDefault: preventDefault !== false, fallthrough: fallthrough === true };
    return this.#sequences(key).map((sequence) => {
      return { sequence, name: id, id, contexts: ["plugin"], event: kind, ...how };
    });
  }

  #sequences(key: unknown) {
    try {
      return parseKey(key, this.#ui.keymap.leader, `its key ${keyText(key)}`);
    } catch (error) {
      this.#life.tell(error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  /** Whether the keys of a layer count now. What is typed into a box is never one of them. */
  #activity({ enabled, mode, target }: Props): (key: KeyEvent, isOne: boolean) => boolean {
    const { renderer } = this.#ui;
    return (key, isOne) => {
      if (!isTrue(this.#life, enabled, true)) return false;
      if (mode !== undefined && mode !== (this.#modes.at(-1) ?? "base")) return false;
      const focused = renderer.currentFocusedRenderable;
      if (target !== undefined) return isWithin(focused, target);
      return renderer.currentFocusedEditor === null || !isOne || !isTyped(key);
    };
  }

  #commands() {
    return this.#ui.actions.ready().map((action) => ({
      command: { name: action.id, title: action.title, category: action.group, run: action.run },
      bindings: this.#bindings(action.id),
    }));
  }

  #bindings(id: string) {
    const attrs = { event: "press", preventDefault: true, fallthrough: false };
    const sequences = this.#ui.keymap.sequences(id);
    return sequences.map((sequence) => ({ sequence: toParts(sequence), command: id, ...attrs }));
  }

  #intercept(name: unknown, hear: unknown): () => void {
    if (name !== "key" || typeof hear !== "function") {
      this.#life.tell(`keymap.intercept("${String(name)}") is not in this program`);
      return () => undefined;
    }
    const undo = this.#ui.keymap.intercept((event) => {
      const consume = () => event.preventDefault();
      const data = {
        setData: (key: string, value: unknown) => void this.#data.set(key, value),
        getData: (key: string) => this.#data.get(key),
      };
      this.#life.call("its interceptor", () => hear({ event, consume, ...data }));
    });
    return this.#life.keep(undo);
  }
}

/** One character without ctrl, alt or super. */
function isTyped(key: KeyEvent): boolean {
  const [stroke = ""] = strokesOf(key);
  return [...stroke.replace(/^shift\+/, "")].length === 1;
}

function isWithin(focused: Renderable | null, target: unknown): boolean {
  for (let at = focused; at !== null; at = at.parent) if (at === target) return true;
  return false;
}
