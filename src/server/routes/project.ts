// Project: the repositories that this server has seen.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { initGit } from "@/app/init-git";
import { notFound } from "@/base/error";
import { t } from "@/base/schema";
import { Project, ProjectDirectories, ProjectUpdateInput } from "@/schema/project";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function projectRoutes(app: App): AnyElysia {
  const { projects, projectStore } = app.services;
  return new Elysia()
    .use(inDirectory(app))
    .get("/project", () => projects.list(), list)
    .get(
      "/project/current",
      ({ instance: { project } }) => projectStore.findProject(project.id) ?? project,
      current,
    )
    .post("/project/git/init", ({ instance }) => initGit(app, instance), init)
    .get(
      "/project/:projectID/directories",
      ({ params: { projectID } }) => {
        const project = projectStore.findProject(projectID);
        if (!project) throw notFound("Project", projectID);
        return [project.worktree, ...project.sandboxes].map((directory) => ({ directory }));
      },
      directories,
    )
    .patch(
      "/project/:projectID",
      ({ params, body }) => projects.update(params.projectID, body),
      update,
    );
}

const list = operation({
  id: "project.list",
  group: "Project",
  place: "directory",
  summary: "List all projects",
  response: t.Array(Project),
});

const current = operation({
  id: "project.current",
  group: "Project",
  place: "directory",
  summary: "Get the current project",
  response: Project,
});

const init = operation({
  id: "project.initGit",
  group: "Project",
  place: "directory",
  summary: "Make the directory a git repository",
  description: "Answers its project; a directory that is in a repository stays as it is.",
  response: Project,
});

const directories = operation({
  id: "project.directories",
  group: "Project",
  place: "directory",
  summary: "List the directories of a project",
  description: "Where it was first found, then its further worktrees and clones.",
  params: t.Object({ projectID: t.String() }),
  response: ProjectDirectories,
});

const update = operation({
  id: "project.update",
  group: "Project",
  place: "directory",
  summary: "Change a project's name, icon or commands",
  params: t.Object({ projectID: t.String() }),
  body: ProjectUpdateInput,
  response: Project,
});
