// From a pressed key to what it means: the innermost context that knows it, sequences of keys, and
// the leader with its time limit. Owns no action: those who enter a context say what they run.

import type { KeyEvent, KeyHandler } from "@opentui/core";
import type { Clock } from "@/base/clock";
import type { Binding, Bindings } from "./bindings";
import { KEY_CONTEXTS, type KeyContext } from "./key-table";
import { formatSequence, type Sequence } from "./key-string";
import { strokesOf, type Stroke } from "./stroke";

/** False says that the action does not apply now; the key goes on outwards. */
export type RunAction = (actionID: string, key: KeyEvent) => boolean;

/** A key that may follow what is pressed, as people read it. */
export interface Continuation {
  label: string;
  actionID: string;
}

export interface KeymapOptions {
  bindings: Bindings;
  leaderTimeoutMs: number;
  clock: Clock;
}

export const LEADER_TIMEOUT_MS = 2_000;
/** Whoever hesitates this long after the leader is shown what may follow. */
const HINT_DELAY_MS = 400;
/** A dialog keeps keys from what lies beneath it. */
const MODAL: readonly KeyContext[] = ["popup", "dialog"];
const MODAL_ABOVE = "dialog" satisfies KeyContext;

interface Layer {
  context: KeyContext;
  run: RunAction;
  otherKeys: ((key: KeyEvent) => boolean) | undefined;
}

export class Keymap {
  readonly #clock: Clock;
  readonly #leaderTimeoutMs: number;
  readonly #listeners = new Set<() => void>();
  #bindings: Bindings;
  /** Of plugins. */
  #added: readonly Binding[] = [];
  readonly #interceptors = new Set<(key: KeyEvent) => void>();
  /** Innermost first. */
  #layers: readonly Layer[] = [];
  #pressed: Sequence = [];
  #isHintDue = false;
  #stopTimers: () => void = () => undefined;

  constructor({ bindings, leaderTimeoutMs, clock }: KeymapOptions) {
    this.#bindings = bindings;
    this.#leaderTimeoutMs = leaderTimeoutMs;
    this.#clock = clock;
  }

