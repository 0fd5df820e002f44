// Permissions: may this tool call act? Judges it by the rules, asks a person where they say "ask",
// and keeps what the person allows for always with the project. Owned by an instance; who may
// be asked at all is its policy. The rules themselves are rules.ts.
import { AppError, invalid } from "@/base/error";
import type { IDs } from "@/base/id";
import type { Logger } from "@/base/log";
import { matchWildcard } from "@/base/wildcard";
import type { Hooks } from "@/plugin/hooks";
import type { Publish } from "@/schema/event";
import type {
  PermissionGrant,
  PermissionReply,
  PermissionRequest,
  PermissionRule,
} from "@/schema/permission";
import type { ProjectStore } from "@/storage/project-store";
import { PendingRequests } from "./pending-requests";
import { evaluate, formatRule, type Rules } from "./rules";

/** What becomes of a call that the rules neither allow nor deny. */
export type AskPolicy = "ask" | "reject" | "allow";

export interface PermissionAsk {
  sessionID: string;
  permission: string;
  /** What the call is about to do; none stands for everything. */
  patterns: readonly string[];
  /** What an answer "always" allows from then on. */
  always: readonly string[];
  /** Other names of the same act: a rule that denies one refuses it, other rules say nothing. */
  alternatives?: readonly string[];
  /**
   * What the act does could not be determined: it is asked for unless no rule restricts anything
   * under this permission.
   */
  mustAsk?: boolean;
  metadata: Record<string, unknown>;
  tool?: { messageID: string; callID: string };
  /** Of the agent and the session, lowest first; the saved ones are added here. */
  rules: Rules;
}

/** What a person may say with an answer. */
export interface ReplyWords {
  message?: string | undefined;
  always?: readonly string[] | undefined;
  edited?: string | undefined;
}

interface WaitingAsk {
  id: string;
  sessionID: string;
  request: PermissionRequest;
  ask: JudgedAsk;
}

type JudgedAsk = Pick<
  PermissionAsk,
  "permission" | "patterns" | "alternatives" | "mustAsk" | "rules"
>;

type Verdict =
  | { action: "allow" }
  | { action: "deny"; rules: PermissionRule[] }
  | { action: "ask"; rules: PermissionRule[] };

const REJECTED = "The user rejected permission to use this specific tool call.";
const FEEDBACK_MAX_CHARACTERS = 20_000;

export class Permissions {
  readonly #ids: IDs;
  readonly #publish: Publish;
  readonly #store: ProjectStore;
  readonly #projectID: string;
  readonly #log: Logger;
  readonly #hooks: Hooks | undefined;
  readonly #pending = new PendingRequests<WaitingAsk, PermissionGrant>("Permission request");
  /** May be changed at any time; asks that wait already go on waiting. */
  policy: AskPolicy;

  constructor(options: {
    ids: IDs;
    publish: Publish;
    store: ProjectStore;
    projectID: string;
    log: Logger;
    policy?: AskPolicy;
    /** Plugins that may answer in the place of a person. */
    hooks?: Hooks;
  }) {
    this.#hooks = options.hooks;
    this.#ids = options.ids;
    this.#publish = options.publish;
    this.#store = options.store;
    this.#projectID = options.projectID;
    this.#log = options.log;
    this.policy = options.policy ?? "ask";
  }

  /**
   * Returns when the call may act, with what the person gave besides. Throws AppError denied:
   * `PermissionDenied` (data.rules) when a rule or the policy (then with data.policy) refuses,
   * `PermissionRejected` (data.feedback, if any) when a person does; the messages are for the
   * model. Rejects with the signal's reason when that aborts, and then tells clients with a
   * `permission.replied` reject to close their dialogs.
   */
  async ask(ask: PermissionAsk, signal: AbortSignal): Promise<PermissionGrant> {
    signal.throwIfAborted();
    const verdict = this.#judge(ask);
    if (verdict.action === "allow") return {};
    if (verdict.action === "deny") throw deniedByRules(verdict.rules);
    const status = this.#hooks ? await this.#askHooks(ask, this.#hooks, signal) : "ask";
    if (status === "allow") return {};
    if (status === "deny") throw deniedByPlugin(ask);
    // Nobody watches a run that repeats itself: there, allowing everything means going on for ever.
    if (this.policy === "allow" && ask.permission !== "doom_loop") return {};
    if (this.policy !== "ask") throw deniedByPolicy(ask, verdict.rules);
    return this.#wait(ask, signal);
  }

