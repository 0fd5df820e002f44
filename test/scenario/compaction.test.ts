// Long sessions: when the window is nearly full, or a request does not fit, room is made and the
// session goes on by itself. It never loops, and never loses what the person asked last.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Config } from "@/schema/config";
import type { MessageWithParts } from "@/schema/message";
import type { Session } from "@/schema/session";
import { scripted } from "@test/mcp/support";
import { WIRES } from "@test/support/scripted-model/scripted-model";
import type { NeutralRequest, ScriptedTurn, WireName } from "@test/support/scripted-model/turn";
import { type SessionApp, sessionApp, trace } from "@test/support/session-app";

const limit = { context: 8_192, output: 1_024 };
const full = { input: 7_200, output: 100 };
const overflow: ScriptedTurn = { status: 413 };
const SUMMARY = { text: "## Goal\nWrite a poem" };

interface Options {
  turns: readonly ScriptedTurn[];
  wire?: WireName;
  compaction?: Config["compaction"];
  files?: Record<string, string>;
  isStored?: boolean;
  mcp?: Config["mcp"];
}

/** An app with a small window, whose summaries take turns of the script as well. */
function smallApp({ compaction, mcp, ...options }: Options): Promise<SessionApp> {
  return sessionApp({
    ...options,
    limit,
    modelOptions: { reasoning: true },
    side: false,
    config: { ...(compaction && { compaction }), ...(mcp && { mcp }) },
  });
}

function isCompaction(request: NeutralRequest): boolean {
  return request.tools.length === 0;
}

/** "step" or "summary" for each request so far. */
function kinds(t: SessionApp): string[] {
  return t.model.requests.map(({ request }) => (isCompaction(request) ? "summary" : "step"));
}

/** What the request says, without results, one text a message. */
function texts(t: SessionApp, index = -1): string[] {
  return t.model.requests.at(index)?.request.messages.map(({ text }) => text) ?? [];
}

function summaries(t: SessionApp, session: Session): MessageWithParts[] {
  return t.history(session).filter(({ info }) => info.role === "assistant" && info.summary);
}

test("a full window is summarised before the next step, and the session goes on", async () => {
  await using t = await smallApp({
    turns: [{ text: "Roses", usage: full }, SUMMARY, { text: "Violets" }, { text: "Blue" }],
    compaction: { tail_turns: 0 },
  });
  const session = t.create();
  await t.prompt(session, "A poem");
  t.events.length = 0;
  const answer = await t.prompt(session, "More");
  expect(answer.parts).toContainEqual(expect.objectContaining({ text: "Violets" }));
  expect(kinds(t)).toEqual(["step", "summary", "step"]);
  expect(texts(t, 1)[0]).toMatch(/^<conversation>\nUser: A poem\n\nAssistant: Roses\n\nUser: More/);
  const [asked, summary, prompt, goOn] = texts(t);
  expect([asked, summary, prompt]).toEqual(["What did we do so far?", SUMMARY.text, "More"]);
  expect(goOn).toContain("Go on");
  expect(trace(t.events)).toEqual([
    "message.updated(user)",
    "message.part.updated(text)",
    "session.status(busy)",
    "message.updated(user)",
    "message.part.updated(compaction)",
    "message.updated(assistant)",
    "message.part.updated(step-start)",
    "message.part.updated(text)",
    "message.part.delta",
    "message.part.updated(text end)",
    "message.part.updated(step-finish)",
    "message.updated(assistant stop completed)",
    "session.compacted",
    "message.updated(user)",
    "message.part.updated(text)",
    "message.updated(assistant)",
    "message.part.updated(step-start)",
    "message.part.updated(text)",
    "message.part.delta",
    "message.part.updated(text end)",
    "message.part.updated(step-finish)",
    "message.updated(assistant stop completed)",
    "session.status(idle)",
    "session.idle",
  ]);
  expect(summaries(t, session)).toMatchObject([{ info: { agent: "compaction", summary: true } }]);
  const before = texts(t);
  await t.prompt(session, "Still more");
  expect(texts(t).slice(0, before.length)).toEqual(before);
  expect(t.model.violations).toEqual([]);
});