  /** Takes the keys of `input` before what has the focus does. */
  listen(input: KeyHandler): () => void {
    const take = (key: KeyEvent) => {
      for (const intercept of this.#interceptors) intercept(key);
      if (!key.defaultPrevented && this.handle(key)) key.preventDefault();
    };
    input.on("keypress", take);
    input.on("keyrelease", take);
    return () => {
      input.off("keypress", take);
      input.off("keyrelease", take);
      this.cancel();
    };
  }

  /**
   * Enters a context: `run` is asked for every action that a key means in it, then `otherKeys` for
   * any key. What is entered later is asked earlier. Leaves by the returned function.
   */
  enter(context: KeyContext, run: RunAction, otherKeys?: (key: KeyEvent) => boolean): () => void {
    const layer: Layer = { context, run, otherKeys };
    const depth = ({ context: of }: Layer) => KEY_CONTEXTS.indexOf(of);
    this.#layers = [layer, ...this.#layers].toSorted((a, b) => depth(a) - depth(b));
    return () => {
      this.#layers = this.#layers.filter((other) => other !== layer);
    };
  }

  /** Adds keys to those of the table, until the returned function is called. */
  add(bindings: readonly Binding[]): () => void {
    this.#added = [...this.#added, ...bindings];
    return () => {
      this.#added = this.#added.filter((one) => !bindings.includes(one));
    };
  }

  /** Hears of every key before it means anything, and may prevent that it does. */
  intercept(hear: (key: KeyEvent) => void): () => void {
    this.#interceptors.add(hear);
    return () => this.#interceptors.delete(hear);
  }

  /** Other keys from now on. */
  rebind(bindings: Bindings): void {
    this.#bindings = bindings;
    this.cancel();
  }

  /** The first key of an action, as people read it; undefined when it has none. */
  label(actionID: string): string | undefined {
    return this.labels(actionID)[0];
  }

  /** All keys of an action. */
  labels(actionID: string): string[] {
    return this.sequences(actionID).map(formatSequence);
  }

  sequences(actionID: string): Sequence[] {
    return this.#all.filter(({ id }) => id === actionID).map(({ sequence }) => sequence);
  }

  /** What `<leader>` stands for. */
  get leader(): readonly Sequence[] {
    return this.#bindings.leader;
  }

  /** What is pressed of a longer sequence, and what may follow, once a person hesitates. */
  get hint(): { pressed: string; continuations: Continuation[] } | undefined {
    if (!this.#isHintDue) return undefined;
    return {
      pressed: formatSequence(this.#pressed),
      continuations: this.#continuations(this.#pressed),
    };
  }

  /** What may follow the leader now, whether it is pressed or not. */
  leaderKeys(): Continuation[] {
    const [leader] = this.#bindings.leader;
    return leader === undefined ? [] : this.#continuations(leader);
  }

  /** Hears when the hint comes and goes. */
  onHint(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether the key was taken. */
  handle(key: KeyEvent): boolean {
    const strokes = strokesOf(key);
    if (key.eventType === "release") return this.#runExact(strokes, key);
    return strokes.map((stroke) => this.#press(stroke, key)).includes(true);
  }

  /** Forgets what was pressed of a longer sequence. */
  cancel(): void {
    this.#stopTimers();
    this.#stopTimers = () => undefined;
    this.#pressed = [];
    const wasShown = this.#isHintDue;
    this.#isHintDue = false;
    if (wasShown) this.#tell();
  }

  #press(stroke: Stroke, key: KeyEvent): boolean {
    const before = this.#pressed;
    const sequence = [...before, stroke];
    this.cancel();
    if (this.#runExact(sequence, key)) return true;
    const isLed = this.#isLeader(before);
    if (this.#isPrefix(sequence) && !(isLed && stroke === "escape")) {
      this.#wait(sequence);
      return this.#isLeader(sequence);
    }
    if (before.length === 0) return false;
    // After the leader a key that leads nowhere is swallowed; after any other it counts for itself.
    return isLed || this.#press(stroke, key);
  }

  #runExact(sequence: Sequence, key: KeyEvent): boolean {
    let isTaken = false;
    for (const layer of this.#active()) {
      for (const binding of this.#of(layer.context)) {
        if (binding.event !== (key.eventType === "release" ? "release" : "press")) continue;
        if (!isSame(binding.sequence, sequence) || binding.when?.(key) === false) continue;
        if (!layer.run(binding.id, key)) continue;
        isTaken ||= binding.preventDefault;
        if (!binding.fallthrough) return isTaken;
      }
      if (sequence.length === 1 && layer.otherKeys?.(key) === true) return true;
    }
    return isTaken;
  }

  #wait(sequence: Sequence): void {
    this.#pressed = sequence;
    const stopTimeout = this.#clock.timer(this.#leaderTimeoutMs, () => this.cancel());
    const stopHint = this.#clock.timer(HINT_DELAY_MS, () => {
      this.#isHintDue = this.#isLeader(sequence);
      if (this.#isHintDue) this.#tell();
    });
    this.#stopTimers = () => {
      stopTimeout();
      stopHint();
    };
  }

  #active(): readonly Layer[] {
    const isCovered = this.#layers.some(({ context }) => context === MODAL_ABOVE);
    return isCovered ? this.#layers.filter(({ context }) => MODAL.includes(context)) : this.#layers;
  }

  #of(context: KeyContext): Binding[] {
    return this.#all.filter(({ contexts }) => contexts.includes(context));
  }

  get #all(): readonly Binding[] {
    return this.#added.length === 0 ? this.#bindings.all : [...this.#added, ...this.#bindings.all];
  }

  #isPrefix(sequence: Sequence): boolean {
    return this.#active().some(({ context }) =>
      this.#of(context).some((binding) => isLonger(binding.sequence, sequence)),
    );
  }

  /** Whether what is pressed begins with the leader. */
  #isLeader(pressed: Sequence): boolean {
    return this.#bindings.leader.some(
      (leader) => isSame(leader, pressed) || isLonger(pressed, leader),
    );
  }

  /** What the innermost context makes of each key that may follow. */
  #continuations(pressed: Sequence): Continuation[] {
    const found = new Map<string, string>();
    for (const { context } of this.#active()) {
      for (const { sequence, id } of this.#of(context)) {
        if (!isLonger(sequence, pressed)) continue;
        const label = formatSequence(sequence.slice(pressed.length));
        if (!found.has(label)) found.set(label, id);
      }
    }
    return [...found].map(([label, actionID]) => ({ label, actionID }));
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function isSame(one: Sequence, other: Sequence): boolean {
  return one.length === other.length && one.every((stroke, index) => stroke === other[index]);
}

/** Whether `longer` begins with `start` and goes on. */
function isLonger(longer: Sequence, start: Sequence): boolean {
  return longer.length > start.length && start.every((stroke, index) => stroke === longer[index]);
}
