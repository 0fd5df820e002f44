import { expect, test } from "bun:test";
import type { QuestionRequest } from "@/schema/question";
import type { Session } from "@/schema/session";
import { Contract } from "@test/support/contract";
import { type TestApp, testApp, until } from "@test/support/test-app";

const options = [{ label: "A", description: "the first" }];
const input = { questions: [{ question: "Which?", header: "Choice", options }] };
const turns = [{ calls: [{ tool: "question", input }] }, { text: "done" }];
const parts = [{ type: "text", text: "hi" }];

/** Prompts until the model's question waits for an answer. */
async function ask(t: TestApp, contract: Contract) {
  const { bus } = await t.instance();
  const asked = until(bus, ({ type }) => type === "question.asked");
  const idle = until(bus, ({ type }) => type === "session.idle");
  const { body } = await contract.call("session.create", { body: {} });
  const params = { sessionID: (body as Session).id };
  await contract.call("session.prompt_async", { params, body: { parts }, status: 204 });
  await asked;
  const open = (await contract.call("question.list")).body as QuestionRequest[];
  return { params: { requestID: open[0]?.id ?? "" }, idle };
}

test("a question is listed and answered once", async () => {
  await using t = await testApp({ turns });
  const contract = await Contract.of(t);
  const { params, idle } = await ask(t, contract);
  const body = { answers: [["A"]] };
  await contract.call("question.reply", { params, body: { answers: [["A"], ["B"]] }, status: 400 });
  expect((await contract.call("question.reply", { params, body })).body).toBe(true);
  await contract.call("question.reply", { params, body, status: 409 });
  await idle;
  expect((await contract.call("question.list")).body).toEqual([]);
});

test("a question can be left without an answer", async () => {
  await using t = await testApp({ turns });
  const contract = await Contract.of(t);
  const { params, idle } = await ask(t, contract);
  expect((await contract.call("question.reject", { params })).body).toBe(true);
  await contract.call("question.reject", { params, status: 409 });
  await idle;
});

test("unknown questions are not found", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const params = { requestID: "que_unknown" };
  await contract.call("question.reply", { params, body: { answers: [] }, status: 404 });
  await contract.call("question.reject", { params, status: 404 });
});
