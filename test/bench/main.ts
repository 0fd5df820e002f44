// `bun run bench [case...] [--runs N] [--binary PATH] [--peer PATH] [--json FILE] [--list]`
//
// Prints figures of speed and memory beside those to beat; it never passes or fails on them. With
// --peer another executable is given the same commands, in turns with ours, and ratios are printed.
// Each run has a home of its own, the model is scripted on loopback in a process of its own, and
// nothing is left running. PATH may be a source file, which bun then runs.

import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { errorMessage } from "@/base/error";
import type { Case, Subject } from "./bench";
import { earlyRequestsCase } from "./cases/early-requests";
import { findFilesCase } from "./cases/find-files";
import { firstPromptCase } from "./cases/first-prompt";
import { gitLoopCase, loopCase } from "./cases/loop";
import { readsCase } from "./cases/reads";
import { runCase } from "./cases/run";
import { serveCase } from "./cases/serve";
import { sessionsCase } from "./cases/sessions";
import { binarySizeCase, firstRequestBytesCase } from "./cases/sizes";
import { streamCase } from "./cases/stream";
import { tuiAnswerCase, tuiLongCase, tuiStartCase, tuiStreamCase } from "./cases/tui";
import { tuiEdgesCase, tuiSoakCase } from "./cases/tui-edges";
import { versionCase } from "./cases/version";
import { type CaseResult, formatCase, formatJSON, machineLine, type Measured } from "./report";

const CASES: readonly Case[] = [
  versionCase,
  serveCase,
  earlyRequestsCase,
  firstPromptCase,
  runCase,
  loopCase,
  gitLoopCase,
  streamCase,
  sessionsCase,
  readsCase,
  findFilesCase,
  binarySizeCase,
  firstRequestBytesCase,
  tuiStartCase,
  tuiStreamCase,
  tuiAnswerCase,
  tuiLongCase,
  tuiEdgesCase,
  tuiSoakCase,
];

const ROOT = join(import.meta.dir, "../..");

class UsageError extends Error {}

interface BenchOptions {
  cases: readonly Case[];
  subjects: readonly Subject[];
  runs: number | undefined;
  json: string | undefined;
  list: boolean;
}

async function main(argv: string[]): Promise<number> {
  const options = parseOptions(argv);
  if (options.list) {
    for (const { name, measures } of CASES) console.log(`${name.padEnd(22)}${measures}`);
    return 0;
  }
  const machine = machineLine();
  console.log(`${machine}\n`);
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interrupted.abort(new Error("interrupted")));
  }
  const results: CaseResult[] = [];
  for (const measured of options.cases) {
    if (interrupted.signal.aborted) break;
    const result = await measureCase(measured, options, interrupted.signal);
    results.push(result);
    console.log(formatCase(result));
  }
  if (options.json !== undefined) await writeFile(options.json, formatJSON(machine, results));
  const hasErrors = results.some(({ subjects }) => subjects.some(({ errors }) => errors.length));
  return hasErrors || interrupted.signal.aborted ? 1 : 0;
}

/** Ours, the peer, ours, the peer: what the machine does meanwhile then falls on both. */
async function measureCase(
  measured: Case,
  options: BenchOptions,
  interrupted: AbortSignal,
): Promise<CaseResult> {
  const subjects = options.subjects.map((subject): Measured => ({
    subject,
    samples: [],
    errors: [],
  }));
  for (let run = 0; run < (options.runs ?? measured.runs); run++) {
    for (const one of subjects) {
      if (interrupted.aborted) continue;
      const limit = AbortSignal.timeout(measured.limitMs);
      try {
        const signal = AbortSignal.any([interrupted, limit]);
        one.samples.push(await measured.measure(one.subject, signal));
      } catch (error) {
        const limitSeconds = measured.limitMs / 1_000;
        one.errors.push(limit.aborted ? `not done in ${limitSeconds} s` : errorMessage(error));
      }
    }
  }
  return { measured, subjects };
}

function parseOptions(argv: string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      runs: { type: "string" },
      binary: { type: "string", default: join(ROOT, "dist/opencode") },
      peer: { type: "string" },
      json: { type: "string" },
      list: { type: "boolean", default: false },
    },
  });
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  if (runs !== undefined && !(Number.isInteger(runs) && runs > 0)) {
    throw new UsageError(`--runs must be a whole number above 0, not "${values.runs}"`);
  }
  const peer = values.peer === undefined ? [] : [subjectOf("peer", values.peer)];
  return {
    cases: positionals.length === 0 ? CASES : positionals.map(findCase),
    subjects: values.list ? [] : [subjectOf("ours", values.binary), ...peer],
    runs,
    json: values.json,
    list: values.list,
  };
}

function findCase(name: string): Case {
  const found = CASES.find((one) => one.name === name);
  if (found) return found;
  throw new UsageError(`no case "${name}"; there are ${CASES.map((one) => one.name).join(", ")}`);
}

function subjectOf(name: string, given: string): Subject {
  const path = resolve(given);
  if (!existsSync(path)) {
    throw new UsageError(`${path} is not there: run "bun run build", or name another`);
  }
  return { name, path, argv: path.endsWith(".ts") ? [process.execPath, path] : [path] };
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // A mistake on the command line needs its words, anything else its place too.
  const isMistake = error instanceof UsageError || error instanceof TypeError;
  console.error(isMistake ? errorMessage(error) : error);
  process.exitCode = 2;
}
