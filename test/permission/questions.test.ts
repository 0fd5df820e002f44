// Questions to the person: asked, answered once, dismissed, withdrawn, or refused for want of one.
import { describe, expect, test } from "bun:test";
import { IDs } from "@/base/id";
import { Questions } from "@/permission/questions";
import type { Publish } from "@/schema/event";
import type { QuestionInfo } from "@/schema/question";
import { FakeClock } from "@test/support/clock";

const signal = new AbortController().signal;
const tool = { messageID: "msg_1", callID: "call_1" };

const colour: QuestionInfo = {
  question: "Which colour?",
  header: "Colour",
  options: [
    { label: "red", description: "" },
    { label: "blue", description: "" },
  ],
};
const sizes: QuestionInfo = { ...colour, question: "Which sizes?", multiple: true };

function open() {
  const told: { type: string; properties: unknown }[] = [];
  const publish: Publish = (type, properties) => void told.push({ type, properties });
  const questions = new Questions({ ids: new IDs(new FakeClock()), publish });
  const ask = (abort: AbortSignal = signal, sessionID = "ses_1") =>
    questions.ask({ sessionID, questions: [colour, sizes], tool }, abort);
  const firstID = () => questions.list()[0]?.id ?? "";
  return { questions, told, ask, firstID };
}

describe("questions", () => {
  test("are told, listed and answered in their order", async () => {
    const { questions, told, ask, firstID } = open();
    const asked = ask();
    const id = firstID();
    expect(id).toStartWith("que_");
    const request = { id, sessionID: "ses_1", questions: [colour, sizes], tool };
    expect(questions.list()).toEqual([request]);
    const answers = [["red"], ["small", "large"]];
    questions.reply(id, answers);
    expect(await asked).toEqual(answers);
    expect(told).toEqual([
      { type: "question.asked", properties: request },
      { type: "question.replied", properties: { sessionID: "ses_1", requestID: id, answers } },
    ]);
    expect(questions.list()).toEqual([]);
  });

  test("own words and no choice at all are answers", async () => {
    const { questions, ask, firstID } = open();
    const asked = ask();
    questions.reply(firstID(), [["a dark green"], []]);
    expect(await asked).toEqual([["a dark green"], []]);
  });

  test("answers that do not fit in number are refused, and the question waits on", async () => {
    const { questions, told, ask, firstID } = open();
    const asked = ask();
    const id = firstID();
    const wrong = [
      [],
      [["red"]],
      [["red"], [], []],
      [["red", "blue"], []],
      [["x".repeat(1e6)], []],
    ];
    for (const answers of wrong) {
      expect(() => questions.reply(id, answers)).toThrow(
        expect.objectContaining({ kind: "invalid", message: expect.stringContaining("answers") }),
      );
    }
    expect(told).toHaveLength(1);
    questions.reply(id, [["red"], ["small"]]);
    await asked;
  });

  test("the first answer wins", async () => {
    const { questions, ask, firstID } = open();
    const asked = ask();
    const id = firstID();
    questions.reply(id, [[], []]);
    const isConflict = expect.objectContaining({ kind: "conflict" });
    expect(() => questions.reply(id, [[], []])).toThrow(isConflict);
    expect(() => questions.reject(id)).toThrow(isConflict);
    expect(() => questions.reject("que_x")).toThrow(expect.objectContaining({ kind: "not-found" }));
    await asked;
  });

  test("dismissed: an error for the model", async () => {
    const { questions, told, ask, firstID } = open();
    const asked = ask().catch((error: unknown) => error);
    const id = firstID();
    questions.reject(id);
    expect(await asked).toMatchObject({
      kind: "denied",
      name: "QuestionRejected",
      message: "The user dismissed this question",
    });
    const properties = { sessionID: "ses_1", requestID: id };
    expect(told[1]).toEqual({ type: "question.rejected", properties });
  });

  test("with nobody there: refused at once, unlike a dismissal", async () => {
    const { questions, told, ask } = open();
    questions.policy = "reject";
    const error: unknown = await ask().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "denied", name: "QuestionUnanswerable" });
    expect(told).toEqual([]);
  });

  test("an abort withdraws them", async () => {
    const { questions, told, ask, firstID } = open();
    const controller = new AbortController();
    const asked = ask(controller.signal).catch((error: Error) => error.name);
    const id = firstID();
    controller.abort();
    expect(await asked).toBe("AbortError");
    expect(questions.list()).toEqual([]);
    expect(told.map(({ type }) => type)).toEqual(["question.asked", "question.rejected"]);
    expect(() => questions.reply(id, [[], []])).toThrow(
      expect.objectContaining({ kind: "conflict" }),
    );
  });

  test("cancelSession withdraws those of one session", async () => {
    const { questions, ask, firstID } = open();
    const gone = ask().catch((error: Error) => error.name);
    const stays = ask(signal, "ses_2");
    questions.cancelSession("ses_1");
    expect(await gone).toBe("AbortError");
    questions.reply(firstID(), [[], []]);
    await stays;
  });

  test("an empty list is no question", async () => {
    const { questions } = open();
    const asked = questions.ask({ sessionID: "ses_1", questions: [] }, signal);
    expect(await asked.catch((error: unknown) => error)).toMatchObject({ kind: "invalid" });
  });
});
