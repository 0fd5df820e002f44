// Makes a directory a git repository, and its instance one of a repository.
import { initRepository } from "@/host/vcs";
import type { Project } from "@/schema/project";
import type { App } from "./app";
import type { Instance } from "./instance";

/**
 * The directory's project once it is in a repository; one that already is stays as it is. The
 * instance is disposed when a repository was made. AppError unavailable when git fails.
 */
export async function initGit(app: App, instance: Instance): Promise<Project> {
  if (instance.git) return instance.project;
  await initRepository(instance.directory, app.services.env);
  await app.instances.dispose(instance.directory);
  return (await app.instances.get(instance.directory)).project;
}
