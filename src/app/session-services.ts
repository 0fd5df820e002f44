// The heart of an instance: what is kept of sessions, what a model can do in them, and what answers
// a prompt. The three know each other in a ring (a tool may ask for a subagent, which is prompted),
// so the later ones are reached by functions.
import { join } from "node:path";
import { experimentalFlag } from "@/base/env";
import { errorMessage } from "@/base/error";
import { SUBAGENT_DEPTH_MAX } from "@/base/limits";
import { Snapshots } from "@/host/snapshots";
import { Attachments } from "@/session/attachments";
import { Budgets } from "@/session/budgets";
import { Compactions } from "@/session/compaction";
import { Diffs } from "@/session/diffs";
import { Jobs } from "@/session/jobs";
import { Media } from "@/session/media";
import { PlanMode } from "@/session/plan-mode";
import { PromptHooks } from "@/session/prompt-hooks";
import { PromptParts } from "@/session/prompt-parts";
import { Prompts } from "@/session/prompts";
import { Records } from "@/session/records";
import { CallChanges, ChangeRecords, rootOf } from "@/session/revert-changes";
import { RevertFiles } from "@/session/revert-files";
import { Reverts } from "@/session/reverts";
import { Runs } from "@/session/runs";
import { Sessions } from "@/session/sessions";
import { Shares } from "@/session/shares";
import { ShellCommands } from "@/session/shell-commands";
import { SlashCommands } from "@/session/slash-commands";
import { Subagents } from "@/session/subagents";
import { Summarizer } from "@/session/summarize";
import { Summaries } from "@/session/summary";
import { SystemPrompts } from "@/session/system-prompt";
import { Titles } from "@/session/title";
import { ToolCalls } from "@/session/tool-call";
import { Toolbox } from "@/session/toolbox";
import { UserMessages } from "@/session/user-messages";
import { McpTools } from "@/tool/mcp";
import { planExitTool } from "@/tool/plan-exit";
import type { AgentServices } from "./agent-services";
import type { CodeServices } from "./code-services";
import type { HostServices } from "./host-services";
import type { InstancePlace } from "./instance-place";
import type { AppServices } from "./services";
import { ServerOffers } from "./server-offers";
import { ToolSettings } from "./tool-settings";

/** All that sessions are built on, by one name. */
type Ground = InstancePlace & CodeServices & HostServices & AgentServices & { app: AppServices };
type History = ReturnType<typeof openHistory>;
type Tools = ReturnType<typeof openTools>;

/** What tools need of that which answers prompts, and which is built after them. */
interface Later {
  prompts: () => Prompts;
  subagents: () => Subagents;
}

export type SessionServices = ReturnType<typeof openSessions>;

export function openSessions(ground: Ground) {
  const history = openHistory(ground);
  const tools = openTools(ground, history, {
    prompts: () => answering.prompts,
    subagents: () => answering.subagents,
  });
  const answering = openAnswering(ground, history, tools);
  return { ...history, ...tools, ...answering };
}

/** Sessions with their messages, and what undoes them. */
function openHistory(ground: Ground) {
  const { config, directory, log, project, publish, repository, root, scope } = ground;
  const { auth, clock, env, ids, locks, owner, paths, sessionStore: store } = ground.app;
  const records = new Records(store, publish, clock);
  const runs = new Runs({ store, publish, log, scope, owner });
  const sessions = new Sessions({
    store,
    records,
    runs,
    ids,
    clock,
    projectID: project.id,
    directory,
    worktree: root,
  });
  const shares = new Shares({
    sessions,
    runs,
    store,
    config,
    auth,
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
    isEnabled: async () => (await config.get()).config.snapshot !== false,
  });
  scope.defer("snapshots", () => snapshots.close());
  const changes = new ChangeRecords(snapshots, store, log);
  const kept = { records, sessions, store, snapshots, changes };
  const diffs = new Diffs({ ...kept, ids, publish });
  const reverts = new Reverts({
    ...kept,
    diffs,
    files: new RevertFiles(snapshots, locks, log),
    log,
    publish,
    hold: (sessionID, work) => runs.hold(sessionID, work),
  });
  reverts.recover().catch((error: unknown) => {
    log.error("an interrupted undo could not be ended", { error: errorMessage(error) });
  });
  return { records, runs, sessions, shares, snapshots, diffs, reverts };
}

