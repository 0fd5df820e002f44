// The command line: from the arguments to an exit code. Builds what commands share, runs the one
// that is called, and turns whatever fails into a line for the person and a code for the program.
import { homedir } from "node:os";
import { CommanderError } from "commander";
import { systemClock } from "@/base/clock";
import { keepLoopbackDirect, readEnv } from "@/base/env";
import { AppError, errorMessage, invalid, isAbort, unavailable } from "@/base/error";
import { resolvePaths } from "@/base/paths";
import type { CLIContext } from "./context";
import { EXIT, exitCodeOf } from "./exit-code";
import { foreignOrigin } from "./foreign-error";
import { reportInternal } from "./internal-error";
import { endChildren, Interrupts } from "./interrupts";
import { Output, printable } from "./output";
import { buildProgram } from "./program";
import type { TypeAhead } from "./type-ahead";

/** What may still be said once the process is given up. */
const LAST_WORDS_MS = 300;

/** Runs the command that `argv` names; resolves with the exit code when all output is written. */
export async function main(argv: readonly string[], typeAhead?: TypeAhead): Promise<number> {
  const clock = systemClock;
  const env = readEnv();
  keepLoopbackDirect();
  const home = env["HOME"] || homedir();
  const output = new Output(env);
  const interrupts = new Interrupts(clock);
  interrupts.listen();
  const place = { env, home, paths: resolvePaths(env, home), clock, output, interrupts };
  const context: CLIContext = {
    ...place,
    directory: findDirectory() ?? "",
    ...(typeAhead && { typeAhead }),
  };
  process.on("uncaughtException", (error) => {
    const foreign = foreignFailure(error);
    if (foreign) hear(context, foreign);
    else void surrender(context, error);
  });
  // Nobody waited for it, so nothing is lost by going on; but it must not stay unheard.
  process.on("unhandledRejection", (error) => {
    if (!isAbort(error)) hear(context, foreignFailure(error) ?? error);
  });
  const command = runCommand(context, argv).finally(() => typeAhead?.end());
  const code = await Promise.race([command, interrupts.overdue]);
  // The command has ended: a reader that does not read is waited for, until a signal comes.
  interrupts.graceMs = 0;
  await Promise.race([output.drain(), interrupts.overdue]);
  if (output.problem) return reportUnwritten(output);
  if (interrupts.code !== undefined) {
    await Promise.race([Promise.all([output.drain(), endChildren()]), clock.sleep(LAST_WORDS_MS)]);
  }
  return code;
}

async function reportUnwritten(output: Output): Promise<number> {
  output.note(`Error: standard output cannot be written: ${output.problem}`);
  await output.drain();
  return EXIT.failed;
}

function findDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined; // it was removed; the command says so if it needs it
  }
}

async function runCommand(context: CLIContext, argv: readonly string[]): Promise<number> {
  let code: number = EXIT.done;
  try {
    if (context.directory === "") throw invalid("The current directory does not exist any more");
    const program = buildProgram(context, (exitCode) => (code = exitCode));
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    // Commander has said already what is wrong.
    const isUsage = error instanceof CommanderError;
    if (isUsage && error.exitCode === 0) return EXIT.done;
    const failure = isUsage ? invalid(error.message) : error;
    if (!isUsage) await tell(context, failure);
    await endJSONRun(context, argv, failure);
    return exitCodeOf(failure);
  }
}

async function tell(context: CLIContext, error: unknown): Promise<void> {
  const { output } = context;
  output.note(`${output.style.red("Error:")} ${printable(errorMessage(error))}`);
  if (!(error instanceof AppError)) await reportInternal(context, error);
}

/** Programs that read the events of a run get its result even when it could not begin. */
async function endJSONRun(
  { output, clock }: CLIContext,
  argv: readonly string[],
  error: unknown,
): Promise<void> {
  const isJSON = argv.some((word, at) => {
    return word === "--format=json" || (word === "--format" && argv[at + 1] === "json");
  });
  if (argv[0] !== "run" || !isJSON) return;
  const { RunJSON } = await import("./run-json");
  new RunJSON({ output, clock, thinking: false }).end({
    exitCode: exitCodeOf(error),
    text: "",
    usage: { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } },
    cost: 0,
    error: { name: error instanceof Error ? error.name : "Error", message: errorMessage(error) },
  });
}

/** What code of people has failed with, where nobody was there to catch it. */
function foreignFailure(error: unknown): AppError | undefined {
  const origin = foreignOrigin(error);
  return origin === undefined
    ? undefined
    : unavailable(`Code in ${origin} has failed: ${errorMessage(error)}`, { origin });
}

function hear(context: CLIContext, error: unknown): void {
  if (context.face) context.face.hear(error);
  else void tell(context, error);
}

/** A bug reached the top: it is told and logged, and the process ends, also when that fails. */
async function surrender(context: CLIContext, error: unknown): Promise<void> {
  try {
    context.face?.restore();
    await tell(context, error);
  } finally {
    context.interrupts.giveUp(EXIT.failed);
  }
}
