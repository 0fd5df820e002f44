// The context of a tool call for tests: real host services on temporary directories, and recorders
// where the session would stand. Nothing is asked of anybody unless the test says so.

import { join } from "node:path";
import { systemClock } from "@/base/clock";
import { denied } from "@/base/error";
import { Logger } from "@/base/log";
import { type Paths, resolvePaths } from "@/base/paths";
import { KeyedLock } from "@/base/queue";
import { Scope } from "@/base/scope";
import { parse } from "@/base/schema";
import { Ripgrep } from "@/host/ripgrep";
import { ShellParser } from "@/host/shell-syntax";
import { FileReads } from "@/tool/file-reads";
import type { PermissionGrant } from "@/schema/permission";
import type { Tool, ToolAsk, ToolChanges, ToolContext, ToolResult } from "@/tool/tool";
import type { Todo } from "@/schema/todo";
import { tempDirectory, type Tree, writeTree } from "@test/support/temp";

/** What calls change is not kept. */
export const UNRECORDED: ToolChanges = {
  files: (_, work) => work(),
  tree: (work) => work(),
};

export interface ToolBench extends AsyncDisposable {
  /** The project; `home` lies beside it. */
  readonly directory: string;
  readonly home: string;
  readonly paths: Paths;
  readonly context: ToolContext;
  /** What was asked, in order. */
  readonly asks: ToolAsk[];
  readonly reports: { title?: string; metadata?: Record<string, unknown> }[];
  readonly edited: string[];
  readonly todos: Todo[][];
  readonly abort: AbortController;
  /** Validates the input as the session does, and runs the tool. */
  run(tool: Tool, input: unknown, overrides?: Partial<ToolContext>): Promise<ToolResult>;
  /** The message with which the call fails; throws when it does not. */
  failure(tool: Tool, input: unknown, overrides?: Partial<ToolContext>): Promise<string>;
}

/** `await using bench = await toolBench({ "src/a.ts": "text" });` */
export async function toolBench(
  tree: Tree = {},
  options: {
    /** Called with each ask; throwing refuses it. */
    onAsk?: (ask: ToolAsk) => PermissionGrant | void | Promise<PermissionGrant | void>;
    /** What grep may not show. */
    mayRead?: (pattern: string) => boolean;
  } = {},
): Promise<ToolBench> {
  const root = await tempDirectory();
  const directory = join(root.path, "project");
  const home = join(root.path, "home");
  await writeTree(root.path, { "project/": "", "home/": "" });
  await writeTree(directory, tree);
  const paths = resolvePaths({}, home);
  const log = Logger.silent();
  const asks: ToolAsk[] = [];
  const reports: ToolBench["reports"] = [];
  const edited: string[] = [];
  const todos: Todo[][] = [];
  const abort = new AbortController();
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: home };
  const context: ToolContext = {
    sessionID: "ses_test",
    messageID: "msg_test",
    callID: "call_test",
    agent: "build",
    directory,
    worktree: directory,
    signal: abort.signal,
    async ask(request) {
      asks.push(request);
      return (await options.onAsk?.(request)) ?? {};
    },
    report: (update) => void reports.push(update),
    askQuestions: async () => {
      throw denied("The user dismissed this question");
    },
    setTodos: (list) => void todos.push(list),
    runSubagent: async () => {
      throw denied("no subagents here");
    },
    findSkill: async () => undefined,
    listSkills: async () => [],
    mayRead: options.mayRead ?? (() => true),
    commandEnv: async () => env,
    reads: new FileReads(),
    changes: UNRECORDED,
    host: {
      ripgrep: new Ripgrep(paths, log),
      shellParser: new ShellParser(),
      paths,
      shell: "/bin/bash",
      env,
      clock: systemClock,
      locks: new KeyedLock(),
      scope: new Scope("tools", Logger.silent()),
      log,
    },
    fileEdited: (path) => void edited.push(path),
    limits: { maxLines: 2_000, maxBytes: 51_200 },
  };
  const run: ToolBench["run"] = async (tool, input, overrides) => {
    return tool.run(parse(tool.parameters, input, tool.id), { ...context, ...overrides });
  };
  return {
    directory,
    home,
    paths,
    context,
    asks,
    reports,
    edited,
    todos,
    abort,
    run,
    async failure(tool, input, overrides) {
      const outcome = await run(tool, input, overrides).catch((error: unknown) => error);
      if (outcome instanceof Error) return outcome.message;
      throw new Error(`the call worked: ${JSON.stringify(outcome)}`);
    },
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  };
}
