// The patch grammar of apply_patch, parsed. Tolerant of what models add around it (a shell heredoc,
// a code fence, blanks), strict about what it says. Applying is patch-apply.ts's.
//
//   *** Begin Patch
//   *** Add File: path        then lines that begin with "+"
//   *** Delete File: path
//   *** Update File: path     then optionally "*** Move to: path", then hunks:
//   @@ a line of context      (or "@@", or several such lines), then lines that begin with
//                             " ", "-" or "+"
//   *** End of File           the hunk stands at the end of the file
//   *** End Patch
import { invalid } from "@/base/error";

export interface PatchLine {
  type: "keep" | "remove" | "add";
  text: string;
}

export interface PatchHunk {
  /** The lines behind each "@@", one inside the other, after which the hunk is looked for. */
  contexts: string[];
  lines: PatchLine[];
  endOfFile: boolean;
  /** 1-based line of the patch text where the hunk begins. */
  line: number;
}

export type PatchOperation =
  | { type: "add"; path: string; text: string }
  | { type: "delete"; path: string }
  | { type: "update"; path: string; movePath?: string; hunks: PatchHunk[] };

const BEGIN = "*** Begin Patch";
const END = "*** End Patch";
const ADD = "*** Add File: ";
const DELETE = "*** Delete File: ";
const UPDATE = "*** Update File: ";
const MOVE = "*** Move to: ";
const END_OF_FILE = "*** End of File";

/** Reads a patch; throws AppError invalid that names the line at fault. */
export function parsePatch(patchText: string): PatchOperation[] {
  const reader = new PatchReader(unwrap(patchText));
  const operations = reader.readOperations();
  if (operations.length === 0) {
    throw invalid("patch rejected: empty patch, it names no file between its markers");
  }
  return operations;
}

