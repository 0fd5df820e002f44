// Assertions: a bug in this program stops the work that met it, with words that name the bug.
// They are for what cannot happen; an expected failure is an AppError (error.ts).

/** Throws when `condition` is falsy: a broken invariant, never bad input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`bug: ${message}`);
}

/** Marks the branch that no value of a union reaches; the compiler proves it. */
export function unreachable(value: never): never {
  throw new Error(`bug: unreachable value ${JSON.stringify(value)}`);
}
