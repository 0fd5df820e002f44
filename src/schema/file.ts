// Files as clients see them: directory entries, contents, search matches, symbols, and places in a
// text. Paths are relative to the project directory unless a field says otherwise.

import { stringEnum, t, type Static } from "@/base/schema";
import { Count } from "./primitive";

/** A place in a text: line and character count from 0, characters are UTF-16 units. */
export const Position = t.Object({ line: Count, character: Count });
export type Position = Static<typeof Position>;

/** From `start` up to, and without, `end`. */
export const Range = t.Object({ start: Position, end: Position }, { $id: "Range" });
export type Range = Static<typeof Range>;

/** How a file differs from an earlier state. */
export const FileChange = stringEnum(["added", "deleted", "modified"]);
export type FileChange = Static<typeof FileChange>;

/** A changed file, with the numbers of lines. */
export const File = t.Object(
  { path: t.String(), added: Count, removed: Count, status: FileChange },
  { $id: "File" },
);
export type File = Static<typeof File>;

/** An entry of a directory. `path` of a directory ends with a slash, `absolute` never does. */
export const FileNode = t.Object(
  {
    name: t.String(),
    path: t.String(),
    absolute: t.String(),
    type: stringEnum(["file", "directory"]),
    ignored: t.Boolean(),
  },
  { $id: "FileNode" },
);
export type FileNode = Static<typeof FileNode>;

/** A unified diff taken apart. Lines begin with a space, a plus or a minus. */
const FilePatch = t.Object({
  oldFileName: t.String(),
  newFileName: t.String(),
  oldHeader: t.Optional(t.String()),
  newHeader: t.Optional(t.String()),
  hunks: t.Array(
    t.Object({
      oldStart: Count,
      oldLines: Count,
      newStart: Count,
      newLines: Count,
      lines: t.Array(t.String()),
    }),
  ),
  index: t.Optional(t.String()),
});

/** What a file holds: text as it is, anything else in base64 with `encoding` set. */
export const FileContent = t.Object(
  {
    type: stringEnum(["text", "binary"]),
    content: t.String(),
    diff: t.Optional(t.String()),
    patch: t.Optional(FilePatch),
    encoding: t.Optional(t.Literal("base64")),
    mimeType: t.Optional(t.String()),
  },
  { $id: "FileContent" },
);
export type FileContent = Static<typeof FileContent>;

const MatchText = t.Object({ text: t.String() });

/** A line that a text search found. Offsets and the submatches' bounds are in bytes. */
export const FindMatch = t.Object(
  {
    path: MatchText,
    lines: MatchText,
    line_number: Count,
    absolute_offset: Count,
    submatches: t.Array(t.Object({ match: MatchText, start: Count, end: Count })),
  },
  { $id: "FindMatch" },
);
export type FindMatch = Static<typeof FindMatch>;

/** A named thing in the code, as a language server tells it; `kind` is that protocol's number. */
export const Symbol = t.Object(
  {
    name: t.String(),
    kind: Count,
    location: t.Object({ uri: t.String(), range: Range }),
  },
  { $id: "Symbol" },
);
export type Symbol = Static<typeof Symbol>;

/** What a session changed in a file. `patch` is a unified diff. */
export const SnapshotFileDiff = t.Object(
  {
    file: t.Optional(t.String()),
    patch: t.Optional(t.String()),
    additions: t.Number(),
    deletions: t.Number(),
    status: t.Optional(FileChange),
  },
  { $id: "SnapshotFileDiff" },
);
export type SnapshotFileDiff = Static<typeof SnapshotFileDiff>;
