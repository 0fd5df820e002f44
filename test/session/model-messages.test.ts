// The history as a model reads it: each call has one result, and only what providers take is sent.
import { expect, test } from "bun:test";
import type { Part, ToolState } from "@/schema/part";
import { lastStepReminder, toModelMessages } from "@/session/model-messages";
import { assistant, model, user } from "./support";

const at = (number: number) => ({
  id: `prt_${number}`,
  sessionID: "ses_0001",
  messageID: `msg_000${number}`,
});
const text = (number: number, value: string, extra: object = {}): Part => ({
  ...at(number),
  type: "text",
  text: value,
  ...extra,
});
const call = (number: number, state: ToolState, callID = `call_${number}`): Part => ({
  ...at(number),
  type: "tool",
  tool: "read",
  callID,
  state,
});
const completed = (output: string, extra: object = {}): ToolState => ({
  status: "completed",
  input: { a: 1 },
  output,
  title: "",
  metadata: {},
  time: { start: 1, end: 2 },
  ...extra,
});
const file = (mime: string, url: string) => ({ ...at(1), type: "file" as const, mime, url });
const says = (...texts: string[]) => ({
  role: "user",
  content: texts.map((value) => ({ type: "text", text: value })),
});

const results: [string, ToolState, object][] = [
  ["a result", completed("out"), { type: "text", value: "out" }],
  ["an empty result", completed(" \n"), { type: "text", value: "(no output)" }],
  [
    "an old result",
    completed("out", { time: { start: 1, end: 2, compacted: 3 } }),
    { type: "text", value: "(old output left out to save space)" },
  ],
  [
    "a failure",
    { status: "error", input: {}, error: "bad", time: { start: 1, end: 2 } },
    { type: "error-text", value: "bad" },
  ],
  [
    "a failure without a word",
    { status: "error", input: {}, error: "", time: { start: 1, end: 2 } },
    { type: "error-text", value: "It failed" },
  ],
  [
    "a call that is being written",
    { status: "pending", input: {}, raw: "" },
    { type: "error-text", value: "Interrupted: no result" },
  ],
  [
    "a call that runs",
    { status: "running", input: {}, time: { start: 1 } },
    { type: "error-text", value: "Interrupted: no result" },
  ],
];

test.each(results)("%s is the one result of its call", (_, state, output) => {
  const messages = toModelMessages([user(1, "Hi"), assistant(2, [call(2, state)])], model());
  expect(messages).toMatchObject([
    says("Hi"),
    { role: "assistant", content: [{ type: "tool-call", toolCallId: "call_2" }] },
    { role: "tool", content: [{ type: "tool-result", toolCallId: "call_2", output }] },
  ]);
  expect(messages).toHaveLength(3);
});

test("calls with the same id in several answers get ids of their own", () => {
  const step = (number: number) => assistant(number, [call(number, completed("x"), "call_0")]);
  const messages = toModelMessages([user(1, "Hi"), step(2), step(3), step(4)], model());
  const used = messages.flatMap(({ content }) =>
    typeof content === "string"
      ? []
      : content.flatMap((part) => ("toolCallId" in part ? [part.toolCallId] : [])),
  );
  expect(used).toEqual(["call_0", "call_0", "call_0_2", "call_0_2", "call_0_3", "call_0_3"]);
});

test("texts of white space, ignored texts and answers without words are left out", () => {
  const history = [
    user(1, "Hi", " \n"),
    { ...user(2), parts: [text(2, "secret", { ignored: true })] },
    assistant(3, [
      text(3, "\n\n"),
      { ...at(3), type: "reasoning", text: "Hm", time: { start: 1 } },
    ]),
    assistant(4, [{ ...at(4), type: "step-start" }]),
    assistant(5, [text(5, "Yes")]),
  ];
  expect(toModelMessages(history, model())).toEqual([
    says("Hi"),
    { role: "assistant", content: [{ type: "text", text: "Yes" }] },
  ] as never);
});

