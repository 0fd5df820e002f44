// Moves a session, with its subagents' sessions, to another directory of its project: what it does
// from then on happens there. What it has changed stays where it was changed.
import { conflict, invalid } from "@/base/error";
import type { Session } from "@/schema/session";
import type { App } from "./app";

/**
 * Throws AppError not-found for an unknown session or directory, invalid for a directory of another
 * project and for a subagent's session, conflict while something is undone in it, busy while it or
 * one of its subagents runs.
 */
export async function moveSession(
  app: App,
  sessionID: string,
  directory: string,
): Promise<Session> {
  const here = await app.instances.ofSession(sessionID);
  const there = await app.instances.get(directory);
  const session = here.sessions.get(sessionID);
  if (session.parentID !== undefined) {
    throw invalid(`${sessionID} is a subagent's session: move the one that it belongs to`);
  }
  if (here === there) return session;
  // Without a repository, and in one without a commit, the project is what all such places share.
  const isKnown = here.project.vcs === "git" && there.project.id === here.project.id;
  if (!here.git || !(isKnown || there.root === here.root)) {
    throw invalid(`${there.directory} is no directory of the session's project`, { directory });
  }
  return here.runs.hold(sessionID, async () => {
    for (const { id } of here.sessions.descendants(sessionID)) here.runs.assertIdle(id);
    if (here.sessions.get(sessionID).revert) {
      const what = "Bring back what is undone, or send a prompt, before the session is moved";
      throw conflict(what, { sessionID });
    }
    return there.sessions.adopt(sessionID);
  });
}
