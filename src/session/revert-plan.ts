// What undoing does to each file: computed before anything is written, from the file as it is, the
// changes to take out, and what an earlier undo had taken out. A file is undone in full or left.
import {
  type FileEntry,
  type FileVersion,
  isLink,
  isSameMode,
  withExecutable,
} from "@/host/snapshot-entry";
import type { ChangeChain } from "./revert-changes";
import { mergeChange } from "./revert-merge";

/** A file that is undone: what it was, and what it is now; undefined stands for no file. */
export interface UndoneFile {
  file: string;
  redo?: FileVersion | undefined;
  undone?: FileVersion | undefined;
}

/** A file with its content, whose name is known. */
export interface KeptEntry extends FileEntry {
  hash: string;
}

/** How contents are found, and kept under their name. */
export interface Contents {
  find(hash: string): Buffer | undefined;
  keep(bytes: Buffer): Promise<string>;
}

export interface FileToPlan {
  /** As it is on the disk. */
  present: KeptEntry | undefined;
  /** What the undo before this one did to it. */
  earlier: UndoneFile | undefined;
  /** What is to be taken out, in the order of time. */
  chains: readonly ChangeChain[];
}

/** `redo` is the file with nothing undone. */
export type FilePlan =
  { redo: KeptEntry | undefined; undone: KeptEntry | undefined } | { skipped: string };

type Outcome = { entry: KeptEntry | undefined } | { skipped: string };

const CHANGED = "changed since by somebody else, in the same place";
const LOST = "its earlier content is no longer kept";

/** Plans one file. `skipped` is the reason why it stays as it is, for a person. */
export async function planFile(input: FileToPlan, contents: Contents): Promise<FilePlan> {
  const { present, earlier, chains } = input;
  const before: Outcome = earlier
    ? await replace(present, earlier.undone, earlier.redo, contents)
    : { entry: present };
  if ("skipped" in before) return before;
  let undone = before.entry;
  for (const { before: to, after: from } of chains.toReversed()) {
    const outcome = await replace(undone, from, to, contents);
    if ("skipped" in outcome) return outcome;
    undone = outcome.entry;
  }
  return { redo: before.entry, undone };
}

/** `present` with the change from one version to the other, merged where it is neither. */
async function replace(
  present: KeptEntry | undefined,
  from: FileVersion | undefined,
  to: FileVersion | undefined,
  contents: Contents,
): Promise<Outcome> {
  if (isSame(present, to)) return { entry: present };
  if (isSame(present, from))
    return to ? restore(present, from, to, contents) : { entry: undefined };
  if (!present) return { skipped: "removed since by somebody else" };
  if (!from) return { skipped: "somebody else has made a file of this name since" };
  if (!to) return { skipped: "changed since by somebody else: it is not removed" };
  if ([present, from, to].some(({ mode }) => isLink(mode))) return { skipped: CHANGED };
  return merge(present, from, to, contents);
}

async function restore(
  present: KeptEntry | undefined,
  from: FileVersion | undefined,
  to: FileVersion,
  contents: Contents,
): Promise<Outcome> {
  const bytes = contents.find(to.hash);
  if (!bytes) return { skipped: LOST };
  // Kept as our own: it may have come from the person's repository, which may drop it.
  const hash = await contents.keep(bytes);
  return { entry: { bytes, hash, mode: present ? nextMode(present, from, to) : to.mode } };
}

async function merge(
  present: KeptEntry,
  from: FileVersion,
  to: FileVersion,
  contents: Contents,
): Promise<Outcome> {
  const [base, theirs] = [contents.find(from.hash), contents.find(to.hash)];
  if (!base || !theirs) return { skipped: LOST };
  const bytes = await mergeChange(base, present.bytes, theirs);
  if (!bytes) return { skipped: CHANGED };
  const hash = await contents.keep(bytes);
  return { entry: { bytes, hash, mode: nextMode(present, from, to) } };
}

/** Bits that the change was not about stay as the person has them. */
function nextMode(present: FileVersion, from: FileVersion | undefined, to: FileVersion): number {
  if (isLink(to.mode) || isLink(present.mode) || present.mode === from?.mode) return to.mode;
  return from && isSameMode(from.mode, to.mode)
    ? present.mode
    : withExecutable(present.mode, to.mode);
}

function isSame(a: FileVersion | undefined, b: FileVersion | undefined): boolean {
  if (!a || !b) return a === b;
  return a.hash === b.hash && isSameMode(a.mode, b.mode);
}
