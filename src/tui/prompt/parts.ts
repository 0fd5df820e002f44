// Parts: a draft becomes the parts of a message when it is sent, and a message that is taken back
// becomes a draft again. Pasted text is written out in the text part; the other chips stay in it by
// their labels, and each adds a part that says where its label stands.
import { isAbsolute, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type {
  AgentPartInput,
  FilePartInput,
  FilePartSourceText,
  Part,
  PartInput,
} from "@/schema/part";
import { type Chip, chipLabel, type FileChip } from "./chip";
import { type Draft, pieces, type PlacedChip, trimDraft } from "./draft";

/** What a prompt of this draft sends. `directory` is where relative paths begin. */
export function draftParts(draft: Draft, directory: string): PartInput[] {
  let text = "";
  const parts: PartInput[] = [];
  for (const piece of pieces(trimDraft(draft))) {
    const value = typeof piece === "string" ? piece : writtenChip(piece);
    const at = { value, start: text.length, end: text.length + value.length };
    text += value;
    if (typeof piece === "string") continue;
    const part = chipPart(piece, at, directory);
    if (part) parts.push(part);
  }
  return [{ type: "text", text }, ...parts];
}

/** The draft that a message was made of, for editing it again; long pastes stay written out. */
export function draftOfParts(parts: readonly Part[], directory: string): Draft {
  const said = parts.find((part) => part.type === "text" && !part.synthetic);
  const text = said?.type === "text" ? said.text : "";
  const chips = parts.flatMap((part) => {
    const placed = placedChip(part, directory);
    return placed && text.slice(placed.start, placed.end) === chipLabel(placed.chip)
      ? [placed]
      : [];
  });
  chips.sort((a, b) => a.start - b.start);
  return { text, chips: chips.filter((chip, index) => chip.start >= (chips[index - 1]?.end ?? 0)) };
}

function writtenChip(chip: Chip): string {
  return chip.type === "paste" ? chip.text : chipLabel(chip);
}

function chipPart(
  chip: Chip,
  text: FilePartSourceText,
  directory: string,
): FilePartInput | AgentPartInput | undefined {
  switch (chip.type) {
    case "paste":
      return undefined;
    case "agent":
      return { type: "agent", name: chip.name, source: text };
    case "file":
      return filePart(chip, text, directory);
    case "image":
      return {
        type: "file",
        mime: chip.mime,
        url: chip.url,
        ...(chip.filename !== undefined && { filename: chip.filename }),
        source: { type: "file", path: chip.filename ?? "", text },
      };
    case "resource":
      return {
        type: "file",
        mime: chip.mime ?? "text/plain",
        filename: chip.name,
        url: chip.uri,
        source: { type: "resource", clientName: chip.client, uri: chip.uri, text },
      };
  }
}

function filePart(chip: FileChip, text: FilePartSourceText, directory: string): FilePartInput {
  const url = pathToFileURL(resolve(directory, chip.path));
  if (chip.lines) {
    url.searchParams.set("start", String(chip.lines.start));
    url.searchParams.set("end", String(chip.lines.end ?? chip.lines.start));
  }
  const isDirectory = chip.path.endsWith("/");
  return {
    type: "file",
    mime: isDirectory ? "application/x-directory" : "text/plain",
    filename: chip.path,
    url: url.href,
    source: { type: "file", path: chip.path, text },
  };
}

function placedChip(part: Part, directory: string): PlacedChip | undefined {
  if (part.type === "agent" && part.source) {
    const { start, end } = part.source;
    return { start, end, chip: { type: "agent", name: part.name } };
  }
  if (part.type !== "file" || !part.source) return undefined;
  const { start, end, value } = part.source.text;
  const image = /^\[Image (\d+)\]$/.exec(value);
  if (image) {
    const { mime, url, filename } = part;
    const number = Number(image[1]);
    const named = filename === undefined ? {} : { filename };
    return { start, end, chip: { type: "image", number, mime, url, ...named } };
  }
  if (part.source.type === "resource") {
    const { clientName: client, uri } = part.source;
    const chip: Chip = { type: "resource", client, uri, name: part.filename ?? uri };
    return { start, end, chip: { ...chip, mime: part.mime } };
  }
  const chip = fileChip(part.source.path, part.url, directory);
  return chip && { start, end, chip };
}

function fileChip(path: string, href: string, directory: string): FileChip | undefined {
  const url = URL.parse(href);
  if (url?.protocol !== "file:") return { type: "file", path };
  const first = Number(url.searchParams.get("start") ?? Number.NaN);
  const last = Number(url.searchParams.get("end") ?? Number.NaN);
  url.search = "";
  const isSame = resolve(directory, path) === fileURLToPath(url);
  const named = isSame || isAbsolute(path) ? path : fileURLToPath(url);
  if (!Number.isInteger(first)) return { type: "file", path: named };
  const end = Number.isInteger(last) && last > first ? { end: last } : {};
  return { type: "file", path: named, lines: { start: first, ...end } };
}
