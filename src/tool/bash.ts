// bash: runs a command line in a shell of its own, shows its output while it runs, and ends when
// the shell does. Limits, process trees and spill files are host's; permissions bash-permission's.
import { resolve } from "node:path";
import { invalid } from "@/base/error";
import { t, type Static } from "@/base/schema";
import { runShell, type ShellResult } from "@/host/shell";
import { askBash } from "./bash-permission";
import description from "./bash.txt" with { type: "text" };
import { findKind } from "./file-target";
import { defineTool, type ToolContext, type ToolResult } from "./tool";

const TIMEOUT_DEFAULT_MS = 120_000;
const TIMEOUT_MAX_MS = 600_000;
/** Clients get this much of the output's end. */
const SHOWN_MAX_CHARACTERS = 30_000;

const parameters = t.Object({
  command: t.String(),
  timeout: t.Optional(t.Number({ description: "ms, default 120000, max 600000" })),
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
  context.report({ title: command, metadata: { output: "", ...about } });
  const timeoutMs = Math.min(input.timeout ?? TIMEOUT_DEFAULT_MS, TIMEOUT_MAX_MS);
  const options = {
    shell: context.host.shell,
    cwd,
    env: context.host.env,
    signal: context.signal,
    timeoutMs,
    spillDirectory: context.host.paths.toolOutput,
    maxLines: context.limits.maxLines,
    maxBytes: context.limits.maxBytes,
    onOutput: (tail: string) => {
      context.report({ metadata: { output: shownPart(tail), ...about } });
    },
    clock: context.host.clock,
  };
  const result = await context.changes.tree(() => runShell(command, options));
  context.host.scope.track("processes of a command that was ended", result.settled);
  const notes = formatNotes(result, timeoutMs);
  const ended = result.timedOut || result.aborted;
  return {
    title: command,
    output: formatOutput(result) + notes,
    metadata: {
      output: shownPart(result.output) || "(no output)",
      exit: ended ? null : result.exitCode,
      truncated: result.truncated,
      ...(result.spillPath === undefined ? {} : { outputPath: result.spillPath }),
      ...about,
    },
  };
}

function formatOutput(result: ShellResult): string {
  const { output, truncated, spillPath, spillIncomplete } = result;
  if (!truncated) return output || "(no output)";
  const short = spillIncomplete === undefined ? "" : ` (incomplete: ${spillIncomplete})`;
  const saved = spillPath === undefined ? "" : `Full output saved to: ${spillPath}${short}\n\n`;
  return `...output truncated...\n\n${saved}${output}`;
}

/** What the output itself does not tell: how it was ended, and what it left running. */
function formatNotes(result: ShellResult, timeoutMs: number): string {
  const notes: string[] = [];
  if (result.timedOut) {
    notes.push(
      `The command was ended after its timeout of ${timeoutMs} ms. If it needs longer, retry ` +
        "with a larger timeout, or run it in the background with its output in a file.",
    );
  } else if (result.aborted) notes.push("The user aborted the command.");
  else if (result.exitCode === null) notes.push("The command was ended by a signal.");
  if (result.survivors.length > 0) {
    const processes = result.survivors.map(({ pid, command }) => `${pid} ${command}`).join("\n");
    notes.push(`Still running in the background:\n${processes}`);
  }
  if (notes.length === 0) return "";
  return `\n\n<shell_metadata>\n${notes.join("\n")}\n</shell_metadata>`;
}

function shownPart(output: string): string {
  return output.slice(-SHOWN_MAX_CHARACTERS);
}