  /**
   * A person's answer. "always" is saved for the project first, then also releases every other ask
   * that it satisfies; it saves the patterns of `always`, or else those that the request proposed.
   * "reject" fails all asks of the same session, each with `message`, if any.
   * Throws not-found for an unknown id, conflict when another answer came first.
   */
  reply(requestID: string, reply: PermissionReply, words: ReplyWords = {}): void {
    const feedback = words.message?.trim() || undefined;
    if (feedback !== undefined && feedback.length > FEEDBACK_MAX_CHARACTERS) {
      throw invalid(`message: at most ${FEEDBACK_MAX_CHARACTERS} characters`, { path: "message" });
    }
    const asked = this.#pending.get(requestID);
    if (reply === "reject") return this.#rejectSession(asked, feedback);
    if (reply === "always") this.#save(asked.request, words.always ?? asked.request.always);
    const { edited } = words;
    this.#allow(asked, reply, edited === undefined ? {} : { edited });
    if (reply === "always") this.#releaseSatisfied();
  }

  /** The asks that wait, oldest first. */
  list(): PermissionRequest[] {
    return this.#pending.list().map((asked) => asked.request);
  }

  /** Withdraws all asks of a session, as an abort of each would. */
  cancelSession(sessionID: string): void {
    for (const asked of this.#ofSession(sessionID)) {
      const reason = new DOMException("The session was cancelled", "AbortError");
      this.#pending.reject(asked, reason, () => this.#tellReply(asked, "reject"));
    }
  }

  /** What plugins answer in the place of a person, if anything. */
  async #askHooks(ask: PermissionAsk, hooks: Hooks, signal: AbortSignal) {
    const name = "permission.ask";
    if (!(await hooks.has(name))) return "ask";
    const request = this.#toRequest(ask);
    const input = {
      ...request,
      type: ask.permission,
      pattern: request.patterns,
      title: ask.permission,
      messageID: ask.tool?.messageID ?? "",
      ...(ask.tool && { callID: ask.tool.callID }),
      time: { created: Date.now() },
    };
    return (await hooks.run(name, input, { status: "ask" }, { signal })).status;
  }

  #toRequest(ask: PermissionAsk): PermissionRequest {
    return {
      id: this.#ids.create("per"),
      sessionID: ask.sessionID,
      permission: ask.permission,
      patterns: [...ask.patterns],
      metadata: ask.metadata,
      always: [...ask.always],
      ...(ask.tool && { tool: ask.tool }),
    };
  }

  #wait(ask: PermissionAsk, signal: AbortSignal): Promise<PermissionGrant> {
    const request = this.#toRequest(ask);
    const asked = { id: request.id, sessionID: ask.sessionID, request, ask };
    return this.#pending.wait(asked, signal, {
      announce: () => this.#publish("permission.asked", request),
      withdraw: () => this.#tellReply(asked, "reject"),
    });
  }

  #judge(ask: JudgedAsk): Verdict {
    // An empty list must not be allowed for want of a pattern that says otherwise.
    const patterns = ask.patterns.length > 0 ? ask.patterns : ["*"];
    const found = patterns.map((pattern) => evaluate(ask.permission, pattern, ask.rules));
    const others = (ask.alternatives ?? []).map((name) =>
      evaluate(ask.permission, name, ask.rules),
    );
    const denied = [...found, ...others].filter((rule) => rule.action === "deny");
    if (denied.length > 0) return { action: "deny", rules: unique(denied) };
    if (ask.mustAsk && restricts(ask.permission, ask.rules)) {
      return {
        action: "ask",
        rules: [{ permission: ask.permission, pattern: "*", action: "ask" }],
      };
    }
    if (found.every((rule) => rule.action === "allow")) return { action: "allow" };
    // Read at each ask: another process on the same database may have saved some.
    const saved = this.#store
      .listSavedRules(this.#projectID)
      .filter((rule) => rule.action === "allow");
    const open = patterns.flatMap((pattern, index) => {
      const rule = found[index];
      const isAllowed =
        rule?.action === "allow" || evaluate(ask.permission, pattern, saved).action === "allow";
      return isAllowed || rule === undefined ? [] : [rule];
    });
    return open.length === 0 ? { action: "allow" } : { action: "ask", rules: unique(open) };
  }

  #save({ permission }: PermissionRequest, patterns: readonly string[]): void {
    const rules = patterns.map((pattern) => ({
      permission,
      pattern,
      action: "allow" as const,
    }));
    if (rules.length === 0) return;
    this.#store.addSavedRules(this.#projectID, rules);
    this.#log.info("permission allowed for always", { rules: rules.map(formatRule) });
  }

  #allow(asked: WaitingAsk, reply: "once" | "always", grant: PermissionGrant = {}): void {
    this.#pending.resolve(asked, grant, () => this.#tellReply(asked, reply));
  }

  #releaseSatisfied(): void {
    for (const asked of this.#pending.list()) {
      const verdict = this.#judge(asked.ask);
      if (verdict.action === "allow") this.#allow(asked, "always");
    }
  }

  #rejectSession(asked: WaitingAsk, feedback: string | undefined): void {
    // All get the feedback: a plain rejection among them would end the turn that it should steer.
    for (const other of [asked, ...this.#ofSession(asked.sessionID)]) {
      this.#pending.reject(other, rejected(feedback), () => this.#tellReply(other, "reject"));
    }
  }

  #ofSession(sessionID: string): WaitingAsk[] {
    return this.#pending.list().filter((asked) => asked.sessionID === sessionID);
  }

  #tellReply(asked: WaitingAsk, reply: PermissionReply): void {
    const { sessionID, id: requestID } = asked;
    this.#publish("permission.replied", { sessionID, requestID, reply });
  }
}

