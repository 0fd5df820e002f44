// Find hits: where in a transcript a text stands, folded parts included. Pure.
import type { Part, ToolPart } from "@/schema/part";
import { type Block, summaryText } from "./blocks";
import { harmless } from "./words";

/** Which of the blocks hold the text, and how often; letters of any case. */
export function findHits(
  blocks: readonly Block[],
  query: string,
): { index: number; count: number }[] {
  const wanted = query.toLowerCase();
  if (wanted.trim() === "") return [];
  return blocks.flatMap((block, index) => {
    const count = countIn(textOf(block).toLowerCase(), wanted);
    return count === 0 ? [] : [{ index, count }];
  });
}

function countIn(text: string, wanted: string): number {
  let count = 0;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    count++;
  }
  return count;
}

/** All that the block can show. */
function textOf(block: Block): string {
  switch (block.kind) {
    case "user":
      return harmless(block.entry.parts.map(partText).join("\n"));
    case "text":
      return harmless(block.text);
    case "part":
      return harmless(partText(block.part));
    case "compaction":
      return harmless(summaryText(block.summary));
    case "error":
      return "message" in block.error.data ? String(block.error.data["message"]) : "";
    default:
      return "";
  }
}

function partText(part: Part): string {
  if (part.type === "text") return part.synthetic ? "" : part.text;
  if (part.type === "reasoning") return part.text;
  return part.type === "tool" ? toolText(part) : "";
}

function toolText({ tool, state }: ToolPart): string {
  const { input } = state;
  const given = Object.values(input).filter((value) => typeof value === "string");
  // What a command has written so far, and where it is kept whole when it has ended.
  const written = "metadata" in state ? state.metadata?.["output"] : undefined;
  const answer =
    state.status === "completed" ? state.output : state.status === "error" ? state.error : "";
  return [tool, ...given, typeof written === "string" ? written : answer].join("\n");
}
