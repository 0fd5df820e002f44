// Instance: all that belongs to one project directory, built by hand in layer order. It is passed,
// it is disposed, it is never ambient. Everything in it is idle until it is asked for.
import { join } from "node:path";
import { Bus } from "@/base/bus";
import { flag } from "@/base/env";
import { errorMessage } from "@/base/error";
import { SUBAGENT_DEPTH_MAX } from "@/base/limits";
import type { Logger } from "@/base/log";
import type { Scope } from "@/base/scope";
import { Agents } from "@/agent/agents";
import { Commands } from "@/agent/commands";
import { Instructions } from "@/agent/instructions";
import { References } from "@/agent/references";
import { Skills } from "@/agent/skills";
import { ConfigService } from "@/config/config-service";
import type { LoadedConfig } from "@/config/load";
import { Trust } from "@/config/trust";
import { cloneRepository } from "@/host/clone";
import { FileIndex } from "@/host/file-index";
import { findShell } from "@/host/find-shell";
import { Formatters } from "@/host/formatters";
import { Git } from "@/host/git";
import { ProjectFiles } from "@/host/project-files";
import { Snapshots } from "@/host/snapshots";
import { Ptys } from "@/host/ptys";
import { Vcs } from "@/host/vcs";
import { Watcher } from "@/host/watcher";
import { Worktrees } from "@/host/worktrees";
import { CodeNavigation } from "@/lsp/code-navigation";
import { LanguageServers } from "@/lsp/language-servers";
import { McpServers } from "@/mcp/mcp-servers";
import { Permissions } from "@/permission/permissions";
import { Questions } from "@/permission/questions";
import { CommandHooks } from "@/plugin/command-hooks";
import { CustomTools } from "@/plugin/custom-tools";
import { pluginInput } from "@/plugin/plugin-input";
import { Plugins } from "@/plugin/plugins";
import { ProviderLogins } from "@/provider/provider-logins";
import { Providers } from "@/provider/providers";
import type { BusEvent, Publish } from "@/schema/event";
import type { Project } from "@/schema/project";
import { commandEnv } from "@/session/command-env";
import { Attachments } from "@/session/attachments";
import { Media } from "@/session/media";
import { Budgets } from "@/session/budgets";
import { Compactions } from "@/session/compaction";
import { Diffs } from "@/session/diffs";
import { PlanMode } from "@/session/plan-mode";
import { PromptHooks } from "@/session/prompt-hooks";
import { PromptParts } from "@/session/prompt-parts";
import { Jobs } from "@/session/jobs";
import { Prompts } from "@/session/prompts";
import { Records } from "@/session/records";
import { CallChanges, ChangeRecords, rootOf } from "@/session/revert-changes";
import { RevertFiles } from "@/session/revert-files";
import { Reverts } from "@/session/reverts";
import { Runs } from "@/session/runs";
import { Sessions } from "@/session/sessions";
import { Shares } from "@/session/shares";
import { ShellCommands } from "@/session/shell-commands";
import { createSlug } from "@/session/slug";
import { SlashCommands } from "@/session/slash-commands";
import { Subagents } from "@/session/subagents";
import { Summaries } from "@/session/summary";
import { Summarizer } from "@/session/summarize";
import { SystemPrompts } from "@/session/system-prompt";
import { Titles } from "@/session/title";
import { ToolCalls } from "@/session/tool-call";
import { Toolbox } from "@/session/toolbox";
import { UserMessages } from "@/session/user-messages";
import { lspTool } from "@/tool/lsp";
import { planExitTool } from "@/tool/plan-exit";
import { McpTools } from "@/tool/mcp";
import { builtinTools } from "@/tool/registry";
import { findActing } from "./find-acting";
import { listFiles } from "./list-files";
import { managedPreferences } from "./managed-preferences";
import { mcpCommands } from "./mcp-commands";
import type { Place } from "./projects";
import type { AppServices } from "./services";
import { ToolSettings } from "./tool-settings";

