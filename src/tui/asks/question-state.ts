// The state of a question prompt: a tab for each question and, unless one choice is all that is
// asked, a last one to confirm the answers. What a key does to it, until it comes to an answer.
// Pure; drawing it and sending the answer are question-prompt.ts.
import type { QuestionAnswer, QuestionInfo, QuestionRequest } from "@/schema/question";

export interface QuestionState {
  request: QuestionRequest;
  /** The question, or the number of questions for the tab to confirm. */
  tab: number;
  /** The row with the cursor: an option, or the last one for an own answer. */
  row: number;
  answers: readonly OpenAnswer[];
  /** The line for an own answer is open. */
  isWriting: boolean;
}

interface OpenAnswer {
  labels: readonly string[];
  /** In the person's own words; empty for none. */
  own: string;
}

export interface QuestionStep {
  state: QuestionState;
  outcome?: { type: "reply"; answers: QuestionAnswer[] } | { type: "reject" };
}

export function openQuestion(request: QuestionRequest): QuestionState {
  const answers = request.questions.map(() => ({ labels: [], own: "" }));
  return { request, tab: 0, row: 0, answers, isWriting: false };
}

/** The question of the tab; undefined on the one to confirm. */
export function questionAt({ request, tab }: QuestionState): QuestionInfo | undefined {
  return request.questions[tab];
}

/** One question with one choice is answered by choosing; anything else is looked at once more. */
export function hasReview({ request }: QuestionState): boolean {
  return request.questions.length > 1 || request.questions[0]?.multiple === true;
}

/** Options, and one row more for an own answer where that is allowed. */
export function rowCount(question: QuestionInfo): number {
  return question.options.length + (allowsOwn(question) ? 1 : 0);
}

/** Unless the question says otherwise, own words are an answer. */
export function allowsOwn(question: QuestionInfo): boolean {
  return question.custom !== false || question.options.length === 0;
}

/** The answer to a question as it would be sent. */
export function answerOf({ answers }: QuestionState, index: number): QuestionAnswer {
  const { labels = [], own = "" } = answers[index] ?? {};
  return own === "" ? [...labels] : [...labels, own];
}

/** What a key does, by a name as in `up` or `1`; undefined when it means nothing. */
export function pressQuestion(state: QuestionState, key: string): QuestionStep | undefined {
  if (state.isWriting) {
    return key === "escape" ? { state: { ...state, isWriting: false } } : undefined;
  }
  if (key === "escape") return { state, outcome: { type: "reject" } };
  const by = key === "tab" || key === "right" ? 1 : key === "shift+tab" || key === "left" ? -1 : 0;
  if (by !== 0) return goTo(state, state.tab + by);
  const question = questionAt(state);
  if (!question) return key === "return" ? { state, outcome: reply(state) } : undefined;
  const rows = rowCount(question);
  if (key === "up" || key === "down") {
    return { state: { ...state, row: (state.row + (key === "up" ? rows - 1 : 1)) % rows } };
  }
  if (key === "return" || key === "space") return pick(state, question, state.row);
  const number = /^[1-9]$/.test(key) ? Number(key) - 1 : -1;
  return number >= 0 && number < rows ? pick(state, question, number) : undefined;
}

/** Goes to a tab, as a click on its name does. */
export function goTo(state: QuestionState, tab: number): QuestionStep {
  const count = state.request.questions.length + (hasReview(state) ? 1 : 0);
  return { state: { ...state, tab: (tab + count) % count, row: 0, isWriting: false } };
}

/** Picks a row, as its number or a click does. */
export function pickRow(state: QuestionState, row: number): QuestionStep {
  const question = questionAt(state);
  return question ? pick(state, question, row) : { state };
}

/** The own answer was written. */
export function writeOwn(state: QuestionState, text: string): QuestionStep {
  const question = questionAt(state);
  if (!question) return { state };
  const own = text.trim();
  const isOnly = !question.multiple && own !== "";
  const closed = { ...state, isWriting: false };
  const written = change(closed, (answer) => ({ labels: isOnly ? [] : answer.labels, own }));
  return question.multiple || own === "" ? { state: written } : advance(written);
}

function pick(state: QuestionState, question: QuestionInfo, row: number): QuestionStep {
  const option = question.options[row];
  const at = { ...state, row };
  if (!option) return { state: { ...at, isWriting: true } };
  if (!question.multiple) {
    return advance(change(at, () => ({ labels: [option.label], own: "" })));
  }
  const toggled = change(at, ({ labels, own }) => {
    const isChosen = labels.includes(option.label);
    const rest = labels.filter((label) => label !== option.label);
    return { own, labels: isChosen ? rest : inOrder(question, [...labels, option.label]) };
  });
  return { state: toggled };
}

function inOrder({ options }: QuestionInfo, labels: readonly string[]): string[] {
  return options.map(({ label }) => label).filter((label) => labels.includes(label));
}

function advance(state: QuestionState): QuestionStep {
  return hasReview(state) ? goTo(state, state.tab + 1) : { state, outcome: reply(state) };
}

function change(state: QuestionState, by: (answer: OpenAnswer) => OpenAnswer): QuestionState {
  const answers = state.answers.map((answer, index) => (index === state.tab ? by(answer) : answer));
  return { ...state, answers };
}

function reply(state: QuestionState): QuestionStep["outcome"] {
  return { type: "reply", answers: state.answers.map((_, index) => answerOf(state, index)) };
}
