// The limit on what a tool may answer to the model, for every tool that has none of its own: the
// beginning is kept, the whole is saved to a file that the model may read or search.
import { join } from "node:path";
import { ensureDirectory, writeFileAtomic } from "@/base/file";
import { IDs } from "@/base/id";
import { errorMessage } from "@/base/error";
import { cutBytes, formatBytes, truncateHead } from "@/base/text";
import type { ToolContext, ToolResult } from "./tool";

/** Saved outputs are bounded too: nobody reads more, and a disk is soon full. */
const SAVED_MAX_BYTES = 64 * 1024 * 1024;

/**
 * The result with `metadata.truncated` set, its output cut to the limits of the context where it
 * is longer. A result that has `truncated` set already has limited itself and stays as it is. When
 * the whole cannot be saved the output is cut all the same, and says so.
 */
export async function limitOutput(
  result: ToolResult,
  context: Pick<ToolContext, "limits" | "host">,
): Promise<ToolResult> {
  if (typeof result.metadata["truncated"] === "boolean") return result;
  const limited = truncateHead(result.output, context.limits);
  if (!limited.truncated) {
    return { ...result, metadata: { ...result.metadata, truncated: false } };
  }
  const { maxLines, maxBytes } = context.limits;
  const reason = `more than ${maxLines} lines or ${formatBytes(maxBytes)}`;
  const { hint, path } = await save(result.output, context);
  const output = `${limited.text}\n\n...output truncated (${reason})...\n${hint}`;
  const metadata = { ...result.metadata, truncated: true, ...(path ? { outputPath: path } : {}) };
  return { ...result, output, metadata };
}

async function save(
  output: string,
  { host }: Pick<ToolContext, "host">,
): Promise<{ hint: string; path?: string }> {
  const path = join(host.paths.toolOutput, new IDs(host.clock).create("tool"));
  try {
    await ensureDirectory(host.paths.toolOutput);
    await writeFileAtomic(path, cutBytes(output, SAVED_MAX_BYTES, "head"));
  } catch (error) {
    host.log.warn("an output could not be saved", { path, error: errorMessage(error) });
    return { hint: `The full output could not be saved: ${errorMessage(error)}` };
  }
  const hint =
    `Full output saved to: ${path}\n` +
    "Use grep on it, or read with offset and limit, or have a subagent look through it.";
  return { hint, path };
}