export class Instance {
  readonly directory: string;
  /** As clients know it: the root of the repository, `/` outside of one. */
  readonly worktree: string;
  readonly project: Project;
  readonly scope: Scope;
  readonly bus: Bus<BusEvent>;
  readonly publish: Publish;
  readonly git: Git | undefined;
  readonly vcs: Vcs;
  readonly worktrees: Worktrees;
  readonly files: ProjectFiles;
  readonly fileIndex: FileIndex;
  readonly config: ConfigService;
  readonly plugins: Plugins;
  readonly trust: Trust;
  readonly ptys: Ptys;
  readonly watcher: Watcher;
  readonly providers: Providers;
  readonly logins: ProviderLogins;
  readonly formatters: Formatters;
  readonly languageServers: LanguageServers;
  readonly codeNavigation: CodeNavigation;
  readonly mcp: McpServers;
  readonly permissions: Permissions;
  readonly questions: Questions;
  readonly skills: Skills;
  readonly agents: Agents;
  readonly commands: Commands;
  readonly instructions: Instructions;
  readonly runs: Runs;
  readonly sessions: Sessions;
  readonly shares: Shares;
  readonly diffs: Diffs;
  readonly reverts: Reverts;
  readonly jobs: Jobs;
  readonly budgets: Budgets;
  readonly toolbox: Toolbox;
  readonly prompts: Prompts;
  readonly shellCommands: ShellCommands;
  readonly slashCommands: SlashCommands;
  readonly summarizer: Summarizer;

  static async open(directory: string, services: AppServices): Promise<Instance> {
    return new Instance(directory, await services.projects.locate(directory), services);
  }