test("the last turns are kept as they are, and a restart changes nothing", async () => {
  await using t = await smallApp({
    isStored: true,
    turns: [
      { text: "One" },
      { text: "Two" },
      { text: "Three", usage: full },
      SUMMARY,
      { text: "Four" },
      { text: "Five" },
    ],
    compaction: { tail_turns: 2 },
  });
  const session = t.create();
  for (const text of ["1", "2", "3", "4"]) await t.prompt(session, text);
  const after = texts(t);
  expect(after.slice(0, 5)).toEqual(["What did we do so far?", SUMMARY.text, "3", "Three", "4"]);
  await t.reopen();
  await t.prompt(session, "5");
  expect(texts(t).slice(0, after.length)).toEqual(after);
  expect(texts(t).slice(after.length)).toEqual(["Four", "5"]);
});

test.each(Object.keys(WIRES) as WireName[])(
  "in mid-turn the prompt is kept, and calls with their thoughts and results, by %s",
  async (wire) => {
    const read = (filePath: string) => ({
      reasoning: `About ${filePath}`,
      calls: [{ tool: "read", input: { filePath } }],
    });
    await using t = await smallApp({
      wire,
      files: { "a.txt": "some words\n".repeat(1_000), "b.txt": "b" },
      turns: [
        read("a.txt"),
        { ...read("b.txt"), usage: full },
        SUMMARY,
        { text: "Read", usage: { input: 900 } },
      ],
    });
    const session = t.create();
    const answer = await t.prompt(session, "Read them");
    expect(answer.parts).toContainEqual(expect.objectContaining({ text: "Read" }));
    expect(kinds(t)).toEqual(["step", "step", "summary", "step"]);
    const last = t.model.requests.at(-1)?.request.messages ?? [];
    expect(last.map(({ text }) => text).slice(0, 3)).toEqual([
      "What did we do so far?",
      SUMMARY.text,
      "Read them",
    ]);
    const calls = last.flatMap((message) => message.calls);
    expect(calls).toMatchObject([{ tool: "read", input: '{"filePath":"b.txt"}' }]);
    expect(last.flatMap((message) => message.results)).toHaveLength(1);
    expect(last.map(({ reasoning }) => reasoning).join("")).toBe("About b.txt");
    expect(t.model.violations).toEqual([]);
  },
);

test("a request that does not fit is no error when room can be made", async () => {
  await using t = await smallApp({
    turns: [{ text: "Roses" }, overflow, SUMMARY, { text: "Violets" }],
  });
  const session = t.create();
  await t.prompt(session, "A poem");
  const answer = await t.prompt(session, "More");
  expect(answer.info).not.toHaveProperty("error");
  expect(kinds(t)).toEqual(["step", "step", "summary", "step"]);
  expect(texts(t)[2]).toBe("More");
  expect(t.told("session.error")).toEqual([]);
  const requests = t.history(session).flatMap(({ parts }) => parts);
  expect(requests).toContainEqual(
    expect.objectContaining({ type: "compaction", auto: true, overflow: true }),
  );
});

test("a prompt that can never fit is a clear error, and the next one is answered", async () => {
  await using t = await smallApp({
    turns: [overflow, overflow, SUMMARY, { text: "Hello" }],
  });
  const session = t.create();
  const failed = await t.prompt(session, "long ".repeat(6_000));
  expect(failed.info).toMatchObject({
    error: {
      name: "ContextOverflowError",
      data: { message: expect.stringMatching(/8192 tokens.*scripted\/main.*shorten the prompt/s) },
    },
  });
  expect(kinds(t)).toEqual(["step"]);
  expect(t.told("session.error")).toHaveLength(1);
  const answer = await t.prompt(session, "Hi");
  expect(answer.parts).toContainEqual(expect.objectContaining({ text: "Hello" }));
  expect(texts(t).slice(1, 3)).toEqual([SUMMARY.text, "Hi"]);
});

