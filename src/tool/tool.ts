// What a tool is: the definition, the context of one call, and its result. The session validates
// the model's arguments, builds the context, runs the tool and stores the outcome; a tool knows
// nothing of sessions, stores or the bus.
import type { Clock } from "@/base/clock";
import type { Env } from "@/base/env";
import type { Logger } from "@/base/log";
import type { Paths } from "@/base/paths";
import type { KeyedLock } from "@/base/queue";
import type { Static, TSchema } from "@/base/schema";
import type { Scope } from "@/base/scope";
import type { TextLimit } from "@/base/text";
import type { Ripgrep } from "@/host/ripgrep";
import type { ShellParser } from "@/host/shell-syntax";
import type { Job } from "@/schema/job";
import type { ModelRef } from "@/schema/primitive";
import type { PermissionGrant } from "@/schema/permission";
import type { QuestionInfo } from "@/schema/question";
import type { Skill } from "@/schema/skill";
import type { Todo } from "@/schema/todo";
import type { FileReads } from "./file-reads";

/** What the machine offers to tools; shared by all calls of an instance. */
export interface ToolHost {
  ripgrep: Ripgrep;
  shellParser: ShellParser;
  paths: Paths;
  /** Absolute path of the shell that runs commands. */
  shell: string;
  env: Env;
  clock: Clock;
  /** Keyed by the real path of a file: one change of a file at a time. */
  locks: KeyedLock;
  log: Logger;
  /** Holds what ends a little after its call: the app does not close before it. */
  scope: Pick<Scope, "track">;
}

/** A question of permission. All of `patterns` must be allowed; `always` is what "always" keeps. */
export interface ToolAsk {
  permission: string;
  patterns: string[];
  always: string[];
  metadata: Record<string, unknown>;
  /** Other names of the same act: a rule that denies one refuses it, other rules say nothing. */
  alternatives?: string[];
  /** A person must be asked even where the rules allow it: what it does could not be determined. */
  mustAsk?: boolean;
}

/** Work that goes on when its call has ended; whoever takes it ends it in time. */
export interface JobWork {
  id: string;
  kind: Job["kind"];
  title: string;
  /** Resolves at its end, also when it was stopped; never rejects. */
  ended: Promise<JobEnd>;
  /** What it has said since the last call. */
  readNew(): string;
  /** The end of what it has said. */
  tail(): string;
  stop(): Promise<void>;
  /** Nobody is told of its end. */
  isQuiet?: boolean;
}

export interface JobEnd {
  status: Exclude<Job["status"], "running">;
  /** What the model reads of the end, besides what is new. */
  text: string;
}

/** The jobs that a session and its subagents see. */
export interface ToolJobs {
  /** Throws AppError limit when too many run already: to be called before work begins. */
  assertRoom(): void;
  /** Whether it would not throw: what need not go on is ended instead. */
  readonly hasRoom: boolean;
  add(work: JobWork): void;
  /** `release` is called when a person sends the call to the background; undo it at its end. */
  onRelease(release: () => void): () => void;
  list(): Job[];
  /** What is new, after its end or `waitMs`. Throws AppError not-found. */
  read(id: string, waitMs: number, signal: AbortSignal): Promise<{ job: Job; text: string }>;
  /** Resolves when it has ended. Throws AppError not-found. */
  stop(id: string): Promise<{ job: Job; text: string }>;
}

export interface SubagentInput {
  description: string;
  prompt: string;
  agent: string;
  /** The child session to go on with, as an earlier result named it. */
  taskID?: string;
  /** The call does not wait for its end. */
  background?: boolean;
  /** The slash command that asked for it. */
  command?: string;
  /** Told once, as soon as the child session exists. */
  onStart?: (child: { sessionID: string; model: ModelRef }) => void;
}

export interface SubagentResult {
  sessionID: string;
  /** None while it goes on in the background. */
  text?: string;
  model: ModelRef;
}

/** Records what a call changes, so that it can be undone: whatever writes files goes through it. */
export interface ToolChanges {
  /** Runs `work`, which writes these files (absolute, real paths) and no others. */
  files<T>(paths: readonly string[], work: () => Promise<T>): Promise<T>;
  /** Runs `work`, which may change any file. */
  tree<T>(work: () => Promise<T>): Promise<T>;
}