  private constructor(directory: string, { project, repository }: Place, services: AppServices) {
    const { clock, env, ids, llm, locks, owner, paths } = services;
    const { projectStore, ripgrep, sessionStore } = services;
    const log = services.log.child("instance");
    const scope = services.scope.child(directory);
    const bus = new Bus<BusEvent>(log);
    const publish: Publish = (type, properties, seq) => {
      // Every member of the union has its own type and properties; together they are an event.
      const event = { id: ids.create("evt"), type, properties, seq } as BusEvent;
      bus.publish(event);
      services.bus.publish({ directory, project: project.id, event });
    };
    // Where tools are at home: outside of a repository that is the directory alone.
    const root = repository?.worktree ?? directory;
    const place = { directory, worktree: root };

    this.directory = directory;
    this.worktree = repository?.worktree ?? "/";
    this.project = project;
    this.scope = scope;
    this.bus = bus;
    this.publish = publish;

    this.git = repository && new Git(repository, env);
    this.vcs = new Vcs(this.git);
    this.files = new ProjectFiles({ ...place, ...(this.git ? { git: this.git } : {}) });
    this.fileIndex = new FileIndex(directory, ripgrep, clock, log);

    const code = this.#code(services, root, log);
    this.config = new ConfigService({
      ...place,
      env,
      paths,
      log,
      clock,
      trust: {
        store: services.trustStore,
        isGiven: services.isTrustGiven,
        findActing: (directories) => findActing(directories, { ...place, log }),
      },
      remote: () => services.organisations.list(),
      managed: () => managedPreferences(),
      amend: (loaded) => this.plugins.amend(loaded),
    });
    this.trust = new Trust({
      ...place,
      config: this.config,
      store: services.trustStore,
      log,
      onChange: (state) => publish("trust.updated", state),
    });
    const commandHooks = new CommandHooks({
      ...code,
      config: this.config,
      shell: async (command) => {
        const { shell } = (await this.config.get()).config;
        return [findShell(env, shell), "-c", command];
      },
    });
    this.plugins = new Plugins({
      ...code,
      config: this.config,
      commands: () => commandHooks.source(),
    });
    scope.defer("plugins", () => this.plugins.close());
    const { hooks } = this.plugins;
    const customTools = new CustomTools({ ...code, config: this.config });
    this.ptys = new Ptys({
      directory,
      env,
      ids,
      publish,
      shell: async () => (await this.config.get()).config.shell,
      commandEnv: (cwd) => commandEnv(env, { cwd }, hooks),
    });
    scope.defer("terminals", () => this.ptys.close());
    this.watcher = new Watcher({
      directory,
      ripgrep,
      publish,
      clock,
      log,
      ignore: async () => (await this.config.get()).config.watcher?.ignore ?? [],
      ...(this.git ? { git: this.git } : {}),
    });
    scope.defer("watcher", () => this.watcher.close());
    if (services.bus.listenerCount > 0) this.watcher.start();
    this.providers = new Providers({
      catalog: services.catalog,
      config: this.config,
      auth: services.auth,
      env,
      paths,
      clock,
      log,
      renewals: llm.renewals,
      plugins: this.plugins,
      ...(services.localServers ? { localServers: services.localServers } : {}),
    });
    this.logins = new ProviderLogins({
      catalog: services.catalog,
      config: this.config,
      auth: services.auth,
      providers: this.providers,
      plugins: this.plugins,
      clock,
      log,
    });
    scope.defer("logins", () => this.logins.close());

    this.formatters = new Formatters({
      ...place,
      env,
      log,
      config: async () => (await this.config.get()).config.formatter,
      isTrusted: () => this.trust.isTrusted(),
      onHeld: (name, path) => this.trust.hold("formatter", name, path),
    });
    this.languageServers = new LanguageServers({
      ...place,
      home: paths.home,
      env,
      clock,
      log,
      scope,
      publish,
      config: async () => (await this.config.get()).config.lsp,
      isTrusted: () => this.trust.isTrusted(),
      onHeld: (id, path) => this.trust.hold("lsp", id, path),
    });
    this.codeNavigation = new CodeNavigation({
      ...place,
      servers: this.languageServers,
      clock,
      log,
      listFiles: (limit, signal) => listFiles(ripgrep, directory, { limit, signal }),
    });
    const navigationTool = lspTool(this.codeNavigation);
    this.mcp = new McpServers({
      directory,
      env,
      clock,
      log,
      scope,
      publish,
      auth: services.mcpAuth,
      // Without what comes with the project and is not trusted.
      config: async () => (await this.config.get()).config,
      reservedTools: [...builtinTools().map(({ id }) => id), navigationTool.id],
    });
    const mcpTools = new McpTools(this.mcp);

    this.permissions = new Permissions({
      ids,
      publish,
      store: projectStore,
      // What is allowed for always in one directory outside of git says nothing of another one.
      projectID: repository ? project.id : directory,
      log,
      hooks,
    });
    this.questions = new Questions({ ids, publish });

    const found = { ...place, config: this.config, paths, env, log };
    this.skills = new Skills(found);
    const references = new References({
      ...found,
      clone: (reference) => cloneRepository({ ...reference, env, signal: scope.signal }),
    });
    this.agents = new Agents({ ...found, references, skills: this.skills });
    this.commands = new Commands({
      ...found,
      skills: this.skills,
      served: (need) => mcpCommands(this.mcp, need),
    });
    this.instructions = new Instructions(found);

    const records = new Records(sessionStore, publish, clock);
    this.runs = new Runs({ store: sessionStore, publish, log, scope, owner });
    this.sessions = new Sessions({
      store: sessionStore,
      records,
      runs: this.runs,
      ids,
      clock,
      projectID: project.id,
      ...place,
    });
    this.shares = new Shares({
      sessions: this.sessions,
      runs: this.runs,
      store: sessionStore,
      config: this.config,
      auth: services.auth,
      env,
      home: paths.home,
      worktree: root,
    });
    const snapshots = new Snapshots({
      worktree: root,
      repository,
      paths,
      env,
      clock,
      locks,
      log,
      owner,
      isEnabled: async () => (await this.config.get()).config.snapshot !== false,
    });
    const changes = new ChangeRecords(snapshots, sessionStore, log);
    const kept = { records, sessions: this.sessions, store: sessionStore, snapshots, changes };
    this.diffs = new Diffs({ ...kept, ids, publish });
    this.reverts = new Reverts({
      ...kept,
      diffs: this.diffs,
      files: new RevertFiles(snapshots, locks, log),
      log,
      publish,
      hold: (sessionID, work) => this.runs.hold(sessionID, work),
    });
    const planMode = new PlanMode({
      agents: this.agents,
      hasFiles: flag(env, "OPENCODE_EXPERIMENTAL_PLAN_MODE"),
      directory: repository ? join(root, ".opencode", "plans") : join(paths.data, "plans"),
      prompt: (sessionID, agent, text) =>
        this.prompts.promptAsync(sessionID, {
          agent,
          parts: [{ type: "text", text, synthetic: true }],
        }),
    });
    this.budgets = new Budgets(sessionStore);
    this.jobs = new Jobs({
      clock,
      log,
      scope,
      store: sessionStore,
      isBusy: (sessionID) => this.runs.isBusy(sessionID),
      tell: (sessionID, text) => this.prompts.tell(sessionID, text),
    });
    const settings = new ToolSettings(services, this.config);
    this.worktrees = new Worktrees({
      git: this.git,
      root: join(paths.data, "worktree", project.id),
      env,
      log,
      scope,
      publish,
      makeName: createSlug,
      shell: async () => (await settings.get()).host.shell,
      startCommand: () => projectStore.findProject(project.id)?.commands?.start,
    });
    this.toolbox = new Toolbox({
      ...place,
      hooks,
      agents: this.agents,
      references,
      skills: this.skills,
      instructions: this.instructions,
      permissions: this.permissions,
      questions: this.questions,
      records,
      publish,
      settings: () => settings.get(),
      extraTools: async (signal) => {
        const { config } = await this.config.get();
        return [
          ...(config.lsp ? [navigationTool] : []),
          ...(planMode.hasFiles ? [planExitTool] : []),
          ...(await mcpTools.list(signal)),
          ...(await this.plugins.tools()),
          ...(await customTools.list()),
        ];
      },
      formatFile: (path, signal) => this.formatters.format(path, signal),
      touchFile: (path) => this.languageServers.touch(path),
      checkFile: (path, title, signal) => this.languageServers.checkFile(path, title, signal),
      planOf: (session) => planMode.of(session),
      jobsOf: (sessionID) => this.jobs.forSession(sessionID),
      runSubagent: (input, owner) => subagents.run(input, owner),
    });
    const { agents, budgets, instructions, providers, sessions, toolbox } = this;
    const systemPrompts = new SystemPrompts({
      ...place,
      isGit: repository !== undefined,
      instructions,
      references,
      skills: this.skills,
      serverInstructions: () => this.mcp.instructions(),
    });
    const { signal } = scope;
    const attachments = new Attachments({ agents, sessions, toolbox, signal });
    const media = new Media(async () => (await this.config.get()).config.attachment?.image);
    const toolCalls = new ToolCalls({
      toolbox,
      media,
      hooks,
      ids,
      clock,
      log,
      changesOf: (id) => new CallChanges(snapshots, rootOf(id, sessionStore)),
    });
    const answers = { clock, diffs: this.diffs, ids, log, publish, records, sessions };
    const messages = new UserMessages({
      agents,
      clock,
      ids,
      providers,
      records,
      sessions,
      store: sessionStore,
      finalizeRevert: (sessionID) => this.reverts.finalize(sessionID),
    });
    const compactions = new Compactions({
      ...answers,
      providers,
      hooks,
      summaries: new Summaries({
        ...answers,
        agents,
        budgets,
        hooks,
        instructions,
        llm,
        providers,
      }),
      settings: async () => (await this.config.get()).config.compaction ?? {},
    });
    const runs = { messages, runs: this.runs, sessions };
    const promptHooks = new PromptHooks({ hooks, ids });
    this.prompts = new Prompts({
      ...runs,
      clock,
      hooks: promptHooks,
      records,
      store: sessionStore,
      parts: new PromptParts({
        ids,
        attachments,
        media,
        readResource: (server, uri) => this.mcp.readResource(server, uri, signal),
      }),
      titles: new Titles({ agents, hooks, llm, log, providers, sessions, signal }),
      steps: {
        ...answers,
        llm,
        compactions,
        hooks,
        budgets,
        sources: {
          agents,
          hooks,
          planMode,
          providers,
          sessions,
          systemPrompts,
          toolbox,
          budget: async () => (await this.config.get()).config.budget,
        },
        toolCalls,
      },
    });
    const { commands, prompts } = this;
    this.shellCommands = new ShellCommands({ ...answers, ...runs, agents, prompts, toolCalls });
    this.slashCommands = new SlashCommands({
      ...runs,
      agents,
      commands,
      hooks: promptHooks,
      ids,
      prompts,
      publish,
      toolbox,
    });
    this.summarizer = new Summarizer({
      ...runs,
      clock,
      compactions,
      prompts,
      records,
      store: sessionStore,
    });
    this.reverts.recover().catch((error: unknown) => {
      log.error("an interrupted undo could not be ended", { error: errorMessage(error) });
    });
    const maxDepth = async () =>
      (await this.config.get()).config.subagent_depth ?? SUBAGENT_DEPTH_MAX;
    const subagents = new Subagents({
      ...runs,
      agents,
      jobs: this.jobs,
      prompts: this.prompts,
      maxDepth,
    });

    bus.subscribe((event) => this.plugins.tell(event));
    bus.subscribe(({ type, properties }) => {
      const { languageServers, watcher } = this;
      if (type === "file.edited") languageServers.noteChange(properties.file, "change");
      else if (type === "file.watcher.updated") {
        languageServers.noteChange(properties.file, properties.event);
      } else if (type === "lsp.updated") watcher.start(); // they hear of files from us alone
    });
    bus.subscribe(({ type, properties }) => {
      const isListed = type === "file.watcher.updated" && properties.event !== "change";
      if (isListed) this.fileIndex.invalidate();
    });
    bus.subscribe(({ type, properties }) => {
      if (type !== "session.deleted") return;
      for (const rememberer of [budgets, instructions, this.jobs, systemPrompts, toolbox]) {
        rememberer.forget(properties.sessionID);
      }
    });
  }

  /** What code of people gets, and how far it may go. */
  #code(services: AppServices, root: string, log: Logger) {
    const { clock, env, ownServer, paths, pluginModules: modules } = services;
    const { directory, project, publish, scope, worktree } = this;
    // In what it is started by, it may ask for the very configuration that it has a part in.
    const fetch = async (request: Request) => {
      // Whoever asks later must not have it opened anew.
      scope.signal.throwIfAborted();
      return this.config.readEarly(() => ownServer.fetch(request));
    };
    const serverURL = () => ownServer.url;
    return {
      directory,
      worktree: root,
      env,
      paths,
      clock,
      modules,
      packages: join(paths.cache, "packages"),
      log: log.child("plugin"),
      signal: scope.signal,
      isTrusted: ({ trust }: LoadedConfig) => trust.isContentTrusted,
      input: () => pluginInput({ project, directory, worktree, fetch, serverURL }),
      report: (message: string) => {
        log.warn(message);
        publish("tui.toast.show", { title: "Plugin", message, variant: "error" });
      },
    };
  }

  /** Ends all that runs here, then tells clients that it is gone. */
  async close(): Promise<void> {
    await this.scope.close();
    this.publish("server.instance.disposed", { directory: this.directory });
  }
}