function rejected(feedback: string | undefined): AppError {
  if (feedback === undefined) return new AppError("denied", "PermissionRejected", REJECTED);
  const message = `${REJECTED.slice(0, -1)} with the following feedback: ${feedback}`;
  return new AppError("denied", "PermissionRejected", message, { feedback });
}

function deniedByRules(rules: PermissionRule[]): AppError {
  const message =
    "The user's permission rules deny this call. Do not try to get around them; " +
    `use another way, or say what you cannot do. Rules: ${rules.map(formatRule).join("; ")}`;
  return new AppError("denied", "PermissionDenied", message, { rules });
}

function deniedByPlugin({ permission }: PermissionAsk): AppError {
  const message = `A plugin denies this call, which needs the permission ${permission}`;
  return new AppError("denied", "PermissionDenied", message, { rules: [] });
}

function deniedByPolicy(ask: PermissionAsk, rules: PermissionRule[]): AppError {
  const what = ask.patterns.length > 0 ? ask.patterns.join(", ") : "*";
  const example = JSON.stringify({ [ask.permission]: { [ask.patterns[0] ?? "*"]: "allow" } });
  const message =
    `This call needs a permission (${ask.permission}: ${what}) and nobody is there to give it. ` +
    `It can be given with --auto, or with a rule in the configuration: "permission": ${example}`;
  return new AppError("denied", "PermissionDenied", message, { rules, policy: "reject" });
}

/** Whether some rule about the permission says anything but "allow". */
function restricts(permission: string, rules: Rules): boolean {
  const own = rules.filter((rule) => matchWildcard(rule.permission, permission));
  return (
    own.length === 0 ||
    hasRestriction(own.filter((rule) => !rule.limit)) ||
    hasRestriction(own.filter((rule) => rule.limit))
  );
}

/** Whether anything but "allow" is said from the last rule on that is for everything. */
function hasRestriction(own: Rules): boolean {
  const last = own.findLastIndex((rule) => rule.pattern === "*");
  return own.slice(Math.max(last, 0)).some((rule) => rule.action !== "allow");
}

function unique(rules: PermissionRule[]): PermissionRule[] {
  return [...new Map(rules.map((rule) => [formatRule(rule), rule])).values()];
}
