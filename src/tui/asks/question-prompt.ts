// Question prompt: draws what a model wants to know, and tells the person's answers. What keys do
// is question-state.ts.
import { BoxRenderable, type KeyEvent, TextRenderable } from "@opentui/core";
import type { QuestionInfo, QuestionRequest } from "@/schema/question";
import type { Ui } from "@/tui/ui";
import { harmless, oneLine } from "@/tui/views/words";
import { AskPage } from "./ask-page";
import { type AskPrompt, keyName } from "./ask-prompt";
import {
  allowsOwn,
  answerOf,
  goTo,
  hasReview,
  openQuestion,
  pickRow,
  pressQuestion,
  questionAt,
  type QuestionState,
  type QuestionStep,
  writeOwn,
} from "./question-state";

type Outcome = NonNullable<QuestionStep["outcome"]>;

export class QuestionPrompt implements AskPrompt {
  readonly context = "question";
  readonly #ui: Ui;
  readonly #onOutcome: (outcome: Outcome) => void;
  readonly #page: AskPage;
  #state: QuestionState;

  constructor(ui: Ui, request: QuestionRequest, onOutcome: (outcome: Outcome) => void) {
    this.#ui = ui;
    this.#onOutcome = onOutcome;
    this.#state = openQuestion(request);
    this.#page = new AskPage(ui, "accent");
    this.#draw();
  }

  get root() {
    return this.#page.root;
  }

  get id(): string {
    return this.#state.request.id;
  }

  setPlace(place: string, from: string | undefined): void {
    if (this.#page.setPlace(place, from)) this.#draw();
  }

  press(key: KeyEvent): boolean {
    const name = keyName(key);
    const { written } = this.#page;
    if (written !== undefined && name === "return") {
      this.#take(writeOwn(this.#state, written));
      return true;
    }
    const step = name === undefined ? undefined : pressQuestion(this.#state, name);
    if (!step) return this.#page.press(key);
    this.#take(step);
    return true;
  }

  run(): boolean {
    return false;
  }

  paste(text: string): void {
    this.#page.paste(text);
  }

  redraw(): void {
    this.#page.recolor();
    this.#draw();
  }

  destroy(): void {
    this.root.destroyRecursively();
  }

  #take({ state, outcome }: QuestionStep): void {
    if (outcome) return this.#onOutcome(outcome);
    this.#state = state;
    this.#draw();
  }

  #draw(): void {
    const { asker, place, written } = this.#page;
    this.#page.clear(true);
    if (hasReview(this.#state) || place !== "" || asker !== "") {
      this.#drawTabs();
      this.#page.blank();
    }
    const question = questionAt(this.#state);
    if (question) this.#drawQuestion(question, written);
    else this.#drawReview();
    this.#page.blank();
    this.#page.row([this.#page.ink("textMuted", this.#hint(question))]);
  }

  #drawTabs(): void {
    const { renderer, theme } = this.#ui;
    const { colors } = theme;
    const { questions } = this.#state.request;
    const row = new BoxRenderable(renderer, { flexDirection: "row", flexShrink: 0, columnGap: 1 });
    const names = questions.map(({ header }) => oneLine(header));
    if (hasReview(this.#state)) names.push("Confirm");
    names.forEach((name, index) => {
      const isOpen = index === this.#state.tab;
      const isDone = answerOf(this.#state, index).length > 0;
      const tab = new TextRenderable(renderer, {
        content: ` ${name} `,
        fg: isOpen ? colors.background : isDone ? colors.text : colors.textMuted,
        bg: isOpen ? colors.accent : colors.backgroundPanel,
      });
      tab.onMouseDown = () => this.#take(goTo(this.#state, index));
      row.add(tab);
    });
    const { asker, place } = this.#page;
    const content = [asker, place].filter((words) => words !== "").join("  ");
    row.add(new BoxRenderable(renderer, { flexGrow: 1 }));
    row.add(new TextRenderable(renderer, { content, fg: colors.textMuted }));
    this.#page.add(row);
  }

  #drawQuestion(question: QuestionInfo, written: string | undefined): void {
    const hint = question.multiple ? " (select all that apply)" : "";
    const asked = harmless(question.question);
    this.#page.row([this.#page.ink("text", asked, true), this.#page.ink("textMuted", hint)]);
    this.#page.blank();
    const answers = answerOf(this.#state, this.#state.tab);
    const indent = question.multiple ? 7 : 3;
    question.options.forEach(({ label, description }, index) => {
      this.#option(question, index, label, answers.includes(label));
      const about = oneLine(description);
      if (about !== "") this.#page.row([this.#page.ink("textMuted", about)], { indent });
    });
    if (allowsOwn(question)) this.#drawOwn(question, answers, written);
  }

  #option(question: QuestionInfo, index: number, label: string, isChosen: boolean): void {
    const isAt = index === this.#state.row;
    const box = question.multiple ? `[${isChosen ? "✓" : " "}] ` : "";
    const slot = isAt ? "primary" : isChosen ? "success" : "text";
    const row = this.#page.row([
      this.#page.ink(slot, `${index + 1}. ${box}${oneLine(label)}`, isAt),
    ]);
    row.onMouseDown = () => this.#take(pickRow(this.#state, index));
  }

  #drawOwn(question: QuestionInfo, answers: readonly string[], written?: string): void {
    const labels = question.options.map(({ label }) => label);
    const own = answers.find((answer) => !labels.includes(answer));
    const label = own ?? "Type your own answer";
    this.#option(question, question.options.length, label, own !== undefined);
    if (!this.#state.isWriting) return;
    this.#page.input(written ?? own ?? "", question.multiple ? 7 : 3);
  }

  #drawReview(): void {
    this.#page.row([this.#page.ink("text", "Your answers", true)]);
    this.#page.blank();
    this.#state.request.questions.forEach(({ question }, index) => {
      const answer = oneLine(answerOf(this.#state, index).join(", "));
      this.#page.row([this.#page.ink("textMuted", oneLine(question))]);
      const said =
        answer === "" ? this.#page.ink("warning", "not answered") : this.#page.ink("text", answer);
      this.#page.row([said], { indent: 2 });
    });
  }

  #hint(question: QuestionInfo | undefined): string {
    if (this.#state.isWriting) return "enter take  esc back";
    if (!question) return "⇆ tab  enter send  esc dismiss";
    const tabs = hasReview(this.#state) ? "⇆ tab  " : "";
    const enter = question.multiple ? "toggle" : "choose";
    return `${tabs}↑↓ select  1-9 pick  enter ${enter}  esc dismiss`;
  }
}
