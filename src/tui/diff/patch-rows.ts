// Patch rows: a unified diff, as `diff -u` and git print it, as rows for the screen. Pure. What is
// not understood is left out, so that a damaged patch shows what can be read of it.
// Format: https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html

export type RowKind = "context" | "added" | "removed";

export interface DiffRow {
  kind: RowKind;
  /** The line's number before and after, from 1; an added line has no `before`. */
  before?: number;
  after?: number;
  text: string;
  /** The file's last line, without the end that lines have. */
  isUnended?: true;
}

export interface Hunk {
  /** Lines between the hunk before, or the start of the file, and this one. */
  skipped: number;
  rows: DiffRow[];
}

export interface FilePatch {
  /** As it is named after the change; before it when the file was removed. */
  path: string;
  /** When it had another name. */
  from?: string;
  status: "added" | "modified" | "deleted";
  additions: number;
  deletions: number;
  isBinary: boolean;
  hunks: Hunk[];
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
const NOWHERE = "/dev/null";

/** The files of a patch, in its order. */
export function parsePatch(patch: string): FilePatch[] {
  const reader = new PatchReader();
  for (const line of patch.split("\n")) reader.read(line);
  return reader.files;
}

class PatchReader {
  readonly files: FilePatch[] = [];
  #file: FilePatch | undefined;
  #hunk: Hunk | undefined;
  /** Of the next rows, and how many lines the hunk's header still promises. */
  #before = 0;
  #after = 0;
  #beforeLeft = 0;
  #afterLeft = 0;

  read(line: string): void {
    if (this.#hunk && (this.#beforeLeft > 0 || this.#afterLeft > 0)) return this.#readRow(line);
    if (line.startsWith("\\")) return this.#endLast();
    const hunk = HUNK.exec(line);
    if (hunk) return this.#startHunk(hunk);
    this.#readHeader(line);
  }

  #readHeader(line: string): void {
    if (line.startsWith("diff --git ") || line.startsWith("Index: ")) {
      const named = /^diff --git a\/(.*) b\/\1$/.exec(line)?.[1] ?? line.replace(/^Index: /, "");
      this.#startFile(line.startsWith("diff --git") && named === line ? "" : named);
    } else if (line.startsWith("--- ")) {
      const from = pathOf(line);
      // A plain diff has no line of its own that says where the next file begins.
      const file = this.#file?.hunks.length === 0 ? this.#file : this.#startFile(from);
      if (from === NOWHERE) file.status = "added";
      else if (file.path === "") file.path = from;
    } else if (line.startsWith("+++ ") && this.#file) {
      const to = pathOf(line);
      if (to === NOWHERE) this.#file.status = "deleted";
      else this.#file.path = to;
    } else if (this.#file) readExtended(this.#file, line);
  }

  #startFile(path: string): FilePatch {
    const counts = { additions: 0, deletions: 0 };
    const file: FilePatch = { path, status: "modified", ...counts, isBinary: false, hunks: [] };
    this.files.push(file);
    this.#file = file;
    this.#hunk = undefined;
    return file;
  }

  #startHunk(header: RegExpExecArray): void {
    const number = (index: number, otherwise: number) => Number(header[index] ?? otherwise);
    const file = this.#file ?? this.#startFile("");
    const [before, after] = [number(1, 1), number(3, 1)];
    this.#beforeLeft = number(2, 1);
    this.#afterLeft = number(4, 1);
    // Where a side has no lines its number is that of the line before.
    const start = this.#afterLeft === 0 ? after + 1 : after;
    const last = file.hunks.at(-1) ? this.#after : 1;
    this.#before = this.#beforeLeft === 0 ? before + 1 : before;
    this.#after = start;
    this.#hunk = { skipped: Math.max(0, start - last), rows: [] };
    file.hunks.push(this.#hunk);
  }

  #readRow(line: string): void {
    const rows: DiffRow[] = this.#hunk?.rows ?? [];
    const text = line.slice(1).replace(/\r$/, "");
    const sign = line[0];
    if (sign === "+") {
      rows.push({ kind: "added", after: this.#after++, text });
      this.#afterLeft--;
      if (this.#file) this.#file.additions++;
    } else if (sign === "-") {
      rows.push({ kind: "removed", before: this.#before++, text });
      this.#beforeLeft--;
      if (this.#file) this.#file.deletions++;
    } else if (sign === " " || line === "") {
      // Mail programs take the single space of an empty line away.
      rows.push({ kind: "context", before: this.#before++, after: this.#after++, text });
      this.#beforeLeft--;
      this.#afterLeft--;
    } else if (sign === "\\") this.#endLast();
    else {
      this.#beforeLeft = 0;
      this.#afterLeft = 0;
      this.read(line);
    }
  }

  #endLast(): void {
    const last = this.#hunk?.rows.at(-1);
    if (last) last.isUnended = true;
  }
}

function readExtended(file: FilePatch, line: string): void {
  if (line.startsWith("new file mode")) file.status = "added";
  else if (line.startsWith("deleted file mode")) file.status = "deleted";
  else if (line.startsWith("rename from ")) file.from = line.slice("rename from ".length);
  else if (line.startsWith("rename to ")) file.path = line.slice("rename to ".length);
  else if (/^(Binary files |GIT binary patch)/.test(line)) file.isBinary = true;
}

/** Without the prefix that git puts before it and the date that diff puts after it. */
function pathOf(line: string): string {
  const path = line.slice(4).split("\t")[0] ?? "";
  return path === NOWHERE ? path : path.replace(/^[ab]\//, "");
}
