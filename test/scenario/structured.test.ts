// Structured answers: a prompt that wants JSON of a schema gets it, or a clear error.
import { expect, test } from "bun:test";
import type { OutputFormat } from "@/schema/message";
import { WIRE_NAMES } from "@test/support/scripted-model/scripted-model";
import { sessionApp } from "@test/support/session-app";

const schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: { name: { type: "string" }, age: { type: ["integer", "null"] } },
  required: ["name"],
};
const format: OutputFormat = { type: "json_schema", schema };
const answer = (input: unknown) => ({ calls: [{ tool: "StructuredOutput", input }] });

test.each(WIRE_NAMES)("the answer is what the model gave to the tool, by %s", async (wire) => {
  await using t = await sessionApp({
    wire,
    files: { "a.txt": "Ada" },
    turns: [
      { calls: [{ tool: "read", input: { filePath: "a.txt" } }] },
      answer({ name: "Ada", age: null }),
      { text: "As you know" },
    ],
  });
  const session = t.create();
  const { info } = await t.prompt(session, "Who?", { format });
  expect(info).toMatchObject({ structured: { name: "Ada", age: null } });
  expect(info).not.toHaveProperty("error");
  const [request] = t.model.requests;
  const tool = request?.request.tools.find(({ name }) => name === "StructuredOutput");
  expect(tool?.parameters).toMatchObject({ type: "object", required: ["name"] });
  expect(JSON.stringify(tool)).not.toContain("json-schema.org");
  expect(request?.request.system).toContain("StructuredOutput");
  expect(t.history(session).at(-1)?.info).toEqual(info);
  // The next prompt asks for words again, over a history with that call in it.
  const next = await t.prompt(session, "Thanks");
  expect(next.info).toMatchObject({ finish: "stop" });
  expect(request?.body).toContain("read by a program");
  expect(t.model.requests.at(-1)?.body).not.toContain("read by a program");
  expect(t.model.violations).toEqual([]);
});

test("an answer that does not fit is refused with the reason, and made again", async () => {
  await using t = await sessionApp({ turns: [answer({ age: "old" }), answer({ name: "Ada" })] });
  const session = t.create();
  const { info } = await t.prompt(session, "Who?", { format });
  expect(info).toMatchObject({ structured: { name: "Ada" } });
  expect(t.calls(session)).toMatchObject([
    {
      state: { status: "error", error: expect.stringMatching(/name: is required.*age: expected/) },
    },
    { state: { status: "completed" } },
  ]);
});

test("a model that only talks is asked again, so often as is wanted", async () => {
  await using t = await sessionApp({
    turns: [{ text: "Ada" }, { text: "Ada, I said" }, answer({ name: "Ada" })],
  });
  const session = t.create();
  const { info } = await t.prompt(session, "Who?", { format });
  expect(info).toMatchObject({ structured: { name: "Ada" } });
  const users = t.history(session).filter(({ info: { role } }) => role === "user");
  expect(users.map(({ parts }) => parts[0])).toMatchObject([
    { text: "Who?" },
    { synthetic: true },
    { synthetic: true },
  ]);
  expect(t.model.violations).toEqual([]);
});

test.each([
  [0, 1],
  [undefined, 3],
  [400_000, 11],
])("with retryCount %p it is asked %d times, then that is an error", async (retryCount, times) => {
  await using t = await sessionApp({ turns: Array.from({ length: 15 }, () => ({ text: "Ada" })) });
  const session = t.create();
  const wanted = { ...format, ...(retryCount === undefined ? {} : { retryCount }) };
  const { info } = await t.prompt(session, "Who?", { format: wanted });
  expect(info).toMatchObject({
    error: { name: "StructuredOutputError", data: { retries: times - 1 } },
  });
  expect(t.model.requests).toHaveLength(times);
  expect(t.told("session.error")).toHaveLength(1);
});

test("an answer that is no object is wrapped for the tool, and unwrapped", async () => {
  await using t = await sessionApp({ turns: [answer({ value: ["a", "b"] })] });
  const list = { type: "array", items: { type: "string" } };
  const { info } = await t.prompt(t.create(), "Which?", {
    format: { type: "json_schema", schema: list },
  });
  expect(info).toMatchObject({ structured: ["a", "b"] });
  const { parameters } = t.model.requests[0]?.request.tools[0] ?? {};
  expect(parameters).toMatchObject({ properties: { value: list }, required: ["value"] });
});

test("a failure of the provider stays what it is; an abort is no miss", async () => {
  await using t = await sessionApp({
    turns: [{ status: 400 }, { text: ["Half", new Promise(() => {})] }],
  });
  const session = t.create();
  const failed = await t.prompt(session, "Who?", { format });
  expect(failed.info).toMatchObject({ error: { name: "APIError" } });
  const delta = t.next("message.part.delta");
  const answered = t.prompt(session, "Who?", { format });
  await delta;
  await t.instance.sessions.abort(session.id);
  expect((await answered).info).toMatchObject({ error: { name: "MessageAbortedError" } });
});
