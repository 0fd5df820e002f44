// The sessions of all projects as pages, the one changed last first.
import type { App } from "@/app/app";
import type { GlobalSession } from "@/schema/session";

export interface GlobalSessionQuery {
  roots?: boolean | undefined;
  /** Changed at this time (epoch ms) or later. */
  start?: number | undefined;
  /** Where the page before ended. */
  cursor?: number | undefined;
  search?: string | undefined;
  limit: number;
  /** The archived ones too. */
  archived?: boolean | undefined;
}

/**
 * About `limit` sessions, and the cursor of the next page when there may be one. Sessions that were
 * changed in the same millisecond stay on one page: the cursor is a time, and would lose some.
 */
export function globalSessions(
  app: App,
  { cursor, limit, archived, ...query }: GlobalSessionQuery,
): { sessions: GlobalSession[]; cursor?: number } {
  const { projectStore, sessionStore } = app.services;
  const filter = {
    ...(query.roots !== undefined && { roots: query.roots }),
    ...(query.start !== undefined && { start: query.start }),
    ...(query.search !== undefined && { search: query.search }),
    ...(!archived && { archived: false }),
  };
  const before = cursor === undefined ? {} : { before: cursor };
  const page = sessionStore.listSessions({ ...filter, ...before, limit });
  const last = page.at(-1)?.time.updated;
  const isFull = last !== undefined && page.length === limit;
  if (isFull) {
    const known = new Set(page.map(({ id }) => id));
    const others = sessionStore.listSessions({ ...filter, start: last, before: last + 1 });
    page.push(...others.filter(({ id }) => !known.has(id)));
  }
  const projects = new Map(projectStore.listProjects().map((project) => [project.id, project]));
  const sessions = page.map((session): GlobalSession => {
    const project = projects.get(session.projectID);
    if (!project) return { ...session, project: null };
    const { id, name, worktree } = project;
    return { ...session, project: { id, worktree, ...(name !== undefined && { name }) } };
  });
  return { sessions, ...(isFull && { cursor: last }) };
}
