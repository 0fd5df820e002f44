// Projects: which project a directory belongs to. A repository is known by its first commit, so
// that it stays the same project when it is moved or cloned again; everything else is `global`.
import type { Clock } from "@/base/clock";
import { notFound } from "@/base/error";
import type { Env } from "@/base/env";
import { findRepository, Git, type Repository } from "@/host/git";
import type { Project, ProjectUpdateInput } from "@/schema/project";
import type { ProjectStore } from "@/storage/project-store";

/** A directory's place in the world. */
export interface Place {
  project: Project;
  /** Undefined outside of a repository. */
  repository?: Repository;
}

const GLOBAL_PROJECT_ID = "global";
/** Further clones of a project; the newest are remembered. */
const SANDBOXES_MAX = 100;

export class Projects {
  readonly #store: ProjectStore;
  readonly #clock: Clock;
  readonly #env: Env;
  readonly #tell: (project: Project, seq: number) => void;

  /** `tell` is told of each project that was stored, with the number of the change. */
  constructor(
    store: ProjectStore,
    clock: Clock,
    env: Env,
    tell: (project: Project, seq: number) => void,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#env = env;
    this.#tell = tell;
  }

  /** The project of a directory, stored when it is new or has moved. */
  async locate(directory: string): Promise<Place> {
    const repository = await findRepository(directory);
    if (!repository) return { project: this.#global() };
    const { worktree } = repository;
    const known = this.#store.listProjects().find((project) => {
      const isHere = project.worktree === worktree || project.sandboxes.includes(worktree);
      return isHere && project.id !== GLOBAL_PROJECT_ID;
    });
    if (known) return { project: known, repository };
    const id = await new Git(repository, this.#env).rootCommit();
    // Without a commit there is nothing to know the repository by yet.
    const project = id ? await this.#place(id, worktree) : this.#global();
    return { project, repository };
  }

  list(): Project[] {
    return this.#store.listProjects();
  }

  update(projectID: string, input: ProjectUpdateInput): Project {
    const present = this.#store.findProject(projectID);
    if (!present) throw notFound("Project", projectID);
    const time = { ...present.time, updated: this.#clock.now() };
    const project = { ...present, ...input, time };
    this.#tell(project, this.#store.putProject(project));
    return project;
  }

  #global(): Project {
    return this.#store.findProject(GLOBAL_PROJECT_ID) ?? this.#put(GLOBAL_PROJECT_ID, "/");
  }

  /** A further worktree or clone stands beside the first; the place of one that moved is taken. */
  async #place(id: string, worktree: string): Promise<Project> {
    const known = this.#store.findProject(id);
    if (!known) return this.#put(id, worktree);
    const before = await findRepository(known.worktree);
    if (before?.worktree !== known.worktree) return this.#put(id, worktree);
    return this.#put(id, known.worktree, [...known.sandboxes, worktree]);
  }

  #put(id: string, worktree: string, sandboxes?: string[]): Project {
    const now = this.#clock.now();
    const known = this.#store.findProject(id);
    const project: Project = {
      ...known,
      id,
      worktree,
      sandboxes: [...new Set(sandboxes ?? known?.sandboxes)].slice(-SANDBOXES_MAX),
      ...(id === GLOBAL_PROJECT_ID ? {} : { vcs: "git" as const }),
      time: { ...known?.time, created: known?.time.created ?? now, updated: now },
    };
    this.#tell(project, this.#store.putProject(project));
    return project;
  }
}
