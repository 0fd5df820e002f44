// From samples to what is read: medians with their spread as a table for each case, and the same
// as JSON for whoever compares days.

import { cpus, loadavg, release } from "node:os";
import type { Case, Figure, Sample, Subject, Unit } from "./bench";

/** All that one subject did in one case: a sample or an error for each run. */
export interface Measured {
  subject: Subject;
  samples: Sample[];
  errors: string[];
}

export interface CaseResult {
  measured: Case;
  subjects: Measured[];
}

interface Spread {
  median: number;
  min: number;
  max: number;
}

/** The middle of the values, or the mean of the two in the middle; undefined without values. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [min, max] = [sorted.at(0), sorted.at(-1)];
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  if (min === undefined || max === undefined) return undefined;
  return { median: ((low ?? min) + (high ?? max)) / 2, min, max };
}

/** One line about the machine: figures of different machines are not compared. */
export function machineLine(): string {
  const load = loadavg()[0]?.toFixed(1);
  const processors = cpus();
  const model = processors[0]?.model ?? "unknown processor";
  return `${processors.length} x ${model}, ${process.platform} ${release()}, load ${load}`;
}

/** The table of one case, with a column for each subject and their ratio when there are two. */
export function formatCase({ measured, subjects }: CaseResult): string {
  const [first, second] = subjects;
  const header = ["", "to beat", ...subjects.flatMap(({ subject }) => [subject.name, "min - max"])];
  if (second) header.push(`${second.subject.name} / ${first?.subject.name}`);
  const rows = measured.figures.map((figure) => formatFigure(figure, subjects));
  const errors = subjects.flatMap(({ subject, errors }) =>
    errors.map((error) => `  ${subject.name} failed: ${error}`),
  );
  const runs = Math.max(...subjects.map(({ samples }) => samples.length));
  const title = `${measured.name}: ${measured.measures} (median of ${runs})`;
  return [title, ...formatTable([header, ...rows]), ...errors, ""].join("\n");
}

function formatFigure(figure: Figure, subjects: readonly Measured[]): string[] {
  const spreads = subjects.map(({ samples }) =>
    spreadOf(samples.flatMap((sample) => sample[figure.name] ?? [])),
  );
  const cells = spreads.flatMap((spread) => [
    spread ? format(spread.median, figure.unit) + (isMissed(figure, spread) ? " !" : "") : "-",
    spread ? `${format(spread.min, figure.unit)} - ${format(spread.max, figure.unit)}` : "",
  ]);
  const beat = figure.beat === undefined ? "" : `<= ${format(figure.beat, figure.unit)}`;
  const [first, second] = spreads;
  if (subjects.length < 2) return [figure.name, beat, ...cells];
  const ratio = first && second && first.median > 0 ? second.median / first.median : undefined;
  return [figure.name, beat, ...cells, ratio === undefined ? "-" : ratio.toFixed(2)];
}

function isMissed(figure: Figure, spread: Spread): boolean {
  return figure.beat !== undefined && spread.median > figure.beat;
}

function format(value: number, unit: Unit): string {
  switch (unit) {
    case "ms":
      return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
    case "s":
      return `${(value / 1_000).toFixed(2)} s`;
    case "MB":
      return `${(value / 1_000_000).toFixed(1)} MB`;
    case "KB":
      return `${(value / 1_000).toFixed(1)} KB`;
    case "count":
      return String(Math.round(value));
    case "percent":
      return `${Math.round(value)} %`;
  }
}

function formatTable(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? `  ${cell.padEnd(width)}` : cell.padStart(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

/** Everything measured, as text of JSON: times in milliseconds, sizes in bytes. */
export function formatJSON(machine: string, results: readonly CaseResult[]): string {
  const cases = results.map(({ measured, subjects }) => ({
    name: measured.name,
    measures: measured.measures,
    figures: measured.figures,
    subjects: subjects.map(({ subject, samples, errors }) => ({
      name: subject.name,
      path: subject.path,
      medians: medians(measured, samples),
      samples,
      errors,
    })),
  }));
  return `${JSON.stringify({ machine, cases }, undefined, 2)}\n`;
}

function medians(measured: Case, samples: readonly Sample[]): Record<string, number | undefined> {
  return Object.fromEntries(
    measured.figures.map(({ name }) => [
      name,
      spreadOf(samples.flatMap((sample) => sample[name] ?? []))?.median,
    ]),
  );
}
