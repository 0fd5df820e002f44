// What random requests work on: a world in which each operation can succeed, with a model that
// always answers, and things of each kind that can be named. Its commands are denied, but for one
// that waits in the background; its database is a file.

import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { resolvePaths } from "@/base/paths";
import { parse } from "@/base/schema";
import { Config } from "@/schema/config";
import { ApiWorld, JOB_CALL, JOB_COMMAND, JOB_PROMPT, recipeOf } from "@test/support/api-world";
import { type Call, type Contract, nodeOf, type Operation } from "@test/support/contract";
import { type ScriptedModel, scriptedModel } from "@test/support/scripted-model/scripted-model";
import type { NeutralRequest, Turn } from "@test/support/scripted-model/turn";
import type { Answer, TestApp } from "@test/support/test-app";
import type { FuzzRequest } from "./requests";
import type { IDPools, ValueSource } from "./schema-values";

const UNKNOWN = "0000000000000000000000000";
const DENIED = { bash: { "*": "deny", [JOB_COMMAND]: "allow" }, edit: "deny", webfetch: "deny" };
/** They wait for a person or a terminal interface, and are not kept longer than POLL_MS. */
const POLLS: readonly string[] = [
  "tui.control.next",
  "provider.oauth.callback",
  "mcp.auth.authenticate",
];
const POLL_MS = 20;
/** To these no plain request succeeds. */
const NO_RECIPE: readonly string[] = ["tui.control.next", "pty.connect"];
/** No answer takes as long, unless it never comes. */
const PATIENCE_MS = 20_000;

export class FuzzWorld implements AsyncDisposable {
  readonly app: TestApp;
  readonly contract: Contract;
  readonly #world: ApiWorld;
  readonly #model: ScriptedModel;
  readonly #checked = new Set<string>();
  #config: string | undefined;

  private constructor(world: ApiWorld, model: ScriptedModel) {
    this.app = world.app;
    this.contract = world.contract;
    this.#world = world;
    this.#model = model;
  }

  static async open(): Promise<FuzzWorld> {
    const model = scriptedModel({ order: "conversation", turns: [answerAlways] });
    const config = parse(Config, { ...model.config(), permission: DENIED }, "config");
    return new FuzzWorld(await ApiWorld.open({ config, isStored: true }), model);
  }

