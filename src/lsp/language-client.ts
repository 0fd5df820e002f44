// One running language server: its start, what it knows of files, what it is asked, its end. It
// fails once, with a reason; starting it again is its owner's to decide.
import type { Clock } from "@/base/clock";
import type { Env } from "@/base/env";
import { AppError, errorMessage, unavailable } from "@/base/error";
import type { Logger } from "@/base/log";
import { isValid } from "@/base/schema";
import type { JSONObject } from "@/schema/primitive";
import { CLIENT_CAPABILITIES } from "./client-capabilities";
import { Connection } from "./connection";
import { Diagnostics } from "./diagnostics";
import { toFileURI } from "./file-uri";
import { atMost } from "./first-answer";
import type { Launch } from "@/base/program";
import type { LanguageServer } from "./language-server";
import { OpenDocuments } from "./open-documents";
import { DiagnosticReport, InitializeResult, type Diagnostic } from "./protocol";
import { type Feature, FEATURES, ServerFeatures } from "./server-features";
import { ServerProcess } from "./server-process";
import { answerServer, workspaceFolders } from "./server-requests";
import { askTsserver } from "./tsserver-diagnostics";

/** Some read a whole project before they answer. */
const INITIALIZE_TIMEOUT_MS = 45_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** Of one that has answered nothing yet: others read the project at the first question. */
const FIRST_ANSWER_TIMEOUT_MS = 30_000;
/** What is wrong with a file may take as long as its project takes to load. */
const PULL_TIMEOUT_MS = 60_000;
const SHUTDOWN_TIMEOUT_MS = 1_000;
/** So many questions without an answer to any: it hangs. */
const UNANSWERED_MAX = 5;
/** A server that has said nothing of so many changes in a row is not waited for long any more. */
const SILENCES_MAX = 3;
const SILENT_WAIT_MS = 300;

export interface LanguageClientOptions {
  server: LanguageServer;
  launch: Launch;
  root: string;
  /** What the root says, beside what the table does. */
  facts: { initialization: JSONObject; settings: JSONObject };
  env: Env;
  clock: Clock;
  log: Logger;
  /** Told once, when it has ended or is of no use any more; not after stop. */
  onFailure(reason: string): void;
}

interface Question {
  /** Of the text that it is about. */
  version: number | undefined;
  controller: AbortController;
  answered: Promise<boolean>;
}

export class LanguageClient {
  readonly id: string;
  readonly root: string;
  readonly #options: LanguageClientOptions;
  readonly #process: ServerProcess;
  readonly #connection: Connection;
  readonly #diagnostics: Diagnostics;
  readonly #ending = new AbortController();
  /** How often the server had spoken of a file when it was last told of a change. */
  readonly #marks = new Map<string, number>();
  /** The questions for diagnostics whose answer nobody has read, by path. */
  readonly #questions = new Map<string, Question>();
  #features: ServerFeatures = new ServerFeatures({});
  #documents: OpenDocuments = this.#makeDocuments();
  #settings: JSONObject;
  #hasAnswered = false;
  #unanswered = 0;
  #silences = 0;
  #stopping: Promise<void> | undefined;

