// Provider caches hit only when a request begins with the bytes of the one before it: over a long
// conversation with all kinds of results, a change of agents, and a restart in the middle.
import { expect, test } from "bun:test";
import type { RecordedRequest } from "@test/support/scripted-model/scripted-model";
import { type SessionApp, sessionApp } from "@test/support/session-app";

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAA" +
  "DUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Where the messages of the request end in its bytes. */
function endOfMessages({ body, request }: RecordedRequest): number {
  const messages = JSON.stringify(request.raw["messages"]);
  const start = body.indexOf(messages);
  expect(start).toBeGreaterThan(0);
  return start + messages.length - 1;
}

async function talk(t: SessionApp, session: ReturnType<SessionApp["create"]>): Promise<void> {
  t.model.push(
    {
      reasoning: "Hm",
      text: ["  \n", "Look"],
      calls: [
        { tool: "read", input: { filePath: "a.txt", offset: 1 } },
        { tool: "read", input: { filePath: "missing.txt" } },
        { tool: "read", input: { filePath: "pixel.png" } },
        { tool: "nope", input: { b: 1, a: [1.5, "ü", "\u2028"] } },
        { tool: "bash", input: "not json" },
        { tool: "bash", input: { command: "true" } },
        { tool: "grep", input: {} },
        { tool: "read", input: { filePath: "sub/b.txt" } },
      ],
    },
    { text: "Seen" },
  );
  await t.prompt(session, "First");
  t.model.push({ text: "The plan" });
  await t.prompt(session, "Plan it", { agent: "plan" });
  t.model.push(
    { calls: [{ tool: "write", input: { filePath: "new.txt", content: "new" } }] },
    { text: "Built" },
  );
  await t.prompt(session, "Build it", { agent: "build" });
  t.model.push({ status: 400 }, { text: "Back" });
  await t.prompt(session, "This one fails");
  await t.prompt(session, "", {
    parts: [
      { type: "text", text: "See" },
      { type: "file", mime: "text/plain", url: `file://${t.directory}/a.txt` },
      { type: "file", mime: "image/png", url: `data:image/png;base64,${PIXEL}` },
    ],
  });
}

/** The bytes up to the end of a request's messages are those of the next request too. */
function checkPrefixes(requests: readonly RecordedRequest[]): void {
  for (const [index, request] of requests.slice(1).entries()) {
    const before = requests[index];
    if (!before) throw new Error("unreachable");
    const end = endOfMessages(before);
    expect(request.body.slice(0, end)).toBe(before.body.slice(0, end));
  }
}

test("each request begins with the one before it, also after a restart", async () => {
  await using t = await sessionApp({
    isStored: true,
    modelOptions: { reasoning: true, modalities: { input: ["text", "image"], output: ["text"] } },
    config: { permission: { bash: { "rm *": "deny" } } },
    files: {
      "AGENTS.md": "Be kind.",
      "a.txt": "one\ntwo\n",
      "sub/AGENTS.md": "Be brief.",
      "sub/b.txt": "b",
      "pixel.png": Buffer.from(PIXEL, "base64"),
    },
  });
  const session = t.create();
  await talk(t, session);
  await t.reopen();
  await talk(t, session);
  const { requests, violations } = t.model;
  expect(violations).toEqual([]);
  expect(requests).toHaveLength(14);
  // The plan agent is told of itself behind its prompt, so the system prompt is the same as well.
  checkPrefixes(requests);
  // It may start other agents than build, so its tools differ.
  const ofBuild = requests.filter(({ request }) => {
    return !request.messages.findLast(({ role }) => role === "user")?.text.includes("Plan it");
  });
  expect(ofBuild).toHaveLength(12);
  const tools = new Set(ofBuild.map(({ request }) => JSON.stringify(request.raw["tools"])));
  expect(tools.size).toBe(1);
});

test("the first request of a plain prompt is small", async () => {
  await using t = await sessionApp({ turns: [{ text: "Hi" }] });
  await t.prompt(t.create(), "Hi");
  expect(t.model.requests[0]?.byteLength).toBeLessThan(10 * 1024);
});
