// Diff sources: where the changes come from that the diff viewer shows.
import type { Client } from "@/client/client";
import type { DiffSource } from "@/tui/store/state";
import { type FilePatch, parsePatch } from "./patch-rows";

export interface LoadedDiff {
  files: FilePatch[];
  /** Whether hunks can be taken back: only of what the files are now. */
  canUndo: boolean;
}

const TITLES: Readonly<Record<DiffSource["type"], string>> = {
  worktree: "working tree",
  branch: "since the default branch",
  session: "this session",
  turn: "this turn",
  patch: "proposed change",
};

export function sourceTitle(source: DiffSource): string {
  return TITLES[source.type];
}

/** Those that there are, in the order in which they are gone through. */
export function sourcesFor(source: DiffSource, sessionID: string | undefined): DiffSource[] {
  const ofSession: DiffSource[] =
    sessionID === undefined ? [] : [{ type: "session", sessionID } as const];
  const isOwn = source.type === "turn" || source.type === "patch";
  return [{ type: "worktree" }, { type: "branch" }, ...ofSession, ...(isOwn ? [source] : [])];
}

export async function loadDiff(client: Client, source: DiffSource): Promise<LoadedDiff> {
  if (source.type === "patch") return { files: parsePatch(source.patch), canUndo: false };
  const canUndo = source.type === "worktree";
  const found = await (source.type === "worktree"
    ? client.vcs.diff("git")
    : source.type === "branch"
      ? client.vcs.diff("branch")
      : client.session.diff(
          source.sessionID,
          source.type === "turn" ? source.messageID : undefined,
        ));
  const files = found.map(({ file, patch = "", additions, deletions, status }): FilePatch => {
    const parsed = parsePatch(patch)[0];
    return {
      ...(parsed ?? { isBinary: patch === "", hunks: [] }),
      path: file ?? parsed?.path ?? "",
      status: status ?? parsed?.status ?? "modified",
      additions,
      deletions,
    };
  });
  return { files, canUndo };
}
