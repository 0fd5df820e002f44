// ProjectStore: the projects this program has seen, and the permission rules that people chose to
// keep for each. What a rule means is left to permission/.

import { and, asc, desc, eq, lte } from "drizzle-orm";
import type { PermissionRule } from "@/schema/permission";
import type { Project } from "@/schema/project";
import type { Database } from "./database";
import { readProject } from "./row";
import { permission, project } from "./tables";

/** Rules kept for one project; the oldest go first. */
const SAVED_RULES_MAX = 1_000;

export class ProjectStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Adds or replaces a project. Gives the change number. */
  putProject(value: Project): number {
    return this.#database.transaction(() => {
      const seq = this.#database.nextSeq();
      const row = { worktree: value.worktree, seq, data: JSON.stringify(value) };
      this.#database.orm
        .insert(project)
        .values({ id: value.id, ...row })
        .onConflictDoUpdate({ target: project.id, set: row })
        .run();
      return seq;
    });
  }

  findProject(id: string): Project | undefined {
    return this.#database.read(() => {
      const row = this.#database.orm.select().from(project).where(eq(project.id, id)).get();
      return row && readProject(row, this.#database.log);
    });
  }

  /** All projects, in order of id. */
  listProjects(): Project[] {
    return this.#database.read(() => {
      const rows = this.#database.orm.select().from(project).orderBy(asc(project.id)).all();
      return rows.flatMap((row) => readProject(row, this.#database.log) ?? []);
    });
  }

  /** The rules kept for a project, oldest first: where two match, the later one counts. */
  listSavedRules(projectID: string): PermissionRule[] {
    return this.#database.read(() => {
      const rows = this.#database.orm
        .select()
        .from(permission)
        .where(eq(permission.projectID, projectID))
        .orderBy(asc(permission.id))
        .all();
      return rows.flatMap(({ permission: name, pattern, action }) => {
        return isAction(action) ? [{ permission: name, pattern, action }] : [];
      });
    });
  }

  /** Keeps rules; one for the same permission and pattern takes the place of the earlier one. */
  addSavedRules(projectID: string, rules: PermissionRule[]): void {
    this.#database.transaction(() => {
      for (const rule of rules) this.#addRule(projectID, rule);
      this.#dropOldest(projectID);
    });
  }

  #addRule(projectID: string, rule: PermissionRule): void {
    const { orm } = this.#database;
    const { permission: name, pattern, action } = rule;
    const same = and(eq(permission.permission, name), eq(permission.pattern, pattern));
    orm
      .delete(permission)
      .where(and(eq(permission.projectID, projectID), same))
      .run();
    orm.insert(permission).values({ projectID, permission: name, pattern, action }).run();
  }

  #dropOldest(projectID: string): void {
    const { orm } = this.#database;
    const ofProject = eq(permission.projectID, projectID);
    const surplus = orm
      .select({ id: permission.id })
      .from(permission)
      .where(ofProject)
      .orderBy(desc(permission.id))
      .limit(1)
      .offset(SAVED_RULES_MAX)
      .get();
    if (surplus)
      orm
        .delete(permission)
        .where(and(ofProject, lte(permission.id, surplus.id)))
        .run();
  }
}

function isAction(word: string): word is PermissionRule["action"] {
  return word === "allow" || word === "ask" || word === "deny";
}