test("when nothing fits, not even a summary: two tries, then a cut, then the error", async () => {
  await using t = await smallApp({
    turns: [{ text: "Roses" }, ...Array.from({ length: 4 }, () => overflow), { text: "Hello" }],
  });
  const session = t.create();
  await t.prompt(session, "A poem");
  const failed = await t.prompt(session, "More");
  expect(failed.info).toMatchObject({ error: { name: "ContextOverflowError" } });
  expect(kinds(t)).toEqual(["step", "step", "summary", "summary", "step"]);
  expect(t.told("session.error")).toHaveLength(1);
  expect(t.told("session.idle")).toHaveLength(2);
  const [asked, summary, prompt] = texts(t);
  expect(asked).toBe("What did we do so far?");
  expect(summary).toContain("- A poem");
  expect(prompt).toBe("More");
  const answer = await t.prompt(session, "Hi");
  expect(answer.parts).toContainEqual(expect.objectContaining({ text: "Hello" }));
  expect(texts(t)).toContain("More");
  expect(t.model.violations).toEqual([]);
});

test("what does not fit after a cut either can be cut again for the next prompt", async () => {
  await using t = await smallApp({
    turns: [
      { text: "Roses" },
      ...Array.from({ length: 5 }, () => overflow),
      overflow,
      { text: "Hello" },
    ],
  });
  const session = t.create();
  await t.prompt(session, "A poem");
  await t.prompt(session, "More");
  await t.prompt(session, "long ".repeat(6_000));
  const answer = await t.prompt(session, "Hi");
  expect(answer.parts).toContainEqual(expect.objectContaining({ text: "Hello" }));
  expect(kinds(t).filter((kind) => kind === "summary")).toHaveLength(2);
});

test("an empty summary is none: after two the conversation is cut without a model", async () => {
  await using t = await smallApp({
    turns: [
      { text: "Roses" },
      overflow,
      { reasoning: "Hm" },
      { reasoning: "Hm" },
      { text: "Violets" },
    ],
  });
  const session = t.create();
  await t.prompt(session, "A poem");
  const answer = await t.prompt(session, "More");
  expect(answer.parts).toContainEqual(expect.objectContaining({ text: "Violets" }));
  expect(kinds(t)).toEqual(["step", "step", "summary", "summary", "step"]);
  expect(summaries(t, session)).toMatchObject([
    { info: { error: { data: { message: expect.stringContaining("empty") } } } },
    { info: { error: { data: { message: expect.stringContaining("empty") } } } },
    { info: { finish: "stop" } },
  ]);
  expect(t.told("session.error")).toEqual([]);
});

test("a summary by a server that keeps no limit is cut, so that it makes room", async () => {
  const long = { text: `## Goal\nWrite a poem\n${"and so on ".repeat(4_000)}` };
  await using t = await smallApp({
    turns: [{ text: "Roses" }, overflow, long, { text: "Violets" }, { text: "Blue" }],
  });
  const session = t.create();
  await t.prompt(session, "A poem");
  const { info } = await t.prompt(session, "More");
  expect(info).not.toHaveProperty("error");
  const [, told = ""] = texts(t);
  expect(told).toStartWith("## Goal\nWrite a poem\nand so on");
  expect(told.length).toBeLessThan((limit.context * 4) / 3);
  // It is what is stored, too.
  expect(summaries(t, session)[0]?.parts).toContainEqual(expect.objectContaining({ text: told }));
  const [asked] = t.model.requests.filter(({ request }) => isCompaction(request));
  expect(asked?.request.maxOutputTokens).toBeLessThanOrEqual(limit.context / 4);
});

