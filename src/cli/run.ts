// `opencode run`: one prompt, answered without a person. Works on the services directly, without
// HTTP, and always ends: asks are decided by policy, waits are bounded, and the result is told
// whatever happens. Its exit code says how it went.
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { AppError, errorMessage, invalid } from "@/base/error";
import type { App } from "@/app/app";
import type { Instance } from "@/app/instance";
import type { MessageWithParts } from "@/schema/message";
import { type CLIContext, type GlobalOptions, withApp } from "./context";
import { EXIT, exitCodeOf, exitCodeOfMessage } from "./exit-code";
import { configWarnings } from "./config-warnings";
import { noteHeldBack, tellHeldBack } from "./held-back";
import { reportInternal } from "./internal-error";
import { RunJSON } from "./run-json";
import { fileParts, readMessage } from "./run-message";
import { resolveTarget, type TargetOptions } from "./run-target";
import { RunText } from "./run-text";
import { type RunPrinter, type RunResult, RunWatcher } from "./run-watcher";
import { describeError } from "./run-words";

export interface RunOptions extends TargetOptions, GlobalOptions {
  file?: string[];
  format: "default" | "json";
  auto?: boolean;
  port?: number;
  thinking?: boolean;
  maxCost?: number;
  maxTokens?: number;
}

/** What a run may take to end after an interrupt. */
const INTERRUPT_GRACE_MS = 2_500;

/** Answers the message and gives the exit code; never rejects. */
export async function run(
  context: CLIContext,
  words: readonly string[],
  options: RunOptions,
): Promise<number> {
  const { interrupts, output, clock } = context;
  interrupts.graceMs = INTERRUPT_GRACE_MS;
  const style = { output, clock, thinking: options.thinking ?? false };
  const printer = options.format === "json" ? new RunJSON(style) : new RunText(style);
  const ending = new RunEnding(printer);
  interrupts.lastWords = () => ending.end(interrupts.code ?? EXIT.failed);
  output.readerGone.addEventListener("abort", () => interrupts.interrupt(EXIT.interrupted));
  try {
    const dir = options.dir === undefined ? undefined : resolve(context.directory, options.dir);
    await checkOptions(options, dir);
    // Both take their time: the one waits for a pipe, the other for the disk.
    const { command } = options;
    const message =
      command === undefined
        ? readMessage(context, words)
        : readMessage(context, words.map(asArgument), true);
    message.catch(() => undefined); // heard of below, once the App is open
    const files = await fileParts(context.directory, options.file ?? []);
    const directory = dir ?? context.directory;
    const target = { ...options, ...(dir === undefined ? {} : { dir }) };
    return await withApp(context, { ...options, directory }, async (app) => {
      const text = await untilInterrupted(context, message);
      const work = { app, options: target, text, files, ending, printer };
      const code = ending.end(await answer(context, work));
      await untilInterrupted(context, installPlugins(app));
      return code;
    });
  } catch (error) {
    if (interrupts.code !== undefined) return ending.end(interrupts.code);
    const code = ending.end(exitCodeOf(error), {
      name: nameOf(error),
      message: errorMessage(error),
    });
    if (!(error instanceof AppError)) await reportInternal(context, error);
    return code;
  }
}

async function checkOptions(options: RunOptions, dir: string | undefined): Promise<void> {
  if (options.fork && !options.continue && !options.session) {
    throw invalid("--fork needs --continue or --session: it copies the session that they name");
  }
  if (options.continue && options.session) {
    throw invalid("--continue and --session exclude each other: leave one out");
  }
  if (dir === undefined) return;
  const found = await stat(dir).catch(() => undefined); // told below
  if (!found?.isDirectory()) throw invalid(`--dir ${dir}: there is no such directory`);
}

/** An install that takes longer is made another time. */
const INSTALL_WAIT_MS = 30_000;

interface RunWork {
  app: App;
  options: RunOptions;
  text: string;
  files: Awaited<ReturnType<typeof fileParts>>;
  ending: RunEnding;
  printer: RunPrinter;
}

/** The session runs in another process, which an interrupt of this one does not concern. */
function ignoreElsewhere(): void {}

/** What is installed for the next run: the answer has not waited for it. */
async function installPlugins(app: App): Promise<void> {
  const instances = await app.instances.list();
  const { clock } = app.services;
  const late = Promise.withResolvers<void>();
  const cancel = clock.timer(INSTALL_WAIT_MS, late.resolve);
  await Promise.race([
    Promise.all(instances.map(({ plugins }) => plugins.settled())),
    late.promise,
  ]);
  cancel();
}

/** What is wrong with the person's files, but stops nothing, before the run may fail for it. */
async function warnAtFirst(context: CLIContext, app: App): Promise<void> {
  const { output } = context;
  const instance = await app.instances.get(app.services.directory);
  instance.bus.subscribe(({ type, properties }) => {
    if (type === "trust.updated") noteHeldBack(context, properties);
    if (type !== "tui.toast.show" || properties.variant !== "error") return;
    output.note(`${output.style.yellow("Warning:")} ${properties.message}`);
  });
  const warnings = await configWarnings(instance);
  const problem = await app.services.auth.problem();
  for (const warning of problem === undefined ? warnings : [...warnings, problem]) {
    output.note(`${output.style.yellow("Warning:")} ${warning}`);
  }
  await tellHeldBack(context, instance);
}