  /**
   * Resolves when the server is ready. Throws AppError unavailable when it cannot be started or
   * does not get ready in time, the signal's reason on abort; then nothing of it is left.
   */
  static async start(options: LanguageClientOptions, signal: AbortSignal): Promise<LanguageClient> {
    const { launch, root, env } = options;
    signal.throwIfAborted();
    const process = new ServerProcess({
      argv: launch.argv,
      cwd: root,
      env: { ...env, ...launch.env, ...options.server.env },
    });
    let client: LanguageClient | undefined;
    const failure = Promise.withResolvers<never>();
    // Nobody may be waiting for it any more when it comes.
    failure.promise.catch(() => {});
    try {
      const connection = await Connection.open({
        process,
        clock: options.clock,
        name: options.server.id,
        onNotification: (method, params) => client?.hear(method, params),
        onRequest: (method, params) => client?.answer(method, params),
        onFailure: (reason) => {
          failure.reject(unavailable(`Language server ${options.server.id}: ${reason}`));
          client?.fail(reason);
        },
      });
      client = new LanguageClient(options, process, connection);
      await Promise.race([client.#initialize(signal), failure.promise]);
      return client;
    } catch (error) {
      if (client) await client.stop({ abruptly: true });
      else await process.kill();
      throw error;
    }
  }

  private constructor(
    options: LanguageClientOptions,
    process: ServerProcess,
    connection: Connection,
  ) {
    this.#options = options;
    this.id = options.server.id;
    this.root = options.root;
    this.#process = process;
    this.#connection = connection;
    this.#diagnostics = new Diagnostics(options.clock);
    this.#settings = { ...options.server.settings, ...options.facts.settings };
  }

  get pid(): number {
    return this.#process.pid;
  }

  has(feature: Feature): boolean {
    return this.#features.has(feature);
  }

  get openPaths(): string[] {
    return this.#documents.paths;
  }

  /** Tells the server of the file's present text, if it does not have it. */
  sync(path: string, text: string): void {
    const mark = this.#diagnostics.timesTold(path);
    if (this.#documents.sync(path, text)) this.#marks.set(path, mark);
  }

  close(path: string): void {
    this.#documents.close(path);
  }

  /** Tells that files were made (1), changed (2) or removed (3) on the disk. */
  noteFiles(changes: readonly { path: string; type: 1 | 2 | 3 }[]): void {
    this.#connection.notify("workspace/didChangeWatchedFiles", {
      changes: changes.map(({ path, type }) => ({ uri: toFileURI(path), type })),
    });
  }

  /** Errors that are known, in all files. */
  get errorCount(): number {
    return this.#diagnostics.errorCount;
  }

  /** What is known to be wrong with a file. */
  diagnosticsOf(path: string): Diagnostic[] {
    return this.#diagnostics.of(path);
  }

  /**
   * What is wrong with a file of which the server was told by sync. Takes at most `timeoutMs`,
   * and then gives what is known; never rejects.
   */
  async freshDiagnostics(
    path: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<{ diagnostics: Diagnostic[]; isHeard: boolean }> {
    const either = AbortSignal.any([signal, this.#ending.signal]);
    const isSilent = this.#silences >= SILENCES_MAX;
    const limitMs = isSilent ? Math.min(timeoutMs, SILENT_WAIT_MS) : timeoutMs;
    const told = this.#pulls
      ? await this.#pull(path, limitMs, either)
      : await this.#waitTold(path, limitMs, either);
    if (told) this.#silences = 0;
    // Who does not wait knows nothing of its silence.
    else if (!either.aborted && timeoutMs >= SILENT_WAIT_MS) this.#silences++;
    return { diagnostics: this.#diagnostics.of(path), isHeard: told };
  }

  /** One question; undefined when it is of a kind that the server does not answer. */
  async ask(feature: Feature, params: unknown, signal?: AbortSignal): Promise<unknown> {
    return this.has(feature) ? this.request(FEATURES[feature], params, signal) : undefined;
  }

  /** Throws AppError unavailable, or the signal's reason on abort. */
  async request(
    method: string,
    params: unknown,
    signal?: AbortSignal,
    timeoutMs = this.#hasAnswered ? REQUEST_TIMEOUT_MS : FIRST_ANSWER_TIMEOUT_MS,
  ): Promise<unknown> {
    try {
      const answer = await this.#connection.request(method, params, {
        timeoutMs,
        ...(signal ? { signal } : {}),
      });
      this.#noteAnswer();
      return answer;
    } catch (error) {
      this.#noteFailure(error, timeoutMs);
      throw error;
    }
  }

  /** Resolves when the server and all that it started is gone; never rejects. */
  stop(options: { abruptly?: boolean } = {}): Promise<void> {
    return (this.#stopping ??= this.#stop(options.abruptly === true));
  }

  /** To be called by the connection: what the server tells. */
  hear(method: string, params: unknown): void {
    if (method === "tsserver/request") return this.#refuseTsserver(params);
    if (method !== "textDocument/publishDiagnostics") return;
    if (this.#options.server.diagnostics === "tsserver") return;
    this.#diagnostics.publish(params, (path) => this.#documents.versionOf(path));
  }

  /** Vue's server asks the editor's TypeScript: one that hears of none does what it can alone. */
  #refuseTsserver(params: unknown): void {
    const [asked] = Array.isArray(params) ? params : [];
    const [id] = Array.isArray(asked) ? asked : [asked];
    if (typeof id === "number") this.#connection.notify("tsserver/response", [id, null]);
  }

  /** To be called by the connection: what the server asks. */
  answer(method: string, params: unknown): { result: unknown } | undefined {
    const { root } = this.#options;
    return answerServer(method, params, {
      root,
      settings: this.#settings,
      features: this.#features,
    });
  }

  /** To be called by the connection, and for a server that is of no use any more. */
  fail(reason: string): void {
    if (this.#stopping) return;
    this.#ending.abort();
    this.#options.onFailure(reason);
  }

  #noteAnswer(): void {
    this.#hasAnswered = true;
    this.#unanswered = 0;
  }

  /** An answer that says no is an answer; one that was given little time may still come. */
  #noteFailure(error: unknown, timeoutMs: number): void {
    if (!(error instanceof AppError)) return;
    if (error.data["timedOut"] !== true) this.#noteAnswer();
    else if (timeoutMs >= REQUEST_TIMEOUT_MS) this.#unanswered++;
    if (this.#unanswered >= UNANSWERED_MAX) this.fail("it does not answer");
  }

  #makeDocuments(): OpenDocuments {
    return new OpenDocuments(
      this.#features,
      (method, params) => this.#connection.notify(method, params),
      (path) => {
        this.#marks.delete(path);
        this.#questions.get(path)?.controller.abort();
        this.#questions.delete(path);
        this.#diagnostics.forget(path);
      },
    );
  }

  async #initialize(signal: AbortSignal): Promise<void> {
    const { server, facts, root } = this.#options;
    const params = {
      processId: process.pid,
      clientInfo: { name: "opencode" },
      locale: "en",
      rootUri: toFileURI(root),
      rootPath: root,
      workspaceFolders: workspaceFolders(root),
      capabilities: CLIENT_CAPABILITIES,
      initializationOptions: { ...server.initialization, ...facts.initialization },
    };
    const answer = await this.#connection.request("initialize", params, {
      timeoutMs: INITIALIZE_TIMEOUT_MS,
      signal,
    });
    if (!isValid(InitializeResult, answer)) {
      throw unavailable(`Language server ${this.id}: it does not say what it can do`);
    }
    this.#features = new ServerFeatures(answer.capabilities);
    this.#documents = this.#makeDocuments();
    this.#connection.notify("initialized", {});
    if (Object.keys(this.#settings).length > 0) {
      this.#connection.notify("workspace/didChangeConfiguration", { settings: this.#settings });
    }
  }

  get #pulls(): boolean {
    return this.#options.server.diagnostics === "tsserver" || this.has("diagnosticProvider");
  }