test("a summary that does not fit itself is cut, and then it is the error", async () => {
  const said = `## Goal\nWrite a poem\n${"and so on ".repeat(600)}`;
  await using t = await smallApp({
    turns: [
      { text: "Roses" },
      overflow,
      { text: said },
      overflow,
      { text: "Violets" },
      ...[overflow, { text: said }, overflow, overflow],
    ],
  });
  const session = t.create();
  await t.prompt(session, "A poem");
  const answer = await t.prompt(session, "More");
  expect(answer.parts).toContainEqual(expect.objectContaining({ text: "Violets" }));
  expect(kinds(t)).toEqual(["step", "step", "summary", "step", "step"]);
  const [, summary = "", prompt] = texts(t);
  expect(summary).toContain("An earlier summary:\n## Goal\nWrite a poem");
  expect(summary.length).toBeLessThan(said.length / 2);
  expect(prompt).toBe("More");
  // What is cut already is not cut again.
  const failed = await t.prompt(session, "Still more");
  expect(failed.info).toMatchObject({ error: { name: "ContextOverflowError" } });
  expect(kinds(t).slice(5)).toEqual(["step", "summary", "step", "step"]);
  expect(t.model.turnsLeft).toBe(0);
});

test("a window that stays full is not summarised again and again", async () => {
  const turns: ScriptedTurn[] = Array.from({ length: 30 }, () => (request) => {
    return isCompaction(request) ? SUMMARY : { text: "Yes", usage: full };
  });
  await using t = await smallApp({ turns });
  const session = t.create();
  for (let count = 0; count < 8; count++) {
    const { info } = await t.prompt(session, `Prompt ${count}`);
    expect(info).toMatchObject({ finish: "stop" });
  }
  expect(kinds(t).filter((kind) => kind === "summary").length).toBeLessThanOrEqual(2);
});

test("a window that is over-full is cut when no summary can be made", async () => {
  await using t = await smallApp({
    turns: [
      { text: "Roses", usage: { input: 8_300 } },
      { reasoning: "Hm" },
      { reasoning: "Hm" },
      { text: "Violets" },
    ],
  });
  const session = t.create();
  await t.prompt(session, "A poem");
  await t.prompt(session, "More");
  expect(kinds(t)).toEqual(["step", "summary", "summary", "step"]);
  expect(texts(t)[1]).toContain("- A poem");
  expect(texts(t)[2]).toBe("More");
  expect(t.told("session.error")).toEqual([]);
});

test("one result never fills a small window: its end is left out, and can be read", async () => {
  const read = { calls: [{ tool: "read", input: { filePath: "a.txt" } }] };
  await using t = await smallApp({
    files: { "a.txt": "0123456789\n".repeat(5_000) },
    turns: [read, { text: "Read" }],
  });
  const session = t.create();
  await t.prompt(session, "Read it");
  expect(kinds(t)).toEqual(["step", "step"]);
  const results = t.model.requests.at(-1)?.request.messages.flatMap((message) => message.results);
  // With a number before each line it is a third of the window, of four bytes a token.
  expect(results?.[0]?.text.length).toBeLessThan((limit.context * 4) / 3);
  expect(results?.[0]?.text).toMatch(/Output capped at 7.0 KB.*Use offset=\d+ to continue/);
});

test("nor does an attached file or resource", async () => {
  const text = "0123456789\n".repeat(5_000);
  const mcp = { s: scripted({ resources: { "x://long": { uri: "x://long", text } } }) };
  await using t = await smallApp({ files: { "a.txt": text }, turns: [{ text: "Read" }], mcp });
  const source = {
    type: "resource" as const,
    clientName: "s",
    uri: "x://long",
    text: { value: "", start: 0, end: 0 },
  };
  const file = { type: "file" as const, mime: "text/plain" };
  const parts = [
    { type: "text" as const, text: "See" },
    { ...file, url: pathToFileURL(join(t.directory, "a.txt")).href },
    { ...file, url: "x://long", source },
  ];
  expect((await t.prompt(t.create(), "", { parts })).info).not.toHaveProperty("error");
  const asked = JSON.stringify(t.model.requests.at(-1)?.request.messages);
  expect(asked.length).toBeLessThan((limit.context * 4 * 2) / 3);
  expect(asked).toMatch(/Output capped at 7.0 KB.*Use offset=\d+ to continue/);
  expect(asked).toMatch(/output truncated \(more than .* or 7.0 KB\).*Full output saved to/);
});

