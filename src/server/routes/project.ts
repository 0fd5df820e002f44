// Project: the repositories that this server has seen.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { initGit } from "@/app/init-git";
import { grantTrust, revokeTrust } from "@/app/project-trust";
import { notFound } from "@/base/error";
import { t } from "@/base/schema";
import { Project, ProjectDirectories, ProjectUpdateInput } from "@/schema/project";
import { TrustInput, TrustState } from "@/schema/trust";
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
    .get("/project/trust", ({ instance }) => instance.trust.state(), trustState)
    .post("/project/trust", ({ instance, body }) => grantTrust(app, instance, body.content), trust)
    .delete("/project/trust", ({ instance }) => revokeTrust(app, instance), distrust)
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

const trustState = operation({
  id: "project.trust.get",
  group: "Project",
  place: "directory",
  summary: "Get what the directory's own files are held back from doing",
  description:
    "Until the directory is trusted with its present content, its files make nothing run, reach " +
    "nowhere and read nothing outside of it. The event trust.updated tells of each change.",
  response: TrustState,
});

const trust = operation({
  id: "project.trust.grant",
  group: "Project",
  place: "directory",
  summary: "Trust the directory with its present content",
  description:
    "With the content that the person was shown, so that nothing else is trusted with it. The " +
    "directory's instance is disposed when it is idle, so that everything starts anew.",
  body: TrustInput,
  response: TrustState,
  errors: [409],
});

const distrust = operation({
  id: "project.trust.revoke",
  group: "Project",
  place: "directory",
  summary: "Trust the directory no more",
  response: TrustState,
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