/** What a model can do in a session, and what it may spend. */
function openTools(ground: Ground, history: History, later: Later) {
  const { agents, config, directory, log, plugins, publish, repository, root, scope } = ground;
  const { clock, env, ids, paths, sessionStore: store } = ground.app;
  const { formatters, languageServers } = ground;
  const { records, runs, snapshots } = history;
  const { hooks } = plugins;
  const planMode = new PlanMode({
    agents,
    hasFiles: experimentalFlag(env, "OPENCODE_EXPERIMENTAL_PLAN_MODE"),
    directory: repository ? join(root, ".opencode", "plans") : join(paths.data, "plans"),
    prompt: (sessionID, agent, text) =>
      later.prompts().promptAsync(sessionID, {
        agent,
        parts: [{ type: "text", text, synthetic: true }],
      }),
  });
  const jobs = new Jobs({
    clock,
    log,
    scope,
    store,
    isBusy: (sessionID) => runs.isBusy(sessionID),
    tell: (sessionID, text) => later.prompts().tell(sessionID, text),
  });
  const offers = new ServerOffers({
    servers: languageServers,
    questions: ground.questions,
    path: join(paths.state, "lsp-declined.json"),
    publish,
    log,
    signal: scope.signal,
  });
  const settings = new ToolSettings(ground.app, config);
  const mcpTools = new McpTools(ground.mcp);
  const toolbox = new Toolbox({
    directory,
    worktree: root,
    hooks,
    agents,
    references: ground.references,
    skills: ground.skills,
    instructions: ground.instructions,
    permissions: ground.permissions,
    questions: ground.questions,
    records,
    publish,
    settings: () => settings.get(),
    extraTools: async (signal, called) => [
      ...((await config.get()).config.lsp ? [ground.navigationTool] : []),
      ...(planMode.hasFiles ? [planExitTool] : []),
      ...(await mcpTools.list(signal, called)),
      ...(await plugins.tools()),
      ...(await ground.customTools.list()),
    ],
    formatFile: (path, signal) => formatters.format(path, signal),
    touchFile: (path) => languageServers.touch(path),
    checkFile: async (path, title, { sessionID, signal }) => {
      const found = await languageServers.checkFile(path, title, signal, sessionID);
      void offers.offer(sessionID, path);
      return found;
    },
    lateNews: ({ sessionID, signal }) => languageServers.lateNews(sessionID, signal),
    planOf: (session) => planMode.of(session),
    jobsOf: (sessionID) => jobs.forSession(sessionID),
    runSubagent: (input, owner) => later.subagents().run(input, owner),
  });
  const media = new Media(async () => (await config.get()).config.attachment?.image);
  const toolCalls = new ToolCalls({
    toolbox,
    media,
    hooks,
    ids,
    clock,
    log,
    endsOnRefusal: async () => {
      const { experimental } = (await config.get()).config;
      return experimental?.continue_loop_on_deny !== true;
    },
    changesOf: (id) => new CallChanges(snapshots, rootOf(id, store)),
  });
  return { planMode, budgets: new Budgets(store), jobs, toolbox, media, toolCalls };
}

/** What answers a prompt, a command, a request for a summary. */
function openAnswering(ground: Ground, history: History, tools: Tools) {
  const { agents, commands, config, directory, instructions, log, mcp } = ground;
  const { providers, publish, references, repository, root, skills } = ground;
  const { clock, ids, llm, sessionStore: store } = ground.app;
  const { diffs, records, reverts, runs, sessions } = history;
  const { budgets, jobs, media, planMode, toolbox, toolCalls } = tools;
  const { hooks } = ground.plugins;
  const { signal } = ground.scope;

  const systemPrompts = new SystemPrompts({
    directory,
    worktree: root,
    isGit: repository !== undefined,
    instructions,
    references,
    skills,
    serverInstructions: () => mcp.instructions(),
  });
  const answers = { clock, diffs, ids, log, publish, records, sessions };
  const messages = new UserMessages({
    agents,
    clock,
    ids,
    providers,
    records,
    sessions,
    store,
    finalizeRevert: (sessionID) => reverts.finalize(sessionID),
  });
  const compactions = new Compactions({
    ...answers,
    providers,
    hooks,
    summaries: new Summaries({ ...answers, agents, budgets, hooks, instructions, llm, providers }),
    settings: async () => (await config.get()).config.compaction ?? {},
  });
  const running = { messages, runs, sessions };
  const promptHooks = new PromptHooks({ hooks, ids });
  const prompts = new Prompts({
    ...running,
    clock,
    hooks: promptHooks,
    records,
    store,
    parts: new PromptParts({
      ids,
      attachments: new Attachments({
        ...{ agents, providers, sessions, toolbox, root, signal },
        isTrusted: () => ground.trust.isTrusted(),
        readResource: (server, uri) => mcp.readResource(server, uri, signal),
      }),
      media,
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
        budget: async () => (await config.get()).config.budget,
      },
      toolCalls,
    },
  });
  return {
    systemPrompts,
    prompts,
    shellCommands: new ShellCommands({ ...answers, ...running, agents, prompts, toolCalls }),
    slashCommands: new SlashCommands({
      ...running,
      agents,
      commands,
      hooks: promptHooks,
      ids,
      prompts,
      publish,
      toolbox,
    }),
    summarizer: new Summarizer({ ...running, clock, compactions, prompts, records, store }),
    subagents: new Subagents({
      ...running,
      agents,
      jobs,
      prompts,
      maxDepth: async () => (await config.get()).config.subagent_depth ?? SUBAGENT_DEPTH_MAX,
      primaryTools: async () => (await config.get()).config.experimental?.primary_tools ?? [],
    }),
  };
}