test("without compaction.auto nothing is summarised, and an overflow says so", async () => {
  await using t = await smallApp({
    turns: [{ text: "Roses", usage: full }, { text: "Violets", usage: full }, overflow],
    compaction: { auto: false },
  });
  const session = t.create();
  await t.prompt(session, "A poem");
  await t.prompt(session, "More");
  const { info } = await t.prompt(session, "Still more");
  expect(info).toMatchObject({
    error: {
      name: "ContextOverflowError",
      data: { message: expect.stringContaining("compaction.auto") },
    },
  });
  expect(kinds(t)).toEqual(["step", "step", "step"]);
});

/** Three turns that read a long file each, and a fourth that fills the window. */
function readingTurns(): ScriptedTurn[] {
  const read = { calls: [{ tool: "read", input: { filePath: "a.txt" } }] };
  return [
    ...Array.from({ length: 3 }, () => [read, { text: "Read", usage: { input: 3_000 } }]).flat(),
    { text: "Full", usage: full },
  ];
}

async function readThrice(t: SessionApp): Promise<Session> {
  const session = t.create();
  for (const text of ["1", "2", "3", "4"]) await t.prompt(session, text);
  return session;
}

const files = { "a.txt": "0123456789\n".repeat(600) };

test("old tool outputs go first; where that is enough no summary is made", async () => {
  await using t = await smallApp({ files, turns: [...readingTurns(), { text: "On" }] });
  const session = await readThrice(t);
  await t.prompt(session, "5");
  expect(kinds(t)).not.toContain("summary");
  const compacted = t
    .calls(session)
    .map(({ state }) => state.status === "completed" && state.time.compacted !== undefined);
  expect(compacted[0]).toBe(true);
  const results = t.model.requests.at(-1)?.request.messages.flatMap((message) => message.results);
  expect(results?.[0]?.text).toContain("left out");
  expect(t.history(session).flatMap(({ parts }) => parts)).toContainEqual(
    expect.objectContaining({
      type: "tool",
      state: expect.objectContaining({ output: expect.stringContaining("0123456789") }),
    }),
  );
});

test("with compaction.prune off they stay until a summary stands for them", async () => {
  await using t = await smallApp({
    files,
    turns: [...readingTurns(), SUMMARY, { text: "On" }],
    compaction: { prune: false },
  });
  const session = await readThrice(t);
  await t.prompt(session, "5");
  expect(kinds(t)).toContain("summary");
  for (const { state } of t.calls(session)) {
    if (state.status === "completed") expect(state.time.compacted).toBeUndefined();
  }
});

test("stopping the session while it is summarised stops it", async () => {
  await using t = await smallApp({
    turns: [
      { text: "Roses", usage: full },
      { text: ["Half a sum", new Promise(() => {})] },
      SUMMARY,
      { text: "Violets" },
    ],
  });
  const session = t.create();
  await t.prompt(session, "A poem");
  const delta = t.next("message.part.delta");
  const answered = t.prompt(session, "More");
  await delta;
  await t.instance.sessions.abort(session.id);
  const aborted = { error: { name: "MessageAbortedError" } };
  expect((await answered).info).toMatchObject(aborted);
  expect((await answered).info).not.toHaveProperty("summary");
  expect(summaries(t, session)).toMatchObject([{ info: aborted }]);
  expect(t.told("session.error")).toHaveLength(1);
  const next = await t.prompt(session, "Now");
  expect(next.parts).toContainEqual(expect.objectContaining({ text: "Violets" }));
  expect(t.model.violations).toEqual([]);
});

