// What can be done, and doing it: by a key, from the palette, by a slash command, or because a
// program asks. Each owner of a part gives the bodies of its actions; an action without a body, or
// whose body does not apply now, is not there.

import { keyNames } from "@/tui/keymap/key-table";
import { actionSpecs, type ActionSpec } from "./action-table";

export interface ActionBody {
  /** What it does; of a promise only its failure is waited for, which is told to the person. */
  run: (text?: string) => void | Promise<void>;
  /** Whether text behind its slash command is given to it. */
  takesText?: boolean;
  /** Whether it applies now. */
  when?: () => boolean;
  /** What it is called now, such as "Hide sidebar". */
  title?: () => string;
}

export interface ActionsOptions {
  isInSession: () => boolean;
  onError: (error: unknown) => void;
}

/** An action that applies now. */
export interface ReadyAction extends ActionSpec {
  takesText: boolean;
  run: () => void;
}

export class Actions {
  readonly #options: ActionsOptions;
  #specs: readonly ActionSpec[] = actionSpecs();
  readonly #bodies = new Map<string, ActionBody[]>();
  readonly #listeners = new Set<(id: string) => void>();
  /** Ids by what else means them: names of keys, and slash commands without the slash. */
  readonly #names: Map<string, string>;

  constructor(options: ActionsOptions) {
    this.#options = options;
    const slash = this.#specs.flatMap(({ id, slash }) => slash.map((name) => [name, id] as const));
    const keys = keyNames().map(({ name, id }) => [name, id] as const);
    const own = this.#specs.map(({ id }) => [id, id] as const);
    this.#names = new Map([...slash, ...keys, ...own]);
  }

  /** Adds bodies by the ids of their actions, until the returned function is called. */
  register(bodies: Readonly<Record<string, ActionBody>>): () => void {
    const entries = Object.entries(bodies);
    for (const [id, body] of entries) {
      this.#bodies.set(id, [body, ...(this.#bodies.get(id) ?? [])]);
    }
    return () => {
      for (const [id, body] of entries) {
        const rest = (this.#bodies.get(id) ?? []).filter((other) => other !== body);
        this.#bodies.set(id, rest);
      }
    };
  }

  /**
   * Adds an action of a plugin, until the returned function is called. False when there is one of
   * that id. Slash commands that mean another already are left out.
   */
  add(spec: ActionSpec, body: ActionBody): (() => void) | false {
    const { id } = spec;
    if (this.#specs.some((one) => one.id === id)) return false;
    const slash = spec.slash.filter((name) => !this.#names.has(name));
    const added = { ...spec, slash };
    this.#specs = [...this.#specs, added];
    for (const name of [id, ...slash]) this.#names.set(name, id);
    const unregister = this.register({ [id]: body });
    return () => {
      this.#specs = this.#specs.filter((one) => one !== added);
      for (const name of [id, ...slash]) this.#names.delete(name);
      unregister();
    };
  }

  /** The id that an id, the name of a key, or a slash command with or without its slash means. */
  resolve(name: string): string | undefined {
    return this.#names.get(name.startsWith("/") ? name.slice(1) : name);
  }

  /** What an action is called, whether it applies or not. */
  title(id: string): string | undefined {
    return this.#specs.find((spec) => spec.id === id)?.title;
  }

  /** Every action, for lists of keys. */
  get specs(): readonly ActionSpec[] {
    return this.#specs;
  }

  /** Those that apply now, in the order of the palette. */
  ready(): ReadyAction[] {
    return this.#specs.flatMap((spec) => {
      const body = this.#bodyOf(spec);
      if (body === undefined) return [];
      const title = body.title?.() ?? spec.title;
      const { takesText = false } = body;
      return [{ ...spec, title, takesText, run: () => this.#start(spec, body) }];
    });
  }

  /** Runs what the name means; false when there is none, or none that applies now. */
  run(name: string, text?: string): boolean {
    const id = this.resolve(name);
    const spec = this.#specs.find((one) => one.id === id);
    const body = spec && this.#bodyOf(spec);
    if (spec === undefined || body === undefined) return false;
    this.#start(spec, body, text);
    return true;
  }

  /** Hears of every action that is run, by its id. */
  onRun(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #bodyOf({ id, inSession }: ActionSpec): ActionBody | undefined {
    if (inSession && !this.#options.isInSession()) return undefined;
    return this.#bodies.get(id)?.find((body) => body.when?.() ?? true);
  }

  #start({ id }: ActionSpec, body: ActionBody, text?: string): void {
    for (const listener of this.#listeners) listener(id);
    const fail = (error: unknown) => this.#options.onError(error);
    try {
      const running = body.run(text);
      if (running instanceof Promise) running.catch(fail);
    } catch (error) {
      fail(error);
    }
  }
}
