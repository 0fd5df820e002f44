// Find hits: where in a transcript a text stands, folded parts included. Pure.
import type { Part, ToolPart } from "@/schema/part";
import { type Block, summaryText } from "./blocks";
import { harmless } from "./words";

/** Where it stands: in which of the blocks, and about which row of it when it is opened. */
export interface Hit {
  index: number;
  row: number;
}

/** More of them are no help to anybody. */
const HITS_MAX = 10_000;

/** All places of the text, letters of any case, in blocks that are `columns` wide. */
export function findHits(blocks: readonly Block[], query: string, columns: number): Hit[] {
  const wanted = query.toLowerCase();
  if (wanted.trim() === "") return [];
  const hits = blocks.flatMap((block, index) => {
    return rowsOf(textOf(block).toLowerCase(), wanted, columns).map((row) => ({ index, row }));
  });
  return hits.slice(0, HITS_MAX);
}

function rowsOf(text: string, wanted: string, columns: number): number[] {
  const rows: number[] = [];
  if (!text.includes(wanted)) return rows;
  let row = 0;
  for (const line of text.split("\n")) {
    for (let at = line.indexOf(wanted); at >= 0; at = line.indexOf(wanted, at + wanted.length)) {
      rows.push(row + Math.floor(at / columns));
    }
    row += Math.max(1, Math.ceil(line.length / columns));
  }
  return rows;
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
