// MCP servers in whole turns: the tools that a model is told of and calls, what servers say of
// themselves, their prompts as commands, and their resources as attachments. The servers are the
// published ones.
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { published, scripted } from "@test/mcp/support";
import { FakeClock } from "@test/support/clock";
import { type SessionApp, sessionApp, type SessionAppOptions } from "@test/support/session-app";
import { tempDirectory } from "@test/support/temp";

/** For a machine that has other things to do. */
const PATIENCE_MS = 30_000;

setDefaultTimeout(6 * PATIENCE_MS);

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAA" +
  "DUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const URI = "demo://resource/static/document/features.md";
const image = { reasoning: false, modalities: { input: ["text", "image"], output: ["text"] } };

async function everything(options: SessionAppOptions = {}): Promise<SessionApp> {
  const mcp = { all: published("everything", "stdio"), ...options.config?.mcp };
  const t = await sessionApp({ ...options, config: { ...options.config, mcp } });
  await t.instance.mcp.ready(undefined, PATIENCE_MS);
  return t;
}

/** Moves time on, in small steps, until the work is done. */
async function pass(clock: FakeClock, work: Promise<unknown>): Promise<void> {
  const state = { isOver: false };
  const over = work.finally(() => (state.isOver = true));
  while (!state.isOver) await clock.advance(10);
  await over;
}

const toolsOf = (t: SessionApp) => t.model.requests.map(({ request }) => request.raw["tools"]);

test("a model calls tools of servers and sees texts, images and values", async () => {
  await using t = await everything({
    modelOptions: image,
    turns: [
      {
        calls: [
          { tool: "all_get-sum", input: { a: 2, b: 40 } },
          { tool: "all_get-tiny-image", input: {} },
          { tool: "all_get-structured-content", input: { location: "Chicago" } },
          { tool: "all_get-sum", input: { a: "no number" } },
        ],
      },
      { text: "Done" },
    ],
  });
  const session = t.create();
  await t.prompt(session, "Sum up");
  expect(t.calls(session).map(({ state }) => state)).toMatchObject([
    { status: "completed", output: "The sum of 2 and 40 is 42." },
    { status: "completed", attachments: [{ mime: "image/png" }] },
    { status: "completed", metadata: { structured: { temperature: expect.any(Number) } } },
    { status: "error", error: expect.stringContaining("a") },
  ]);
  expect(JSON.stringify(t.model.requests[1]?.request.raw)).toContain("data:image/png;base64,");
  expect(t.model.violations).toEqual([]);
});

test("what a server says of itself is in the system prompt of who may use it", async () => {
  await using t = await everything({ turns: [{ text: "Hi" }, { text: "Hi" }] });
  await t.prompt(t.create(), "Hi");
  const said = "The MCP server all says of its own tools:\n";
  expect(t.model.requests[0]?.request.system).toContain(said);
  await t.prompt(t.create(), "Hi", { agent: "explore" });
  expect(t.model.requests[1]?.request.system).not.toContain(said);
});

test("requests begin with the same bytes after a reconnect and a restart", async () => {
  await using t = await everything({
    isStored: true,
    config: { mcp: { other: scripted() } },
    turns: Array.from({ length: 4 }, () => ({ text: "Hi" })),
  });
  const session = t.create();
  await t.prompt(session, "One");
  await t.instance.mcp.disconnect("all");
  await t.instance.mcp.connect("all");
  await t.prompt(session, "Two");
  expect((await t.instance.mcp.status())["other"]).toEqual({ status: "connected" });
  await t.reopen();
  // Nobody waits for the servers: what they offered is known.
  await t.prompt(session, "Three");
  await t.instance.mcp.ready(undefined, PATIENCE_MS);
  await t.instance.mcp.add("zzz", scripted());
  await t.prompt(session, "Four");
  const [first, second, third, fourth] = toolsOf(t);
  expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  expect(JSON.stringify(third)).toBe(JSON.stringify(first));
  // A new server's tools come behind.
  expect(JSON.stringify(fourth)).not.toBe(JSON.stringify(first));
  const systems = t.model.requests.map(({ request }) => request.system);
  expect(new Set(systems.slice(0, 2)).size).toBe(1);
  expect(systems[2]).toBe(systems[3] ?? "");
  expect(systems[2]).toBe(systems[0] ?? "");
});

test("a server that hangs holds nobody up but for a moment at the first prompt", async () => {
  const clock = new FakeClock();
  await using t = await sessionApp({
    clock,
    config: { mcp: { mute: scripted({ isMute: true }), quick: scripted() } },
    turns: [{ text: "Hi" }, { text: "Hi" }],
  });
  const session = t.create();
  const isThere = t.next("mcp.tools.changed", ({ server }) => server === "quick");
  const listed = t.instance.commands.list();
  await isThere;
  await pass(clock, listed);
  // From here on time stands still: whoever waits, waits for ever.
  const names = (at: number) => t.model.requests[at]?.request.tools.map((tool) => tool.name);
  await t.prompt(session, "One");
  expect(names(0)).toContain("quick_echo");
  await t.prompt(session, "Two");
  expect(names(1)).toEqual(names(0) ?? []);
});

