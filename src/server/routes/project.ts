// Project: the repositories that this server has seen.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { Project, ProjectUpdateInput } from "@/schema/project";
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

const update = operation({
  id: "project.update",
  group: "Project",
  place: "directory",
  summary: "Change a project's name, icon or commands",
  params: t.Object({ projectID: t.String() }),
  body: ProjectUpdateInput,
  response: Project,
});
