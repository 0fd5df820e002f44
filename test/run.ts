// Runs what `run test` promises: the type checker, the linter, the formatter's check and the quick
// tests; and what `run test:long` does: the tests of test/long alone. Closes with one line
// `N passed, M failed`.
//
//   bun run test                     everything quick
//   bun run test test/llm edit       only test files whose path contains one of the words
//   bun run test -t "keeps the BOM"  options are passed on to bun test
//   bun run test:long                test/long only
//
// Each of the three checks, and the check that tests leave nothing behind, counts as one result.
// Test files run in two worker processes at least: measured, it is no slower than one process for
// small files, each file gets fresh globals, and a file that ends its process (even with code 0,
// which one process reports as success) or crashes it is counted as failed.

import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { parseArguments, type RunOptions, selectFiles } from "@test/runner/arguments";
import { findLeftBehind } from "@test/runner/left-behind";
import { closingLine, countResults, type Outcome, slowestFiles, sum } from "@test/runner/report";

const ROOT = resolve(import.meta.dir, "..");
const MAX_WORKERS = 4;
const MINUTE_MS = 60_000;
/** Of one test: only what hangs takes so long, however busy the machine is. */
const TEST_LIMIT_MS = 180_000;
/** A run that is still going then hangs: it is ended and counted as failed. */
const TIME_LIMIT_MS = { quick: 60 * MINUTE_MS, long: 180 * MINUTE_MS };

const CHECKS = [
  { name: "type check", argv: [process.execPath, "check", "--no-script"] },
  { name: "lint", argv: [join(ROOT, "node_modules/.bin/oxlint")] },
  {
    name: "format (bun run format repairs it)",
    // Code only: Markdown tables and data are as their readers want them.
    argv: [
      ...[process.execPath, "fmt", "--no-script", "--check"],
      ...["src/**/*.ts", "test/**/*.ts", "build.ts"],
    ],
  },
] as const;

async function main(): Promise<number> {
  const options = parseArguments(process.argv.slice(2));
  // The long run comes after the quick one, which has checked the code.
  const outcomes = options.long ? [] : await Promise.all(CHECKS.map(runCheck));
  outcomes.push(await runTests(options));
  const total = sum(outcomes);
  console.log(closingLine(total));
  return total.failed === 0 ? 0 : 1;
}

async function runCheck(check: (typeof CHECKS)[number]): Promise<Outcome> {
  const startedAt = performance.now();
  const child = Bun.spawn([...check.argv], {
    cwd: ROOT,
    env: process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: "1" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  const passed = (await child.exited) === 0;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (!passed) console.log(`${stdout}${stderr}`.trim());
  console.log(`${passed ? "(pass)" : "(fail)"} ${check.name} [${seconds} s]`);
  return passed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function runTests(options: RunOptions): Promise<Outcome> {
  const files = selectFiles(await Array.fromAsync(new Bun.Glob("test/**/*.test.ts").scan(ROOT)), {
    long: options.long,
    words: options.words,
  });
  if (files.length === 0) return noFiles(options);
  const scratch = await realpath(await mkdtemp(join(tmpdir(), "opencode-run-")));
  // Some tests drop their privileges, and must still get to their own directories.
  await chmod(scratch, 0o755);
  try {
    return await runFiles(files, options, scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** No file is right for a folder that has none yet, and a mistake when words were given. */
function noFiles(options: RunOptions): Outcome {
  const where = options.long ? "test/long" : "test";
  console.log(`No test file in ${where} ${options.words.join(" ")}`.trim());
  return { passed: 0, failed: options.words.length > 0 ? 1 : 0 };
}

async function runFiles(files: string[], options: RunOptions, scratch: string): Promise<Outcome> {
  const temp = join(scratch, "tmp");
  const home = join(scratch, "home");
  await Promise.all([mkdir(temp), mkdir(home)]);
  const report = join(scratch, "junit.xml");
  const marker = crypto.randomUUID();
  const workers = Math.min(MAX_WORKERS, Math.max(2, availableParallelism()));
  const argv = [process.execPath, "test", `--parallel=${workers}`, `--timeout=${TEST_LIMIT_MS}`];
  if (options.words.length === 0) argv.push("--only-failures");
  argv.push("--reporter=junit", `--reporter-outfile=${report}`, ...options.passedOn);
  argv.push(...files.map((file) => `./${file}`));
  const child = Bun.spawn(argv, {
    cwd: ROOT,
    env: testEnv({ temp, home: options.long ? undefined : home, marker }),
    stdio: ["ignore", "inherit", "inherit"],
    timeout: options.long ? TIME_LIMIT_MS.long : TIME_LIMIT_MS.quick,
  });
  const exitCode = await child.exited;
  const xml = existsSync(report) ? await readFile(report, "utf8") : "";
  for (const line of slowestFiles(xml)) console.log(line);
  const tests = countResults({ xml, files, exitCode });
  return sum([tests, await reportLeftBehind(temp, marker)]);
}

/**
 * Tests get an empty home, an own temporary directory, a git without the person's configuration,
 * and no programs of our packages on PATH, where every project would find language servers. A long
 * test keeps the home: it compiles for other platforms, and bun keeps the runtimes for them there.
 */
function testEnv(own: { temp: string; home: string | undefined; marker: string }) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("GIT_") && !name.startsWith("XDG_"),
  );
  const places = (process.env["PATH"] ?? "").split(delimiter);
  return {
    ...Object.fromEntries(inherited),
    PATH: places.filter((place) => place !== join(ROOT, "node_modules/.bin")).join(delimiter),
    ...(own.home === undefined ? {} : { HOME: own.home, USERPROFILE: own.home }),
    TMPDIR: own.temp,
    TEMP: own.temp,
    TMP: own.temp,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    OPENCODE_TEST_RUN: own.marker,
  };
}

async function reportLeftBehind(temp: string, marker: string): Promise<Outcome> {
  const leftBehind = await findLeftBehind(temp, marker);
  for (const line of leftBehind) console.log(`(fail) a test left behind: ${line}`);
  return leftBehind.length === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

process.exitCode = await main();
