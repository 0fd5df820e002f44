// The machine as one instance sees it: git, files, terminals, and the programs that it runs beside
// the model: formatters, language servers, MCP servers. All are idle until they are asked for.
import { join } from "node:path";
import { flag } from "@/base/env";
import { FileIndex } from "@/host/file-index";
import { Formatters } from "@/host/formatters";
import { Git } from "@/host/git";
import { ProjectFiles } from "@/host/project-files";
import { Ptys } from "@/host/ptys";
import { Vcs } from "@/host/vcs";
import { Watcher } from "@/host/watcher";
import { Worktrees } from "@/host/worktrees";
import { CodeNavigation } from "@/lsp/code-navigation";
import { LanguageServers } from "@/lsp/language-servers";
import { McpServers } from "@/mcp/mcp-servers";
import { commandEnv } from "@/session/command-env";
import { createSlug } from "@/session/slug";
import { lspTool } from "@/tool/lsp";
import { builtinTools } from "@/tool/registry";
import type { CodeServices } from "./code-services";
import type { InstancePlace } from "./instance-place";
import { listFiles } from "./list-files";
import type { AppServices } from "./services";

export type HostServices = ReturnType<typeof openHost>;

export function openHost(instance: InstancePlace, services: AppServices, code: CodeServices) {
  const { directory, log, publish, repository, root, scope } = instance;
  const { clock, env, ids, paths, ripgrep } = services;
  const { shell } = code;
  const place = { directory, worktree: root };
  // Without what comes with the project and is not trusted.
  const configuration = async () => (await code.config.get()).config;
  const isTrusted = () => code.trust.isTrusted();

  const git = repository && new Git(repository, env);
  const ofGit = git ? { git } : {};
  const ptys = new Ptys({
    directory,
    env,
    ids,
    publish,
    shell: async () => (await configuration()).shell,
    commandEnv: (cwd) => commandEnv(env, { cwd }, code.plugins.hooks),
  });
  scope.defer("terminals", () => ptys.close());
  const watcher = new Watcher({
    directory,
    ripgrep,
    publish,
    clock,
    log,
    isOff: flag(env, "OPENCODE_EXPERIMENTAL_DISABLE_FILEWATCHER"),
    ignore: async () => (await configuration()).watcher?.ignore ?? [],
    ...ofGit,
  });
  scope.defer("watcher", () => watcher.close());
  if (services.bus.listenerCount > 0) watcher.start();
  const worktrees = new Worktrees({
    git,
    root: join(paths.data, "worktree", instance.project.id),
    env,
    log,
    scope,
    publish,
    makeName: createSlug,
    shell,
    startCommand: () => services.projectStore.findProject(instance.project.id)?.commands?.start,
  });

  const formatters = new Formatters({
    ...place,
    env,
    log,
    config: async () => (await configuration()).formatter,
    isTrusted,
    onHeld: (name, path) => code.trust.hold("formatter", name, path),
  });
  const languageServers = new LanguageServers({
    ...place,
    home: paths.home,
    installed: join(paths.cache, "lsp"),
    env,
    clock,
    log,
    scope,
    publish,
    config: async () => (await configuration()).lsp,
    isTrusted,
    onHeld: (id, path) => code.trust.hold("lsp", id, path),
  });
  const codeNavigation = new CodeNavigation({
    ...place,
    servers: languageServers,
    clock,
    log,
    listFiles: (limit, signal) => listFiles(ripgrep, directory, { limit, signal }),
  });
  const navigationTool = lspTool(codeNavigation);
  const mcp = new McpServers({
    directory,
    env,
    clock,
    log,
    scope,
    publish,
    auth: services.mcpAuth,
    memory: services.mcpMemory,
    config: configuration,
    reservedTools: [...builtinTools().map(({ id }) => id), navigationTool.id],
  });
  return {
    git,
    vcs: new Vcs(git),
    files: new ProjectFiles({ ...place, ...ofGit }),
    fileIndex: new FileIndex(directory, ripgrep, clock, log),
    ptys,
    watcher,
    worktrees,
    formatters,
    languageServers,
    codeNavigation,
    navigationTool,
    mcp,
  };
}