/** The lines of the patch without a heredoc or code fence around it. */
function unwrap(patchText: string): string[] {
  const lines = patchText.replaceAll("\r\n", "\n").trim().split("\n");
  const begin = lines.findIndex((line) => line.trim() === BEGIN);
  const end = lines.findLastIndex((line) => line.trim() === END);
  if (begin < 0) throw invalid(`Invalid patch: the first line must be "${BEGIN}"`);
  if (end < begin) throw invalid(`Invalid patch: the last line must be "${END}"`);
  const before = lines.slice(0, begin).filter((line) => line.trim() !== "");
  const after = lines.slice(end + 1).filter((line) => line.trim() !== "");
  const wrapped = /<<-?\s*\\?['"]?\w+['"]?|^```/.test(before[0] ?? "");
  if (before.length > 1 || (before.length === 1 && !wrapped)) {
    throw invalid(`Invalid patch: the first line must be "${BEGIN}"`);
  }
  const closed = wrapped && after.length === 1 && /^[\w`]+$/.test((after[0] ?? "").trim());
  if (after.length > 0 && !closed) {
    throw invalid(`Invalid patch: the last line must be "${END}"`);
  }
  return lines.slice(begin + 1, end);
}

class PatchReader {
  readonly #lines: readonly string[];
  #at = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  readOperations(): PatchOperation[] {
    const operations: PatchOperation[] = [];
    while (this.#at < this.#lines.length) {
      const line = this.#peek();
      if (line.trim() === "") this.#at++;
      else operations.push(this.#readOperation(line.trimEnd()));
    }
    return operations;
  }

  #readOperation(header: string): PatchOperation {
    const path = (marker: string) => this.#readPath(header, marker);
    if (header.startsWith(ADD)) return this.#readAdd(path(ADD));
    if (header.startsWith(DELETE)) return { type: "delete", path: path(DELETE) };
    if (header.startsWith(UPDATE)) return this.#readUpdate(path(UPDATE));
    throw this.#fault(`expected "${ADD}", "${DELETE}" or "${UPDATE}" and a path, got`, header);
  }

  #readPath(header: string, marker: string): string {
    const path = header.slice(marker.length).trim();
    if (path === "") throw this.#fault("a path is missing behind", marker.trim());
    this.#at++;
    return path;
  }

  #readAdd(path: string): PatchOperation {
    const text: string[] = [];
    for (; this.#at < this.#lines.length && !this.#isHeader(); this.#at++) {
      const line = this.#peek();
      if (line.startsWith("+")) text.push(line.slice(1));
      else if (line.trim() === "" && this.#onlyBlanksToHeader()) break;
      else throw this.#fault('every line of a new file begins with "+", got', line);
    }
    return { type: "add", path, text: text.map((line) => `${line}\n`).join("") };
  }

  #readUpdate(path: string): PatchOperation {
    const move = this.#at < this.#lines.length ? this.#peek().trimEnd() : "";
    const movePath = move.startsWith(MOVE) ? this.#readPath(move, MOVE) : undefined;
    const hunks: PatchHunk[] = [];
    while (this.#at < this.#lines.length && !this.#isHeader()) {
      if (this.#peek().trim() === "" && this.#onlyBlanksToHeader()) break;
      hunks.push(this.#readHunk(hunks.length === 0));
    }
    if (hunks.length === 0 && movePath === undefined) {
      throw this.#fault("no change is given for", path);
    }
    return { type: "update", path, ...(movePath === undefined ? {} : { movePath }), hunks };
  }

  #readHunk(isFirst: boolean): PatchHunk {
    const line = this.#at + 2;
    const header = this.#peek();
    // The first hunk of a file may do without its "@@".
    if (!header.startsWith("@@") && !isFirst) throw this.#fault('expected "@@", got', header);
    const contexts: string[] = [];
    for (; this.#peek().startsWith("@@"); this.#at++) {
      contexts.push(...readContext(this.#peek()));
    }
    const lines = this.#readHunkLines();
    const endOfFile = this.#at < this.#lines.length && this.#peek().trimEnd() === END_OF_FILE;
    if (endOfFile) this.#at++;
    if (lines.length === 0) throw this.#fault("the hunk is empty:", header);
    return { contexts, lines, endOfFile, line };
  }

  #readHunkLines(): PatchLine[] {
    const lines: PatchLine[] = [];
    for (; this.#at < this.#lines.length && !this.#isHeader(); this.#at++) {
      const line = this.#peek();
      if (line.startsWith("@@") || line.trimEnd() === END_OF_FILE) break;
      if (line.startsWith("+")) lines.push({ type: "add", text: line.slice(1) });
      else if (line.startsWith("-")) lines.push({ type: "remove", text: line.slice(1) });
      else if (line.startsWith(" ")) lines.push({ type: "keep", text: line.slice(1) });
      else if (line === "" && this.#onlyBlanksToHeader()) break;
      else if (line === "") lines.push({ type: "keep", text: "" });
      else throw this.#fault('a line of a hunk begins with " ", "-" or "+", got', line);
    }
    return lines;
  }

  #peek(): string {
    return this.#lines[this.#at] ?? "";
  }

  #isHeader(): boolean {
    const line = this.#peek();
    return line.startsWith(ADD) || line.startsWith(DELETE) || line.startsWith(UPDATE);
  }

  /** Blank lines before the next file belong to nobody. */
  #onlyBlanksToHeader(): boolean {
    const start = this.#at;
    while (this.#at < this.#lines.length && this.#peek().trim() === "") this.#at++;
    const isEnd = this.#at >= this.#lines.length || this.#isHeader();
    if (!isEnd) this.#at = start;
    return isEnd;
  }

  #fault(message: string, what: string): Error {
    return invalid(`Invalid patch, line ${this.#at + 2}: ${message} ${JSON.stringify(what)}`);
  }
}

/** The text behind "@@"; line numbers in the manner of diff ("-1,3 +1,4 @@") say nothing here. */
function readContext(header: string): string[] {
  const text = header.slice(2).replace(/^\s*-\d+(,\d+)?\s+\+\d+(,\d+)?\s+@@/, "");
  return text.trim() === "" ? [] : [text.replace(/^ /, "")];
}
