// What an instance is before it has any service: its directory, its scope and its bus.
import { Bus } from "@/base/bus";
import type { Logger } from "@/base/log";
import type { Scope } from "@/base/scope";
import type { Repository } from "@/host/git";
import type { BusEvent, Publish } from "@/schema/event";
import type { Project } from "@/schema/project";
import type { Place } from "./projects";
import type { AppServices } from "./services";

export interface InstancePlace {
  readonly directory: string;
  /** As clients know it: the root of the repository, `/` outside of one. */
  readonly worktree: string;
  /** Where tools are at home: the root of the repository, outside of one the directory. */
  readonly root: string;
  readonly repository: Repository | undefined;
  readonly project: Project;
  readonly scope: Scope;
  readonly bus: Bus<BusEvent>;
  /** Tells the instance's bus, and the app's with the directory. */
  readonly publish: Publish;
  readonly log: Logger;
}

export function instancePlace(
  directory: string,
  { project, repository }: Place,
  services: AppServices,
): InstancePlace {
  const log = services.log.child("instance");
  const bus = new Bus<BusEvent>(log);
  return {
    directory,
    worktree: repository?.worktree ?? "/",
    root: repository?.worktree ?? directory,
    repository,
    project,
    scope: services.scope.child(directory),
    bus,
    publish: (type, properties, seq) => {
      // Every member of the union has its own type and properties; together they are an event.
      const event = { id: services.ids.create("evt"), type, properties, seq } as BusEvent;
      bus.publish(event);
      services.bus.publish({ directory, project: project.id, event });
    },
    log,
  };
}
