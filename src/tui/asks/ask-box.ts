// Ask box: stands in the place of the prompt box while something of the session, or of its
// subagents, waits for the person. Shows one ask at a time, the oldest first; an ask that is
// answered elsewhere goes away. Keys of somebody who was typing when it appeared go on into the
// draft, so that a word typed ahead never answers.
import { BoxRenderable, type KeyEvent, type PasteEvent, decodePasteBytes } from "@opentui/core";
import { errorMessage } from "@/base/error";
import type { PermissionRequest } from "@/schema/permission";
import type { QuestionRequest } from "@/schema/question";
import type { State } from "@/tui/store/state";
import { openDiff } from "@/tui/open-diff";
import type { AskBox, Ui } from "@/tui/ui";
import { type AskPrompt, keyName } from "./ask-prompt";
import { allowPatterns } from "./config-rules";
import { editProposal } from "./edit-proposal";
import { PermissionPrompt } from "./permission-prompt";
import type { PermissionAnswer } from "./permission-state";
import { QuestionPrompt } from "./question-prompt";
import type { QuestionStep } from "./question-state";
import { isBelow } from "./session-tree";

type Ask =
  | { type: "permission"; request: PermissionRequest }
  | { type: "question"; request: QuestionRequest };

/** Keys that move in the transcript while something asks. */
const OUTER: readonly string[] = ["pageup", "pagedown", "home", "end"];
/** Whoever pressed a key this short a time before is typing. */
const TYPING_MS = 1_000;
/** After a pause of this length they have seen what stands there now. */
const PAUSE_MS = 400;

export class SessionAskBox implements AskBox {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #sessionID: string;
  readonly #stops: (() => void)[];
  /** Ids of those that this person has answered, while the server has not said so yet. */
  readonly #answered = new Set<string>();
  #prompt: AskPrompt | undefined;
  #leaveContext: (() => void) | undefined;
  #lastKeyAt = Number.NEGATIVE_INFINITY;
  /** Keys before this time belong to the draft. */
  #guardedUntil = Number.NEGATIVE_INFINITY;

  constructor(ui: Ui, sessionID: string) {
    this.#ui = ui;
    this.#sessionID = sessionID;
    const { renderer, theme } = ui;
    this.root = new BoxRenderable(renderer, {
      flexDirection: "column",
      flexShrink: 0,
      visible: false,
    });
    const note = () => (this.#lastKeyAt = ui.clock.now());
    const paste = (event: PasteEvent) => this.#onPaste(event);
    const redraw = () => this.#prompt?.redraw();
    renderer.keyInput.prependListener("keypress", note);
    renderer.keyInput.on("paste", paste);
    renderer.on("resize", redraw);
    this.#stops = [
      () => renderer.keyInput.off("keypress", note),
      () => renderer.keyInput.off("paste", paste),
      () => renderer.off("resize", redraw),
      theme.subscribe(redraw),
    ];
  }

  get isActive(): boolean {
    return this.#prompt !== undefined;
  }

  /** Shows what waits now. */
  update(state: State): void {
    const asks = this.#waiting(state);
    const [first] = asks;
    if (this.#prompt && this.#prompt.id !== first?.request.id) this.#closePrompt();
    if (first && !this.#prompt) this.#openPrompt(first);
    const place = asks.length > 1 ? `1 of ${asks.length}` : "";
    if (first) this.#prompt?.setPlace(place, this.#nameOf(first, state));
    this.#swap(first !== undefined);
  }

  focus(): void {
    const prompt = this.#prompt;
    if (!prompt) return;
    this.#leaveContext ??= this.#ui.keymap.enter(
      prompt.context,
      (actionID) => prompt.run(actionID),
      (key) => this.#onKey(prompt, key),
    );
  }

  destroy(): void {
    for (const stop of this.#stops) stop();
    this.#closePrompt();
    this.#ui.prompt.root.visible = true;
    this.root.destroyRecursively();
  }

  /** Of the session and all below it, oldest first. */
  #waiting(state: State): Ask[] {
    const { permissions, questions } = state;
    const isOurs = ({ id, sessionID }: { id: string; sessionID: string }) =>
      !this.#answered.has(id) && isBelow(state, sessionID, this.#sessionID);
    const asks: Ask[] = [
      ...permissions
        .filter(isOurs)
        .map((request) => ({ type: "permission", request }) satisfies Ask),
      ...questions.filter(isOurs).map((request) => ({ type: "question", request }) satisfies Ask),
    ];
    return asks.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
  }

  #nameOf({ request }: Ask, { sessions, facts }: State): string | undefined {
    if (request.sessionID === this.#sessionID) return undefined;
    const name = sessions?.[request.sessionID]?.agent ?? "Subagent";
    const agent = facts.agents?.find((one) => one.name === name);
    const shown = agent?.name ?? name;
    return shown.charAt(0).toUpperCase() + shown.slice(1);
  }

  #openPrompt(ask: Ask): void {
    const wasActive = this.root.visible;
    const now = this.#ui.clock.now();
    const isTyping = !wasActive && now - this.#lastKeyAt < TYPING_MS;
    this.#guardedUntil = isTyping ? now + PAUSE_MS : Number.NEGATIVE_INFINITY;
    this.#prompt =
      ask.type === "permission"
        ? new PermissionPrompt(this.#ui, ask.request, {
            onAnswer: (answer) => void this.#answerPermission(ask.request, answer),
            onEdit: () => void this.#edit(ask.request),
            // What asks is there again when the viewer is closed.
            onDiff: (patch) => openDiff(this.#ui, { type: "patch", patch }),
          })
        : new QuestionPrompt(this.#ui, ask.request, (outcome) => {
            void this.#answerQuestion(ask.request, outcome);
          });
    this.root.add(this.#prompt.root);
  }