test("a tool that is called while its server is starting is there for the call", async () => {
  await using files = await tempDirectory();
  const gate = join(files.path, "gate");
  const clock = new FakeClock();
  await using t = await sessionApp({
    clock,
    config: { mcp: { slow: scripted({ gate }) } },
    turns: [{ calls: [{ tool: "slow_echo", input: { text: "here" } }] }, { text: "Done" }],
  });
  await pass(clock, t.instance.mcp.ready());
  const session = t.create();
  const isCalled = t.next("message.part.updated", ({ part }) => part.type === "tool");
  const answer = t.prompt(session, "Go");
  await isCalled;
  await Bun.write(gate, "");
  await answer;
  expect(t.calls(session)).toMatchObject([{ state: { status: "completed", output: "here" } }]);
  const offers = t.model.requests.map(({ request }) => request.tools.map(({ name }) => name));
  expect(offers.map((names) => names.includes("slow_echo"))).toEqual([false, true]);
});

test("stopping a session ends its wait for servers", async () => {
  await using t = await sessionApp({
    // Time stands still.
    clock: new FakeClock(),
    config: { mcp: { mute: scripted({ isMute: true }) } },
    turns: [{ text: "never" }],
  });
  const session = t.create();
  const busy = t.next("session.status", ({ status }) => status.type === "busy");
  const answer = t.prompt(session, "Hi");
  await busy;
  await t.instance.sessions.abort(session.id);
  expect((await answer).info).toMatchObject({ error: { name: "MessageAbortedError" } });
  expect(t.model.requests).toEqual([]);
});

test("prompts of a server are commands with their arguments", async () => {
  await using t = await everything({ turns: [{ text: "Fine" }] });
  const listed = await t.instance.commands.list();
  expect(listed.find(({ name }) => name === "all:args-prompt")).toEqual({
    name: "all:args-prompt",
    description: expect.any(String),
    source: "mcp",
    template: "",
    hints: ["$1", "$2"],
  });
  const session = t.create();
  const run = (args: string) => {
    return t.instance.slashCommands.run(session.id, {
      command: "all:args-prompt",
      arguments: args,
    });
  };
  await expect(run("")).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringContaining("/all:args-prompt needs city"),
  });
  await run('"San Francisco" California');
  const asked = t.model.requests.at(-1)?.request.messages.at(-1)?.text ?? "";
  expect(asked).toContain("San Francisco, California");
  expect(t.told("command.executed")).toMatchObject([{ name: "all:args-prompt" }]);
});

test("a resource is read once when it is attached, and one that is not there is told", async () => {
  await using t = await everything({ turns: [{ text: "Read" }] });
  const session = t.create();
  const attach = (uri: string) => ({
    type: "file" as const,
    mime: "application/octet-stream",
    filename: "features.md",
    url: uri,
    source: {
      type: "resource" as const,
      clientName: "all",
      uri,
      text: { value: "@features.md", start: 0, end: 12 },
    },
  });
  const parts = [{ type: "text" as const, text: "See" }, attach(URI), attach("demo://nothing")];
  await t.prompt(session, "", { parts });
  expect(t.history(session)[0]?.parts).toMatchObject([
    { type: "text", text: "See" },
    { synthetic: true, text: expect.stringContaining(`{"server":"all","uri":"${URI}"}`) },
    { synthetic: true, text: expect.stringContaining("Everything Server") },
    { type: "file", mime: "text/plain", url: URI, source: { type: "resource" } },
    { synthetic: true },
    { synthetic: true, text: expect.stringContaining("The mcp_resource tool failed: ") },
    { type: "file", mime: "text/plain" },
  ]);
  const seen = JSON.stringify(t.model.requests[0]?.request.messages);
  expect(seen).toContain("Everything Server");
  expect(seen).not.toContain("is left out");
});

test("a binary resource becomes the attached file, unless it is text", async () => {
  const pixel = { uri: "x://pixel", mimeType: "image/png", blob: PIXEL };
  const words = Buffer.from("picture").toString("base64");
  const text = { uri: "x://text", mimeType: "text/markdown", blob: words };
  const resources = { "x://pixel": pixel, "x://text": text };
  await using t = await sessionApp({
    config: { mcp: { s: scripted({ resources }) } },
    modelOptions: image,
    turns: [{ text: "Seen" }],
  });
  const session = t.create();
  const attach = (uri: string) => ({
    type: "file" as const,
    mime: "text/plain",
    url: uri,
    source: {
      type: "resource" as const,
      clientName: "s",
      uri,
      text: { value: "", start: 0, end: 0 },
    },
  });
  await t.prompt(session, "", { parts: [attach("x://pixel"), attach("x://text")] });
  expect(t.history(session)[0]?.parts).toMatchObject([
    { synthetic: true },
    { type: "file", mime: "image/png", url: `data:image/png;base64,${PIXEL}` },
    { synthetic: true },
    { synthetic: true, text: "picture" },
    { type: "file", mime: "text/plain", url: "x://text" },
  ]);
});
