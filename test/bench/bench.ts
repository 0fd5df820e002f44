// The words of the bench: what a case measures, in which units, of whom. Nothing here passes or
// fails: a figure has a value to beat, and a table shows both.

/** Milliseconds of processor or of wall time; bytes; or a plain number. */
export type Unit = "ms" | "s" | "MB" | "KB" | "count" | "percent";

export interface Figure {
  /** Key of the sample, and what the table shows. */
  name: string;
  /** How the table shows it; samples are in milliseconds, bytes or counts, whatever the unit. */
  unit: Unit;
  /** At most this much, in milliseconds, bytes or a count; without it the figure only informs. */
  beat?: number;
}

/** One value for each figure of the case, by the figure's name. */
export type Sample = Readonly<Record<string, number>>;

/** The executable that is measured. */
export interface Subject {
  name: string;
  /** The words before the arguments: the executable, or bun and a source file. */
  argv: readonly string[];
  path: string;
}

export interface Case {
  name: string;
  /** One sentence for the head of the table. */
  measures: string;
  figures: readonly Figure[];
  /** How often it is measured unless the command line says otherwise. */
  runs: number;
  /** A run that takes longer is ended and told as not done. */
  limitMs: number;
  /** Measures once, in a home of its own, and leaves nothing running. Throws when it fails. */
  measure(subject: Subject, signal: AbortSignal): Promise<Sample>;
}

export const MEGABYTE = 1_000_000;