/** All that one call of a tool may use. Built by the session for each call. */
export interface ToolContext {
  sessionID: string;
  messageID: string;
  callID: string;
  /** The name of the agent that calls. */
  agent: string;
  /** Where relative paths begin. */
  directory: string;
  /** The root of the repository, or `directory` where there is none. */
  worktree: string;
  /** Aborts the call; every tool ends promptly, with this signal's reason where it throws. */
  signal: AbortSignal;
  /**
   * Resolves when allowed, with what the person gave besides; throws AppError denied when refused,
   * the signal's reason on abort.
   */
  ask(request: ToolAsk): Promise<PermissionGrant>;
  /** Shows live progress in the running tool state; fields given replace those before. */
  report(update: { title?: string; metadata?: Record<string, unknown> }): void;
  /** One list of labels for each question; throws when the person dismisses them. */
  askQuestions(questions: QuestionInfo[]): Promise<string[][]>;
  setTodos(todos: Todo[]): void;
  /** Throws AppError not-found for an unknown agent or task. */
  runSubagent(input: SubagentInput): Promise<SubagentResult>;
  /** Where the session's plan is written, and how the agent that carries it out gets to work. */
  planMode?: { file: string; leave(): Promise<void> };
  findSkill(name: string): Promise<Skill | undefined>;
  listSkills(): Promise<Skill[]>;
  /**
   * Whether the rules allow `read` outright for this pattern (a path relative to the worktree, or
   * absolute outside it): files that would have to be asked for are kept out of search results.
   */
  mayRead(pattern: string): boolean;
  /** Instruction files of the directories above `path` that the model has not been shown yet. */
  instructionsFor?(path: string): Promise<{ path: string; content: string }[]>;
  /** Sees to it that a reference in which `path` lies is there. Throws AppError unavailable. */
  fetchReference?(path: string): Promise<void>;
  /** Tells language servers that a file is looked at, so that they are ready for its edits. */
  touchFile?(path: string): void;
  /** What language servers say of a file as it is now; takes seconds at most, never rejects. */
  checkFile?(path: string, title: string): Promise<{ text: string; diagnostics: unknown[] }>;
  /** What they have said since of files that `checkFile` gave up waiting for; waits for none. */
  lateNews?(): Promise<string>;
  /** What may go on in the background; absent where nothing may. */
  jobs?: ToolJobs;
  /** The environment of a command that runs in this directory. */
  commandEnv(cwd: string): Promise<Env>;
  reads: FileReads;
  changes: ToolChanges;
  host: ToolHost;
  /**
   * Told after a file (absolute path) was written or removed; formatters may run in it. Gives what
   * the model should know of that; never rejects.
   */
  fileEdited(path: string): void | Promise<string | void>;
  /** How much output the model is shown. */
  limits: TextLimit;
}

export interface ToolAttachment {
  mime: string;
  /** A data URL. */
  url: string;
  filename?: string;
}

/** What a call that worked gives; a call that fails throws, and the model reads the message. */
export interface ToolResult {
  title: string;
  /** What the model reads. */
  output: string;
  /** What clients show; `truncated` is set when the tool has limited its output itself. */
  metadata: Record<string, unknown>;
  attachments?: ToolAttachment[];
}

export interface Tool {
  id: string;
  description: string;
  parameters: TSchema;
  /** `input` must fit `parameters`: whoever calls has validated it. */
  run(input: unknown, context: ToolContext): Promise<ToolResult>;
}

export interface ToolDefinition<S extends TSchema> {
  id: string;
  description: string;
  parameters: S;
  run(input: Static<S>, context: ToolContext): Promise<ToolResult>;
}

/** A tool whose `run` is typed by its parameter schema. */
export function defineTool<S extends TSchema>(definition: ToolDefinition<S>): Tool {
  return {
    id: definition.id,
    description: definition.description.trim(),
    parameters: definition.parameters,
    // The border where a validated value gets the type of its schema.
    run: (input, context) => definition.run(input as Static<S>, context),
  };
}
