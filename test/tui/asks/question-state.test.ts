import { describe, expect, test } from "bun:test";
import type { QuestionInfo } from "@/schema/question";
import {
  openQuestion,
  pressQuestion,
  type QuestionState,
  type QuestionStep,
  writeOwn,
} from "@/tui/asks/question-state";

const ONE: QuestionInfo = {
  question: "Which database?",
  header: "Database",
  options: [
    { label: "SQLite", description: "A file" },
    { label: "Postgres", description: "A server" },
  ],
};
const MANY: QuestionInfo = { ...ONE, question: "Which features?", multiple: true };

function open(...questions: QuestionInfo[]): QuestionState {
  return openQuestion({ id: "que_1", sessionID: "ses_1", questions });
}

function press(state: QuestionState, ...keys: string[]): QuestionStep {
  return keys.reduce<QuestionStep>(
    (step, key) => pressQuestion(step.state, key) ?? { state: step.state },
    { state },
  );
}

describe("one question with one choice", () => {
  test("is sent by its enter or its number", () => {
    const reply = (label: string): QuestionStep["outcome"] => {
      return { type: "reply", answers: [[label]] };
    };
    expect(press(open(ONE), "return").outcome).toEqual(reply("SQLite"));
    expect(press(open(ONE), "down", "return").outcome).toEqual(reply("Postgres"));
    expect(press(open(ONE), "2").outcome).toEqual(reply("Postgres"));
  });

  test("takes an own answer, and escape closes only its line", () => {
    const writing = press(open(ONE), "3").state;
    expect(writing.isWriting).toBe(true);
    expect(writeOwn(writing, " DuckDB ").outcome).toEqual({ type: "reply", answers: [["DuckDB"]] });
    expect(writeOwn(writing, " ").outcome).toBeUndefined();
    expect(press(writing, "1").state).toBe(writing);
    expect(press(writing, "escape")).toEqual({ state: { ...writing, isWriting: false } });
  });

  test("has no row for an own answer when it allows none", () => {
    const state = open({ ...ONE, custom: false });
    expect(pressQuestion(state, "3")).toBeUndefined();
    expect(press(state, "up").state.row).toBe(1);
  });
});

describe("several", () => {
  test("are answered tab by tab and confirmed at the end", () => {
    const answered = press(open(ONE, MANY), "2", "1", "2", "1", "tab");
    expect(answered.state.tab).toBe(2);
    expect(answered.outcome).toBeUndefined();
    expect(press(answered.state, "return").outcome).toEqual({
      type: "reply",
      answers: [["Postgres"], ["Postgres"]],
    });
  });

  test("choices keep the order of the options, an own answer comes last", () => {
    const chosen = press(open(MANY), "2", "1", "3").state;
    const written = writeOwn(chosen, "Redis").state;
    expect(press(written, "tab", "return").outcome).toEqual({
      type: "reply",
      answers: [["SQLite", "Postgres", "Redis"]],
    });
  });

  test("what was not answered is sent as no answer", () => {
    expect(press(open(ONE, MANY), "left", "return").outcome).toEqual({
      type: "reply",
      answers: [[], []],
    });
  });

  test("an own answer to one choice takes the place of the choice", () => {
    const chosen = press(open(ONE, MANY), "1", "left", "3").state;
    expect(chosen.tab).toBe(0);
    expect(press(writeOwn(chosen, "DuckDB").state, "tab", "return").outcome).toEqual({
      type: "reply",
      answers: [["DuckDB"], []],
    });
  });

  test("escape dismisses all", () => {
    expect(press(open(ONE, MANY), "1", "escape").outcome).toEqual({ type: "reject" });
  });
});
