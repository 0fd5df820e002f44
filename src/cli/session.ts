// `opencode session`: the sessions of a project, their removal, and their way to another directory.
import { resolve } from "node:path";
import { plural } from "@/base/text";
import type { Session } from "@/schema/session";
import { type CLIContext, type GlobalOptions, withApp } from "./context";
import { EXIT } from "./exit-code";
import { oneLine } from "./output";
import { formatTable, formatTime } from "./table";

export interface SessionListOptions extends GlobalOptions {
  maxCount?: number;
  format: "table" | "json";
}

/** Those without a parent, the one changed last first. */
export async function list(context: CLIContext, options: SessionListOptions): Promise<number> {
  return withApp(context, options, async (app) => {
    const instance = await app.instances.get(context.directory);
    // Outside of a repository all directories share one project: only what is here is meant.
    const place = instance.git ? {} : { path: instance.directory };
    const limit = options.maxCount === undefined ? {} : { limit: options.maxCount };
    const sessions = instance.sessions.list({ roots: true, ...place, ...limit });
    if (options.format === "json") {
      context.output.print(JSON.stringify(sessions.map(toRow), undefined, 2));
    } else if (sessions.length === 0) {
      context.output.note(`No sessions in ${instance.directory} yet`);
    } else {
      const rows = sessions.map((session) => [
        session.id,
        formatTime(session.time.updated),
        oneLine(session.title, 80),
      ]);
      for (const line of formatTable([["id", "updated", "title"], ...rows])) {
        context.output.print(line);
      }
    }
    return EXIT.done;
  });
}

function toRow(session: Session): Record<string, unknown> {
  const { id, title, projectID: projectId, directory, time } = session;
  return { id, title, updated: time.updated, created: time.created, projectId, directory };
}

/** Removes the session, its subagents' sessions and all they hold. */
export async function remove(
  context: CLIContext,
  sessionID: string,
  options: GlobalOptions,
): Promise<number> {
  return withApp(context, options, async (app) => {
    const { sessionStore } = app.services;
    const session = sessionStore.findSession(sessionID);
    // The directory of a session may be gone; it can be removed from anywhere.
    const instance = await app.instances
      .ofSession(sessionID)
      .catch(() => app.instances.get(context.directory));
    await instance.sessions.remove(sessionID);
    const title = session ? ` (${oneLine(session.title, 80)})` : "";
    context.output.note(`${plural(1, "session")} deleted: ${sessionID}${title}`);
    return EXIT.done;
  });
}

/** Has the session go on in another directory of its project; a relative one is meant from here. */
export async function move(
  context: CLIContext,
  { sessionID, directory }: { sessionID: string; directory: string },
  options: GlobalOptions,
): Promise<number> {
  return withApp(context, options, async (app) => {
    const { moveSession } = await import("@/app/move-session");
    const session = await moveSession(app, sessionID, resolve(context.directory, directory));
    const title = oneLine(session.title, 80);
    context.output.note(`${sessionID} (${title}) goes on in ${session.directory}`);
    return EXIT.done;
  });
}
