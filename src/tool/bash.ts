// bash: runs a command line in a shell of its own, shows its output while it runs, and ends when
// the shell does, or before it where the command goes on as a job (shell-job.ts). Limits, process
// trees and spill files are host's; permissions bash-permission's.
import { resolve } from "node:path";
import { positiveCount } from "@/base/env";
import { invalid } from "@/base/error";
import { t, type Static } from "@/base/schema";
import { type RunOptions, type RunResult, runShell } from "@/host/shell";
import { askBash } from "./bash-permission";
import description from "./bash.txt" with { type: "text" };
import { findKind } from "./file-target";
import { shellJob } from "./shell-job";
import { defineTool, type JobWork, type ToolContext, type ToolResult } from "./tool";

const TIMEOUT_DEFAULT_MS = 120_000;
const TIMEOUT_MAX_MS = 600_000;
/** A command for the background that ends this soon has failed, or had no need to go there. */
const BACKGROUND_WAIT_MS = 1_000;
/** Clients get this much of the output's end. */
const SHOWN_MAX_CHARACTERS = 30_000;

const parameters = t.Object({
  command: t.String(),
  timeout: t.Optional(
    t.Number({ description: "Ends it after ms, max 600000. Without: a job after 120000" }),
  ),
  background: t.Optional(t.Boolean()),
  workdir: t.Optional(t.String({ description: "Use instead of cd" })),
  description: t.Optional(t.String({ description: "What it does, in 5-10 words" })),
});
type Input = Static<typeof parameters>;

export const bashTool = defineTool({ id: "bash", description, parameters, run });

async function run(input: Input, context: ToolContext): Promise<ToolResult> {
  const { command } = input;
  if (command.trim() === "") throw invalid("The command is empty");
  if (input.timeout !== undefined && input.timeout <= 0) {
    throw invalid(`The timeout must be greater than 0 ms, got ${input.timeout}`);
  }
  const cwd = resolve(context.directory, input.workdir ?? ".");
  const about = input.description === undefined ? {} : { description: input.description };
  await askBash(command, cwd, { command, ...about }, context);
  if ((await findKind(cwd)) !== "directory") {
    throw invalid(`The working directory (workdir) does not exist: ${cwd}`);
  }
  if (input.background) context.jobs?.assertRoom();
  context.report({ title: command, metadata: { output: "", ...about } });
  const released = Promise.withResolvers<void>();
  const forget = context.jobs?.onRelease(released.resolve);
  const wait = waitFor(input, context);
  const env = await context.commandEnv(cwd);
  const shell = { ...shellOptions(cwd, about, context), env };
  const options = { ...shell, ...wait, released: released.promise };
  const result = await context.changes.tree(() => runShell(command, options)).finally(forget);
  context.host.scope.track("processes of a command that was ended", result.settled);
  const job = result.kept && keepJob(command, result, context);
  const ended = result.timedOut || result.aborted || (job && result.survivors.length === 0);
  return {
    title: command,
    output: formatOutput(result) + formatNotes(result, wait.timeoutMs, job?.id),
    metadata: {
      output: shownPart(result.output) || "(no output)",
      exit: ended ? null : result.exitCode,
      truncated: result.truncated,
      ...(result.spillPath === undefined ? {} : { outputPath: result.spillPath }),
      ...(job ? { job: job.id } : {}),
      ...about,
    },
  };
}

/** How long the call waits, and whether what outlasts that goes on. */
function waitFor(
  { background, timeout }: Input,
  { host, jobs }: ToolContext,
): Pick<RunOptions, "timeoutMs" | "keep"> {
  if (background && jobs) return { timeoutMs: BACKGROUND_WAIT_MS, keep: "all" };
  // Of a person, who may want commands to take longer than models may.
  const own = positiveCount(host.env, "OPENCODE_EXPERIMENTAL_BASH_DEFAULT_TIMEOUT_MS");
  const wanted = own ?? TIMEOUT_DEFAULT_MS;
  const timeoutMs = timeout === undefined ? wanted : Math.min(timeout, TIMEOUT_MAX_MS);
  if (!jobs?.hasRoom) return { timeoutMs };
  // Who gives a limit wants the command ended by it.
  return { timeoutMs, keep: timeout === undefined ? "all" : "survivors" };
}

function shellOptions(
  cwd: string,
  about: { description?: string },
  { host, limits, report, signal }: ToolContext,
): Omit<RunOptions, "timeoutMs" | "env"> {
  return {
    shell: host.shell,
    cwd,
    signal,
    spillDirectory: host.paths.toolOutput,
    maxLines: limits.maxLines,
    maxBytes: limits.maxBytes,
    onOutput: (tail) => report({ metadata: { output: shownPart(tail), ...about } }),
    clock: host.clock,
  };
}

function formatOutput(result: RunResult): string {
  const { output, truncated, spillPath, spillIncomplete } = result;
  if (!truncated) return output || "(no output)";
  const short = spillIncomplete === undefined ? "" : ` (incomplete: ${spillIncomplete})`;
  const saved = spillPath === undefined ? "" : `Full output saved to: ${spillPath}${short}\n\n`;
  return `...output truncated...\n\n${saved}${output}`;
}

/** What the output itself does not tell: how it was ended, and what goes on. */
function formatNotes(result: RunResult, timeoutMs: number, job: string | undefined): string {
  const notes: string[] = [];
  if (job !== undefined && result.survivors.length === 0) {
    notes.push(`It goes on in the background as ${job}; you are told when it ends (see job).`);
  } else if (result.timedOut) {
    notes.push(
      `The command was ended after its timeout of ${timeoutMs} ms. If it needs longer, retry ` +
        "with a larger timeout, or with background.",
    );
  } else if (result.aborted) notes.push("The user aborted the command.");
  else if (result.exitCode === null) notes.push("The command was ended by a signal.");
  if (result.survivors.length > 0) {
    const processes = result.survivors.map(({ pid, command }) => `${pid} ${command}`).join("\n");
    const name = job === undefined ? "" : ` (${job})`;
    notes.push(`Still running in the background${name}:\n${processes}`);
  }
  if (notes.length === 0) return "";
  return `\n\n<shell_metadata>\n${notes.join("\n")}\n</shell_metadata>`;
}

/** Hands on what outlasts the call. */
function keepJob(command: string, result: RunResult, context: ToolContext): JobWork | undefined {
  const { jobs } = context;
  if (!jobs || !result.kept) return undefined;
  const isRest = result.survivors.length > 0;
  const job = shellJob(command, result.kept, { shown: result.bytes, isRest });
  jobs.add(job);
  return job;
}

function shownPart(output: string): string {
  return output.slice(-SHOWN_MAX_CHARACTERS);
}
