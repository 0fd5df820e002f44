// Mini lines: what mini mode prints of each block of a transcript. One row for what a tool did,
// the whole of what was said; once printed a block is the terminal's and never changes.
import type { TextChunk } from "@opentui/core";
import type { ToolPart } from "@/schema/part";
import { parsePatch } from "@/tui/diff/patch-rows";
import type { Ui } from "@/tui/ui";
import type { Block } from "@/tui/views/blocks";
import { compactionWords } from "@/tui/views/compaction";
import { figuresOf } from "@/tui/views/edit";
import { ink } from "@/tui/views/style";
import { describeTool } from "@/tui/views/tools";
import { dollars, duration, harmless, oneLine } from "@/tui/views/words";

/** Whether nothing about the block can change any more. */
export function isFinal(block: Block): boolean {
  if (block.kind === "user") return !block.isQueued;
  if (block.kind === "text") return !block.isLive;
  if (block.kind === "compaction") {
    const { info } = block.summary ?? {};
    return info?.role === "assistant" && info.time.completed !== undefined;
  }
  if (block.kind !== "part") return true;
  const { part, message } = block;
  if (message.time.completed !== undefined) return true;
  if (part.type === "tool") {
    return part.state.status === "completed" || part.state.status === "error";
  }
  return part.type !== "reasoning" || part.time.end !== undefined;
}

/** Empty for what mini mode does not tell. Text of an answer is Markdown, and printed as such. */
export function miniLines(ui: Ui, block: Block, columns: number): TextChunk[] {
  switch (block.kind) {
    case "user":
      return [ink(ui, "text", `› ${asked(block.entry.parts)}`, true)];
    case "text":
      return [ink(ui, "text", harmless(block.text).trim())];
    case "part":
      return partLines(ui, block.part);
    case "error": {
      const { data, name } = block.error;
      const words = "message" in data ? String(data["message"]) : name;
      return [ink(ui, "error", `✗ ${oneLine(words)}`)];
    }
    case "end": {
      const { cost, durationMs, isInterrupted } = block.end;
      const facts = [duration(durationMs), ...(cost > 0 ? [dollars(cost)] : [])];
      const text = `── ${[...facts, ...(isInterrupted ? ["interrupted"] : [])].join(" · ")} `;
      return [ink(ui, "textMuted", text + "─".repeat(Math.max(0, columns - text.length - 1)))];
    }
    case "compaction":
      return [ink(ui, "textMuted", `── ${compactionWords(block)} ──`)];
    case "undone":
      return [];
  }
}

/** Whether a blank row stands before it. */
export function standsApart(block: Block, before: Block | undefined): boolean {
  if (block.kind === "user" || before?.kind === "user") return true;
  return block.kind === "text" && before?.kind === "text";
}

function asked(parts: readonly { type: string }[]): string {
  const texts = parts.flatMap((part) => {
    const isTyped = part.type === "text" && "text" in part && !("synthetic" in part);
    return isTyped ? [String(part.text)] : [];
  });
  return harmless(texts.join("\n")).trim().replaceAll("\n", "\n  ");
}

function partLines(ui: Ui, part: Extract<Block, { kind: "part" }>["part"]): TextChunk[] {
  if (part.type !== "tool") return [];
  const { state } = part;
  if (state.status === "error") {
    const why = oneLine(state.error.trim().split("\n")[0] ?? "");
    return [ink(ui, "error", `✗ ${titleOf(part)}  ${why}`)];
  }
  const chunks = [ink(ui, "textMuted", titleOf(part))];
  if (state.status !== "completed") return chunks;
  const { exit, diff } = state.metadata;
  if (part.tool === "bash" && exit !== 0) {
    const how = typeof exit === "number" ? `exit ${exit}` : "ended";
    const took = duration(state.time.end - state.time.start);
    chunks.push(ink(ui, "error", `  ✗ ${how} · ${took}`));
  }
  if (typeof diff === "string") {
    chunks.push(ink(ui, "textMuted", " "), ...figuresOf(ui, parsePatch(diff)));
  }
  return chunks;
}

const EDITS: Readonly<Record<string, string>> = { edit: "Edit", write: "Write" };

function titleOf(part: ToolPart): string {
  const { input } = part.state;
  const text = (key: string) => oneLine(String(input[key] ?? ""));
  if (part.tool === "bash") return `$ ${text("command")}`;
  if (part.tool === "task") return `✓ ${text("subagent_type")} — ${text("description")}`;
  if (part.tool === "apply_patch") return "← Patch";
  if (part.tool === "todowrite") return "# Todos";
  const edit = EDITS[part.tool];
  const title = part.state.status === "completed" ? part.state.title : text("filePath");
  if (edit !== undefined) return `← ${edit} ${oneLine(title)}`;
  const { icon, title: said, result = "" } = describeTool(part);
  return `${icon} ${oneLine(said)} ${result}`.trimEnd();
}