test("reasoning and metadata go back to the model they came from alone", () => {
  const metadata = { provider: { signature: "s" } };
  const parts: Part[] = [
    { ...at(2), type: "reasoning", text: "Hm", time: { start: 1, end: 2 }, metadata },
    text(2, "Yes", { metadata }),
  ];
  const history = [user(1, "Hi"), assistant(2, parts)];
  expect(toModelMessages(history, model())[1]).toEqual({
    role: "assistant",
    content: [
      { type: "reasoning", text: "Hm", providerOptions: metadata },
      { type: "text", text: "Yes", providerOptions: metadata },
    ],
  });
  expect(toModelMessages(history, { ...model(), id: "other" })[1]).toEqual({
    role: "assistant",
    content: [{ type: "text", text: "Yes" }],
  });
});

test("files are given to models that take them, and named to the others", () => {
  const parts = [
    file("image/png", "data:image/png;base64,AAAA"),
    file("image/svg+xml", "data:image/svg+xml,%3Csvg%3E"),
    file("image/png", "https://127.0.0.1/a.png"),
    file("application/pdf", "data:application/pdf;base64,AAAA"),
    file("text/plain", "file:///a.txt"),
    file("text/html", "https://127.0.0.1/a"),
  ];
  const content = (input: object) =>
    toModelMessages([{ ...user(1), parts }], model(input))[0]?.content;
  expect(content({ image: true })).toMatchObject([
    { type: "file", mediaType: "image/png", data: { type: "data", data: "AAAA" } },
    { type: "file", data: { type: "data", data: Buffer.from("<svg>").toString("base64") } },
    { type: "file", data: { type: "url", url: new URL("https://127.0.0.1/a.png") } },
    { type: "text", text: expect.stringContaining("does not read such files") },
    { type: "text", text: "(The user attached a file: https://127.0.0.1/a)" },
  ]);
  expect(content({ pdf: true })).toMatchObject([
    { type: "text" },
    { type: "text" },
    { type: "text" },
    { type: "file", mediaType: "application/pdf" },
    { type: "text" },
  ]);
});

test("a broken URL of a stored file does not break the session", () => {
  const parts = [file("image/png", "http://["), file("image/png", "nonsense")];
  const [message] = toModelMessages([{ ...user(1), parts }], model({ image: true }));
  expect(message?.content).toMatchObject([{ type: "text" }, { type: "text" }]);
});

test("images that tools return follow their results", () => {
  const attachments = [file("image/png", "data:image/png;base64,AAAA")];
  const history = [user(1, "Hi"), assistant(2, [call(2, completed("seen", { attachments }))])];
  expect(toModelMessages(history, model({ image: true })).at(-1)).toMatchObject({
    role: "user",
    content: [{ text: "Attached media from tool result:" }, { type: "file" }],
  });
});

test("each prompt to the plan agent has its reminder, and the first after it", () => {
  const to = (number: number, agent: string) => {
    const message = user(number, "Hi");
    return { ...message, info: { ...message.info, agent } } as typeof message;
  };
  const history = [to(1, "build"), to(2, "plan"), to(3, "plan"), to(4, "build"), to(5, "build")];
  const reminded = toModelMessages(history, model()).map(({ content }) => content.length - 1);
  expect(reminded).toEqual([0, 1, 1, 1, 0]);
  // What was said once stays as it was said.
  for (let length = 1; length < history.length; length++) {
    const before = toModelMessages(history.slice(0, length), model());
    expect(toModelMessages(history, model()).slice(0, length)).toEqual(before);
  }
});

test("the word before the last step is a reminder by the user", () => {
  expect(lastStepReminder()).toMatchObject({ role: "user", content: [{ type: "text" }] });
});

test("a task given by a person, and the request of a summary, are said in words", () => {
  const message = user(1);
  const { sessionID, id: messageID } = message.info;
  const place = { sessionID, messageID };
  const task = { type: "subtask" as const, prompt: "Look at it", description: "Look", agent: "a" };
  message.parts.push({ ...place, id: "prt_1", ...task });
  message.parts.push({ ...place, id: "prt_2", type: "compaction", auto: true });
  expect(toModelMessages([message], model())).toMatchObject([
    {
      role: "user",
      content: [
        { text: expect.stringContaining("agent a: Look") },
        { text: "What did we do so far?" },
      ],
    },
  ]);
});
