// What differs in a worktree from a commit: the changed files with their numbers of lines, and
// the patches. Files that git does not know yet count as added.
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { countLines } from "@/base/text";
import { createPatch } from "@/base/unified-diff";
import type { VcsFileDiff, VcsFileStatus } from "@/schema/vcs";
import type { Git } from "./git";

/** The tree without files, known to every repository: the base before there is a first commit. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const FILES_MAX = 10_000;
/** Larger untracked files are listed without their lines. */
const UNTRACKED_MAX_BYTES = 1024 * 1024;
const WHOLE_FILE = 1_000_000;
const NO_FOLLOW = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface GitDiffOptions {
  /** Against the last commit, or against where the default branch was left. */
  mode: "git" | "branch";
  /** Lines around a change; default: the whole file. */
  context?: number;
  signal?: AbortSignal;
}

/** Changed files, those unknown to git included, by path; empty where git has no answer. */
export async function gitStatus(git: Git, signal?: AbortSignal): Promise<VcsFileStatus[]> {
  return listChanges(git, await headOrEmpty(git, signal), signal);
}

/** Changed files with their patches, by path; empty where git has no answer. */
export async function gitDiff(git: Git, options: GitDiffOptions): Promise<VcsFileDiff[]> {
  const base = await findBase(git, options);
  const changes = await listChanges(git, base, options.signal);
  const context = options.context ?? WHOLE_FILE;
  const patches = splitPatches((await diffText(git, base, context, options.signal)) ?? "");
  const tracked = await trackedPaths(git, base, options.signal);
  return Promise.all(
    changes.map(async (change) => {
      const index = tracked.indexOf(change.file);
      const patch = index >= 0 ? patches[index] : await untrackedPatch(git, change.file, context);
      return patch === undefined ? change : { ...change, patch };
    }),
  );
}

/** The patch as git prints it, for `git apply`; without files unknown to git. */
export async function gitRawDiff(git: Git, options: GitDiffOptions): Promise<string> {
  const base = await findBase(git, options);
  return (await diffText(git, base, options.context ?? 3, options.signal)) ?? "";
}

async function findBase(git: Git, options: GitDiffOptions): Promise<string> {
  const branch = options.mode === "branch" ? await git.defaultBranch() : undefined;
  for (const ref of branch ? [`origin/${branch}`, branch] : []) {
    const base = await git.text(["merge-base", ref, "HEAD"], withSignal(options.signal));
    if (base?.trim()) return base.trim();
  }
  return headOrEmpty(git, options.signal);
}

async function headOrEmpty(git: Git, signal?: AbortSignal): Promise<string> {
  const args = ["rev-parse", "--verify", "--quiet", "HEAD"];
  return (await git.text(args, withSignal(signal)))?.trim() || EMPTY_TREE;
}

async function listChanges(git: Git, base: string, signal?: AbortSignal): Promise<VcsFileStatus[]> {
  const [tracked, untracked] = await Promise.all([
    listTracked(git, base, signal),
    listUntracked(git, signal),
  ]);
  for (const file of untracked.slice(0, FILES_MAX)) {
    const removed = tracked.get(file);
    const additions = countLines((await readText(git, file)) ?? "");
    // Taken out of the index but still there: it has changed, if at all.
    if (removed) tracked.set(file, { ...removed, additions, status: "modified" });
    else tracked.set(file, { file, additions, deletions: 0, status: "added" });
  }
  return [...tracked.values()]
    .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0))
    .slice(0, FILES_MAX);
}

async function listTracked(
  git: Git,
  base: string,
  signal?: AbortSignal,
): Promise<Map<string, VcsFileStatus>> {
  const [numbers, names] = await Promise.all([
    git.text([...diffArguments(), "--numstat", "-z", base], withSignal(signal)),
    git.text([...diffArguments(), "--name-status", "-z", base], withSignal(signal)),
  ]);
  const changes = new Map<string, VcsFileStatus>();
  const fields = names?.split("\0") ?? [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [letter = "", file = ""] = [fields[index], fields[index + 1]];
    const status = letter === "A" ? "added" : letter === "D" ? "deleted" : "modified";
    changes.set(file, { file, additions: 0, deletions: 0, status });
  }
  for (const line of numbers?.split("\0") ?? []) {
    // Binary files have a dash for a number.
    const [, added, deleted, file = ""] = /^(\d+|-)\t(\d+|-)\t([^]+)$/.exec(line) ?? [];
    const change = changes.get(file);
    if (!change) continue;
    change.additions = Number(added) || 0;
    change.deletions = Number(deleted) || 0;
  }
  return changes;
}

async function listUntracked(git: Git, signal?: AbortSignal): Promise<string[]> {
  const args = ["ls-files", "--others", "--exclude-standard", "-z"];
  const text = await git.text(args, withSignal(signal));
  // A repository inside is listed as a directory; what is in there is its own affair.
  return text?.split("\0").filter((file) => file !== "" && !file.endsWith("/")) ?? [];
}

function diffArguments(): string[] {
  return [
    "diff",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-renames",
    "--ignore-submodules=dirty",
  ];
}

function diffText(git: Git, base: string, context: number, signal?: AbortSignal) {
  return git.text([...diffArguments(), `--unified=${context}`, base], withSignal(signal));
}

async function trackedPaths(git: Git, base: string, signal?: AbortSignal): Promise<string[]> {
  const text = await git.text([...diffArguments(), "--name-only", "-z", base], withSignal(signal));
  return text?.split("\0").filter(Boolean) ?? [];
}

/** One patch a file, in git's order; lines of content never begin with `diff`. */
function splitPatches(text: string): string[] {
  return text.split(/^(?=diff --git )/m).filter((part) => part !== "");
}

async function untrackedPatch(git: Git, file: string, context: number) {
  const text = await readText(git, file);
  return text === undefined ? undefined : createPatch(file, "", text, context);
}

/** The text of a file that is neither large nor binary, nor anything but a file. */
async function readText(git: Git, file: string): Promise<string | undefined> {
  try {
    // Not through links, which may lead anywhere, and without waiting for a pipe's other end.
    const handle = await open(join(git.worktree, file), NO_FOLLOW);
    try {
      const facts = await handle.stat();
      if (!facts.isFile() || facts.size > UNTRACKED_MAX_BYTES) return undefined;
      const bytes = await handle.readFile();
      return bytes.includes(0) ? undefined : bytes.toString("utf8");
    } finally {
      await handle.close();
    }
  } catch {
    return undefined; // gone meanwhile, a link, or not to be read: listed without its lines
  }
}

function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}
