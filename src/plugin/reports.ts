// Reports: what does not work is told once, however often it happens.
export class Reports {
  readonly #tell: (problem: string) => void;
  readonly #told = new Set<string>();

  constructor(tell: (problem: string) => void) {
    this.#tell = tell;
  }

  once(problem: string): void {
    if (this.#told.has(problem)) return;
    if (this.#told.size >= KEPT_MAX) this.#told.clear();
    this.#told.add(problem);
    this.#tell(problem);
  }
}

/** Problems beyond these may be told again. */
const KEPT_MAX = 200;
