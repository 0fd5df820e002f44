// What the test runner reads from bun test's JUnit report, and the lines it prints of it.
//
// The report is bun's own, so its form is known: one <testsuite> per file and per describe block,
// counts on the first <testsuites>. A file that cannot be loaded is missing from it.

export interface Outcome {
  passed: number;
  failed: number;
}

interface Run {
  xml: string;
  files: readonly string[];
  exitCode: number | null;
}

const SLOW_RUN_SECONDS = 60;
const SLOWEST_SHOWN = 5;

/**
 * Passed and failed tests; skipped ones are neither. When bun test failed, each file missing from
 * the report counts as a failure, and there is at least one.
 */
export function countResults(run: Run): Outcome {
  const head = /<testsuites[^>]*>/.exec(run.xml)?.[0] ?? "";
  const failures = numberAttribute(head, "failures");
  const passed = numberAttribute(head, "tests") - failures - numberAttribute(head, "skipped");
  if (run.exitCode === 0) return { passed, failed: failures };
  const reported = reportedFiles(run.xml);
  const missing = run.files.filter((file) => !reported.includes(file)).length;
  return { passed, failed: Math.max(1, failures + missing) };
}

export function sum(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce(
    (total, one) => ({ passed: total.passed + one.passed, failed: total.failed + one.failed }),
    { passed: 0, failed: 0 },
  );
}

export function closingLine(outcome: Outcome): string {
  return `${outcome.passed} passed, ${outcome.failed} failed`;
}

/** The slowest files of a run that took long, as lines to print; none for a quick run. */
export function slowestFiles(xml: string): string[] {
  const head = /<testsuites[^>]*>/.exec(xml)?.[0] ?? "";
  if (numberAttribute(head, "time") < SLOW_RUN_SECONDS) return [];
  return fileSuites(xml)
    .map((suite) => ({ file: attribute(suite, "file"), time: numberAttribute(suite, "time") }))
    .toSorted((a, b) => b.time - a.time)
    .slice(0, SLOWEST_SHOWN)
    .map((suite) => `slow: ${suite.time.toFixed(1)} s ${suite.file}`);
}

function reportedFiles(xml: string): string[] {
  return fileSuites(xml).map((suite) => attribute(suite, "file"));
}

/** The opening tags that stand for files; those of describe blocks have another name. */
function fileSuites(xml: string): string[] {
  return (xml.match(/<testsuite [^>]*>/g) ?? []).filter(
    (suite) => attribute(suite, "name") === attribute(suite, "file"),
  );
}

function attribute(tag: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
}

function numberAttribute(tag: string, name: string): number {
  return Number(attribute(tag, name) || 0);
}