/** Prompts the session and gives the exit code of how it went. */
async function answer(context: CLIContext, work: RunWork): Promise<number> {
  const { app, options, text, files, ending, printer } = work;
  const { interrupts } = context;
  await warnAtFirst(context, app);
  const target = resolveTarget(app, options, text);
  const { instance, session, agent, model } = await untilInterrupted(context, target);
  instance.permissions.policy = options.auto ? "allow" : "reject";
  instance.questions.policy = "reject";
  if (options.port !== undefined) await serveMeanwhile(context, app, options.port);
  limitUse(instance, session.id, options);
  const watcher = new RunWatcher(session.id, listFamily(instance, session.id), printer);
  ending.watcher = watcher;
  printer.begin({
    sessionID: session.id,
    directory: instance.directory,
    model: `${model.providerID}/${model.modelID}`,
    agent: agent.name,
  });
  const stopListening = watcher.listen(instance.bus);
  const abort = () => void instance.sessions.abort(session.id).catch(ignoreElsewhere);
  interrupts.signal.addEventListener("abort", abort, { once: true });
  if (interrupts.signal.aborted) return interrupts.code ?? EXIT.interrupted;
  try {
    const asked = {
      agent: agent.name,
      ...(options.variant === undefined ? {} : { variant: options.variant }),
    };
    const answered =
      options.command === undefined
        ? await instance.prompts.prompt(session.id, {
            ...asked,
            model,
            parts: [{ type: "text", text }, ...files],
          })
        : await instance.slashCommands.run(session.id, {
            ...asked,
            model: `${model.providerID}/${model.modelID}`,
            command: options.command,
            arguments: text,
            parts: files,
          });
    // The agent hears of tasks that it left in the background, and says what came of them.
    await instance.jobs.settled(session.id);
    return interrupts.code ?? judge(lastAnswer(instance, session.id) ?? answered, watcher);
  } finally {
    interrupts.signal.removeEventListener("abort", abort);
    stopListening();
  }
}

function limitUse({ budgets }: Instance, sessionID: string, options: RunOptions): void {
  const { maxCost, maxTokens } = options;
  if (maxCost === undefined && maxTokens === undefined) return;
  budgets.limit(sessionID, {
    name: "--max-",
    ...(maxCost === undefined ? {} : { cost: maxCost }),
    ...(maxTokens === undefined ? {} : { tokens: maxTokens }),
  });
}

function lastAnswer(instance: Instance, sessionID: string): MessageWithParts | undefined {
  const { messages } = instance.sessions.messages(sessionID, { limit: 1 });
  return messages.find(({ info }) => info.role === "assistant");
}

/** A word of the command line stays one word of the command's arguments. */
function asArgument(word: string): string {
  if (!/\s/.test(word)) return word;
  return word.includes('"') ? `'${word}'` : `"${word}"`;
}

function judge(answered: MessageWithParts, watcher: RunWatcher): number {
  const { info } = answered;
  const error = (info.role === "assistant" ? info.error : undefined) ?? watcher.error;
  if (error) return exitCodeOfMessage(error);
  return watcher.denied ? EXIT.denied : EXIT.done;
}

/** The session's descendants: a subagent may be gone on with. */
function listFamily(instance: Instance, sessionID: string): string[] {
  const children = instance.sessions.children(sessionID).map((child) => child.id);
  return [...children, ...children.flatMap((id) => listFamily(instance, id))];
}

async function serveMeanwhile(context: CLIContext, app: App, port: number): Promise<void> {
  const { openServer } = await import("./server");
  const server = await openServer(app, { port });
  app.services.scope.defer("server", () => server.stop());
  context.output.note(`opencode server listening on ${server.url.origin}`);
}

/** Rejects when a signal comes before `work` is done. */
async function untilInterrupted<T>(context: CLIContext, work: Promise<T>): Promise<T> {
  const { signal } = context.interrupts;
  const interrupted = Promise.withResolvers<never>();
  const onAbort = () => interrupted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, interrupted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** The end of a run: told once, with what is known by then. */
class RunEnding {
  readonly #printer: RunPrinter;
  #code: number | undefined;
  watcher: RunWatcher | undefined;

  constructor(printer: RunPrinter) {
    this.#printer = printer;
  }

  /** Gives the code that was told: the first one. */
  end(exitCode: number, error?: RunResult["error"]): number {
    if (this.#code !== undefined) return this.#code;
    this.#code = exitCode;
    const { watcher } = this;
    const failure = watcher?.error;
    const told = failure && { name: failure.name, message: describeError(failure) };
    const known = error ?? (exitCode === EXIT.done ? undefined : told);
    this.#printer.end({
      exitCode,
      text: watcher?.text ?? "",
      usage: watcher?.usage ?? { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } },
      cost: watcher?.cost ?? 0,
      ...(known ? { error: known } : {}),
    });
    return exitCode;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "Error";
}