  /** A request that succeeds when it is sent next. */
  recipe({ id }: Operation): Promise<Call> {
    return recipeOf(id, this.#world);
  }

  /** The schema of the operation's body, or undefined. */
  bodyOf({ path, method }: Operation): unknown {
    const { requestBody } = nodeOf(nodeOf(nodeOf(this.contract.document["paths"])[path])[method]);
    if (requestBody === undefined) return undefined;
    return nodeOf(nodeOf(nodeOf(requestBody)["content"])["application/json"])["schema"];
  }

  /** New things of each kind, beside ids of none. */
  async source(): Promise<ValueSource> {
    await this.#resetConfig();
    const components = nodeOf(this.contract.document["components"]);
    const schemas = nodeOf(components["schemas"]);
    return { schemas, root: this.app.root, ids: await this.#makeThings() };
  }

  async send(operation: Operation, request: FuzzRequest): Promise<void> {
    const { method, path, body, isRecipe = false } = request;
    const mustSucceed = isRecipe && !NO_RECIPE.includes(operation.id);
    const isPoll = !mustSucceed && POLLS.includes(operation.id);
    const leave = new AbortController();
    const signal = AbortSignal.any([
      leave.signal,
      AbortSignal.timeout(isPoll ? POLL_MS : PATIENCE_MS),
    ]);
    try {
      const response = await fetch(`${this.app.server.url.origin}${path}`, {
        method,
        signal,
        ...(body !== undefined && { body, headers: { "content-type": "application/json" } }),
      });
      if (mustSucceed && !response.ok) {
        throw new Error(`refused with ${response.status}: ${await response.text()}`);
      }
      const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
      if (isStream) await this.#checkStream(operation, response);
      else await this.#check(operation, response);
    } catch (error) {
      const isOver = isPoll && error instanceof DOMException && error.name === "TimeoutError";
      if (!isOver) throw error;
    } finally {
      leave.abort();
    }
  }

  /** One sentence for each thing that must not be after all requests. */
  async faults(): Promise<string[]> {
    const { status } = await this.app.request("GET", "/global/health");
    const database = new Database(this.#paths.database, { readonly: true });
    const checked = database.query("PRAGMA integrity_check").get();
    database.close();
    const entries = (await readdir(this.app.root)).sort().join(" ");
    return [
      ...(status === 200 ? [] : [`the server answers ${status} to who asks for its health`]),
      ...(JSON.stringify(checked).includes('"ok"')
        ? []
        : [`the database: ${JSON.stringify(checked)}`]),
      ...(entries === "home plain project" ? [] : [`something was written outside: ${entries}`]),
      ...("polluted" in {} ? ["the prototype of all objects is polluted"] : []),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#world[Symbol.asyncDispose]();
    await this.#model.close();
  }

  get #paths() {
    return resolvePaths({}, this.app.home);
  }

  async #check({ id }: Operation, response: Response): Promise<void> {
    const text = await response.text();
    const type = response.headers.get("content-type");
    const key = `${id} ${response.status} ${type} ${Bun.hash(text)}`;
    // The same answer again, which may be megabytes, is right again.
    if (this.#checked.has(key)) return;
    const answer = answerOf(response, text);
    if (answer.status === 500) throw new Error(await this.#explain(answer));
    this.contract.check(id, answer);
    if (answer.status === 503 && !MAY_BE_UNAVAILABLE.includes(id)) {
      throw new Error(`503: ${JSON.stringify(answer.body)}`);
    }
    this.#checked.add(key);
  }

  async #checkStream({ id }: Operation, response: Response): Promise<void> {
    const [first] =
      (await response.body
        ?.getReader()
        .read()
        .then(({ value }) => [value])) ?? [];
    const line = new TextDecoder().decode(first).match(/^data: (.*)$/m)?.[1];
    if (line === undefined) throw new Error("the stream begins with no event");
    this.contract.checkEvent(id, JSON.parse(line));
  }

  /** What the log says of an unexpected failure. */
  async #explain({ body }: Answer): Promise<string> {
    const ref = String(nodeOf(nodeOf(body)["data"])["ref"]);
    for (const name of await readdir(this.#paths.log)) {
      const lines = (await readFile(join(this.#paths.log, name), "utf8")).split("\n");
      const line = lines.find((one) => one.includes(ref));
      if (line !== undefined) return `500: ${line.slice(0, 2_000)}`;
    }
    return `500: ${JSON.stringify(body)}`;
  }

  /** A configuration of random requests would make all others fail, each for the same reason. */
  async #resetConfig(): Promise<void> {
    const path = join(this.app.directory, "opencode.json");
    this.#config ??= await readFile(path, "utf8");
    const isOwn = (await readFile(path, "utf8")) === this.#config;
    if (isOwn && !existsSync(this.#paths.config)) return;
    await writeFile(path, this.#config);
    await rm(this.#paths.config, { recursive: true, force: true });
    await this.app.request("POST", "/global/dispose");
  }

  async #makeThings(): Promise<IDPools> {
    const { sessions, prompts, permissions, questions, ptys, project } = await this.app.instance();
    const talk = sessions.create({ title: "Talk" });
    const empty = sessions.create({ parentID: talk.id });
    const parts = [{ type: "text" as const, text: "Hi" }];
    for (let count = 0; count < 2; count++) await prompts.prompt(talk.id, { parts, noReply: true });
    const { messages } = sessions.messages(talk.id);
    const ask = {
      sessionID: talk.id,
      permission: "bash",
      patterns: [`x ${talk.id}`],
      always: [`x ${talk.id}`],
      metadata: {},
      rules: [],
    };
    const question = {
      question: "Which?",
      header: "Which",
      options: [{ label: "A", description: "a" }],
    };
    const never = new AbortController().signal;
    // Refused when their session or instance ends: nobody waits for the answers.
    permissions.ask(ask, never).catch(() => undefined);
    questions.ask({ sessionID: talk.id, questions: [question] }, never).catch(() => undefined);
    for (const { id } of ptys.list()) await ptys.remove(id);
    const pty = await ptys.create({ command: "cat", args: [] });
    return {
      ses: [talk.id, talk.id, empty.id, `ses_${UNKNOWN}`],
      msg: [...messages.map(({ info }) => info.id), `msg_${UNKNOWN}`],
      prt: [...messages.flatMap((message) => message.parts.map(({ id }) => id)), `prt_${UNKNOWN}`],
      per: [...permissions.list().map(({ id }) => id), `per_${UNKNOWN}`],
      que: [...questions.list().map(({ id }) => id), `que_${UNKNOWN}`],
      pty: [pty.id, `pty_${UNKNOWN}`],
      evt: [`evt_${UNKNOWN}`],
      projectID: [project.id, "global", "unknown"],
      providerID: ["scripted", "acme", "unknown"],
      shareID: ["unknown", "x".repeat(43)],
      name: ["unknown", "none"],
    };
  }
}

/** Where something of the machine or a model has to be there, which the request may name. */
const MAY_BE_UNAVAILABLE: readonly string[] = ["pty.create"];

function answerAlways({ messages }: NeutralRequest): Turn {
  return messages.at(-1)?.text === JOB_PROMPT ? JOB_CALL : { text: "Hello." };
}

function answerOf({ status, headers }: Response, text: string): Answer {
  const type = headers.get("content-type");
  const isJSON = type?.startsWith("application/json");
  if (text === "" && (isJSON || type === null)) return { status, headers, body: undefined };
  return { status, headers, body: isJSON ? JSON.parse(text) : text };
}