test("a person may have the session summarised, and it waits for the next prompt", async () => {
  await using t = await smallApp({
    turns: [{ text: "Roses" }, SUMMARY, { text: "Violets" }],
  });
  const session = t.create();
  await t.prompt(session, "A poem");
  t.events.length = 0;
  const model = { providerID: "scripted", modelID: "main" };
  expect(await t.instance.summarizer.summarize(session.id, model)).toBe(true);
  expect(trace(t.events)).toEqual([
    "session.status(busy)",
    "message.updated(user)",
    "message.part.updated(compaction)",
    "message.updated(assistant)",
    "message.part.updated(step-start)",
    "message.part.updated(text)",
    "message.part.delta",
    "message.part.updated(text end)",
    "message.part.updated(step-finish)",
    "message.updated(assistant stop completed)",
    "session.compacted",
    "session.status(idle)",
    "session.idle",
  ]);
  await t.prompt(session, "More");
  expect(texts(t)).toEqual(["What did we do so far?", SUMMARY.text, "More"]);
});

test("a person may say what the summary is to keep", async () => {
  await using t = await smallApp({ turns: [{ text: "Roses" }, SUMMARY] });
  const session = t.create();
  await t.prompt(session, "A poem");
  const instruction = "Keep the rhymes";
  const model = { providerID: "scripted", modelID: "main", instruction };
  expect(await t.instance.summarizer.summarize(session.id, model)).toBe(true);
  expect(texts(t)).toEqual([expect.stringContaining(`The user wants of it: ${instruction}`)]);
});

test("a summary on demand that fails is told; with auto the session goes on from it", async () => {
  await using t = await smallApp({
    turns: [{ text: "Roses" }, { status: 400 }, SUMMARY, { text: "Violets" }],
  });
  const session = t.create();
  await t.prompt(session, "A poem");
  const model = { providerID: "scripted", modelID: "main" };
  const { summarizer } = t.instance;
  expect(await summarizer.summarize(session.id, model)).toBe(false);
  expect(t.told("session.error")).toMatchObject([{ error: { name: "APIError" } }]);
  expect(await summarizer.summarize(session.id, { ...model, auto: true })).toBe(true);
  expect(t.history(session).at(-1)?.parts).toContainEqual(
    expect.objectContaining({ text: "Violets" }),
  );
  expect(texts(t).slice(0, 3)).toEqual(["What did we do so far?", SUMMARY.text, "A poem"]);
  await expect(summarizer.summarize(session.id, { ...model, modelID: "x" })).rejects.toMatchObject({
    kind: "not-found",
  });
});

test("files further down are told about anew after a summary", async () => {
  const read = { calls: [{ tool: "read", input: { filePath: "below/a.txt" } }] };
  await using t = await smallApp({
    files: { "below/a.txt": "a", "below/AGENTS.md": "Mind the gap" },
    turns: [read, { text: "Read", usage: full }, SUMMARY, read, { text: "Again" }],
    compaction: { tail_turns: 0 },
  });
  const session = t.create();
  await t.prompt(session, "Read it");
  await t.prompt(session, "Read it again");
  const results = t.calls(session).map(({ state }) => JSON.stringify(state));
  expect(results).toHaveLength(2);
  for (const result of results) expect(result).toContain("Mind the gap");
});

test("a window of 8k holds a long session of reading and talking", async () => {
  const bytesPerToken = 4;
  let sum = 0;
  const turns: ScriptedTurn[] = Array.from({ length: 400 }, () => (request) => {
    const size = Math.ceil(JSON.stringify(request.raw).length / bytesPerToken);
    if (size + limit.output > limit.context) return overflow;
    const usage = { input: size, output: 50 };
    if (isCompaction(request)) return { text: `## Goal\nCount to ${++sum}`, usage };
    const isAnswered = request.messages.at(-1)?.role === "tool";
    if (isAnswered) return { text: "Read it", usage };
    return { calls: [{ tool: "read", input: { filePath: "a.txt" } }], usage };
  });
  await using t = await smallApp({ files: { "a.txt": "line of text\n".repeat(300) }, turns });
  const session = t.create();
  for (let count = 0; count < 25; count++) {
    const { info } = await t.prompt(session, `Read it, time ${count}`);
    expect(info).toMatchObject({ finish: "stop" });
    expect(info).not.toHaveProperty("error");
  }
  expect(sum).toBeGreaterThan(2);
  expect(sum).toBeLessThan(26);
  expect(t.told("session.error")).toEqual([]);
  expect(t.model.violations).toEqual([]);
});