  /** Whether the server has told of the text that it was last sent. */
  async #waitTold(path: string, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    const mark = this.#marks.get(path);
    if (mark === undefined) return true;
    const told = await this.#diagnostics.settled(path, mark, timeoutMs, signal);
    if (told && this.#marks.get(path) === mark) this.#marks.delete(path);
    return told;
  }

  /** Whether the server has answered in time; a late answer is the next check's. */
  async #pull(path: string, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options;
    const question = this.#question(path);
    // On abort nobody wants to know.
    const answered = await atMost(question.answered, timeoutMs, clock, signal).catch(() => false);
    if (answered !== undefined && this.#questions.get(path) === question) {
      this.#questions.delete(path);
    }
    return answered ?? false;
  }

  /** The question for a file as it is now: a new one, unless an answer is still to be read. */
  #question(path: string): Question {
    const version = this.#documents.versionOf(path);
    const known = this.#questions.get(path);
    if (known && known.version === version) return known;
    known?.controller.abort();
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, this.#ending.signal]);
    const question = { version, controller, answered: this.#askDiagnostics(path, signal) };
    this.#questions.set(path, question);
    return question;
  }

  /** Whether the server has answered; what is not answered leaves what is known. */
  async #askDiagnostics(path: string, signal: AbortSignal): Promise<boolean> {
    const request = (method: string, params: unknown) =>
      // Beside the count of what is not answered: some load a project first.
      this.#connection.request(method, params, { timeoutMs: PULL_TIMEOUT_MS, signal });
    try {
      if (this.#options.server.diagnostics === "tsserver") {
        const items = await askTsserver(path, request);
        if (!signal.aborted) this.#diagnostics.answer(path, items);
      } else {
        const textDocument = { uri: toFileURI(path) };
        const report = await request(FEATURES.diagnosticProvider, { textDocument });
        if (isValid(DiagnosticReport, report) && report.items && !signal.aborted) {
          this.#diagnostics.answer(path, report.items);
        }
      }
      this.#noteAnswer();
      return true;
    } catch (error) {
      this.#options.log.debug("no diagnostics", { server: this.id, error: errorMessage(error) });
      return false;
    }
  }

  async #stop(abruptly: boolean): Promise<void> {
    this.#ending.abort();
    if (!abruptly) {
      // One that does not answer is ended all the same.
      const timeoutMs = SHUTDOWN_TIMEOUT_MS;
      await this.#connection.request("shutdown", undefined, { timeoutMs }).catch(() => {});
      this.#connection.notify("exit");
    }
    this.#connection.close();
    await this.#process.kill();
  }
}