  #closePrompt(): void {
    this.#leaveContext?.();
    this.#leaveContext = undefined;
    this.#prompt?.destroy();
    this.#prompt = undefined;
  }

  #swap(isAsking: boolean): void {
    const { prompt, dialogs } = this.#ui;
    const wasAsking = this.root.visible;
    this.root.visible = isAsking;
    prompt.root.visible = !isAsking;
    if (isAsking) {
      if (!wasAsking) prompt.blur();
      this.focus();
    } else if (wasAsking && !dialogs.isOpen) prompt.focus();
  }

  #onKey(prompt: AskPrompt, key: KeyEvent): boolean {
    const now = this.#ui.clock.now();
    const isGuarded = now < this.#guardedUntil;
    if (!isGuarded && prompt.press(key)) return true;
    if (key.ctrl || key.meta || key.super) return false;
    const text = key.name === "space" ? " " : key.sequence;
    const isText = [...text].length === 1 && text >= " " && text !== "\u007f";
    if (!isGuarded && !isText) return keyName(key) !== undefined && !OUTER.includes(key.name);
    // Whoever types a letter that means nothing here means the draft, and goes on doing so.
    this.#guardedUntil = now + PAUSE_MS;
    if (key.name === "backspace") this.#ui.prompt.run("input.backspace");
    else if (isText) this.#ui.prompt.type(text);
    return true;
  }

  #onPaste(event: PasteEvent): void {
    if (!this.#prompt || this.#ui.dialogs.isOpen) return;
    event.preventDefault();
    this.#prompt.paste(decodePasteBytes(event.bytes));
  }

  async #answerPermission(request: PermissionRequest, answer: PermissionAnswer): Promise<void> {
    const { save, ...reply } = answer;
    await this.#answer(request.id, async () => {
      await this.#ui.client.permission.reply(request.id, reply);
      if (save) await this.#save(request, reply.always ?? []);
    });
  }

  /** A change that the person has edited is allowed as it is then. */
  async #edit(request: PermissionRequest): Promise<void> {
    try {
      const edited = await editProposal(this.#ui, request);
      if (this.#prompt?.id === request.id) {
        await this.#answerPermission(request, { reply: "once", edited });
      }
    } catch (error) {
      this.#ui.toasts.show({ variant: "warning", message: errorMessage(error) });
    }
  }

  async #save({ permission }: PermissionRequest, patterns: readonly string[]): Promise<void> {
    const { client, store, toasts } = this.#ui;
    const now = store.state.facts.config?.permission;
    await client.config.update({ permission: allowPatterns(now, permission, patterns) });
    toasts.show({ variant: "success", message: "Written to opencode.json" });
  }

  async #answerQuestion(
    request: QuestionRequest,
    outcome: NonNullable<QuestionStep["outcome"]>,
  ): Promise<void> {
    const { question } = this.#ui.client;
    await this.#answer(request.id, async () => {
      if (outcome.type === "reject") await question.reject(request.id);
      else await question.reply(request.id, { answers: outcome.answers });
    });
  }

  /** The ask goes away at once; when the answer did not arrive it is there again. */
  async #answer(id: string, send: () => Promise<void>): Promise<void> {
    this.#answered.add(id);
    this.update(this.#ui.store.state);
    try {
      await send();
    } catch (error) {
      this.#answered.delete(id);
      this.#ui.toasts.show({ variant: "error", message: errorMessage(error) });
      this.update(this.#ui.store.state);
    }
  }
}

/** Ids hold the time of their making behind the prefix. */
function timeOf({ request }: Ask): string {
  return request.id.slice(request.id.indexOf("_") + 1);
}
