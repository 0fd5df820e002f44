// Tools that people write as files: offered, called, bounded, and left out when they are broken.
import { expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sessionApp, type SessionAppOptions } from "@test/support/session-app";

const WEATHER = `
import { tool } from "@opencode-ai/plugin";
interface Place { city: string }
const describe = ({ city }: Place) => "sunny in " + city;
export default tool({
  description: "The weather of a city",
  args: {
    city: tool.schema.string().describe("Its name"),
    days: tool.schema.number().default(1),
  },
  async execute(args, context) {
    context.metadata({ title: "Looking", metadata: { city: args.city } });
    return describe(args) + " for " + args.days + " in " + context.agent;
  },
});
export const history = tool({
  description: "The weather that was",
  args: {},
  async execute() {
    return { title: "History", output: "rain", metadata: { source: "book", truncated: true } };
  },
});
`;

function open(tools: Record<string, string>, calls: object[], options: SessionAppOptions = {}) {
  const files = Object.entries(tools).map(([name, text]) => [`.opencode/${name}`, text]);
  return sessionApp({
    files: Object.fromEntries(files),
    turns: [{ calls: calls as { tool: string; input: object }[] }, { text: "Done" }],
    ...options,
  });
}

test("a file's exports are tools with the published helper, without any node_modules", async () => {
  await using t = await open({ "tool/weather.ts": WEATHER }, [
    { tool: "weather", input: { city: "Bonn" } },
    { tool: "weather_history", input: {} },
    { tool: "weather", input: { city: 1 } },
  ]);
  const session = t.create();
  await t.prompt(session, "How is the weather?");
  const [first, second, third] = t.calls(session).map(({ state }) => state);
  expect(first).toMatchObject({ status: "completed", output: "sunny in Bonn for 1 in build" });
  expect(second).toMatchObject({
    status: "completed",
    output: "rain",
    title: "History",
    metadata: { source: "book", truncated: false },
  });
  expect(third).toMatchObject({ status: "error", error: expect.stringContaining("city") });
  const told = await t.instance.toolbox.list({ id: "any" });
  expect(told.find(({ id }) => id === "weather")).toEqual({
    id: "weather",
    description: "The weather of a city",
    parameters: {
      type: "object",
      properties: {
        city: { type: "string", description: "Its name" },
        days: { type: "number", default: 1 },
      },
      required: ["city"],
    },
  });
});

test("an object with a JSON schema is a tool, and may take the place of a built-in", async () => {
  const glob = `export default {
    description: "Finds files its own way",
    args: { type: "object", properties: { pattern: { type: "string" } }, required: ["pattern"] },
    execute: (args) => ({ found: args.pattern }),
  };`;
  await using t = await open({ "tools/glob.js": glob }, [
    { tool: "glob", input: { pattern: "*.ts" } },
    { tool: "glob", input: {} },
  ]);
  const session = t.create();
  await t.prompt(session, "Find");
  const [found, misfit] = t.calls(session).map(({ state }) => state);
  expect(found).toMatchObject({ status: "completed", output: '{"found":"*.ts"}' });
  expect(misfit).toMatchObject({ status: "error", error: expect.stringContaining("pattern") });
  const ids = await t.instance.toolbox.ids();
  expect(ids.filter((id) => id === "glob")).toHaveLength(1);
});

test("broken files are reported and left out, and the others work", async () => {
  const files = {
    "tool/broken.ts": "export default {",
    "tool/empty.ts": "export const nothing = 1;",
    "tool/schema.ts": `export default { description: "x", args: { a: 1 }, execute: () => "" };`,
    "tool/good.ts": `export default { description: "Good", execute: () => "fine" };`,
  };
  await using t = await open(files, [{ tool: "good", input: {} }]);
  const session = t.create();
  await t.prompt(session, "Go");
  expect(t.calls(session)[0]?.state).toMatchObject({ status: "completed", output: "fine" });
  const toasts = t.told("tui.toast.show").map(({ message }) => message);
  expect(toasts).toHaveLength(3);
  for (const name of ["broken.ts", "empty.ts", "schema.ts"]) {
    expect(toasts.some((message) => message.includes(join(".opencode/tool", name)))).toBe(true);
  }
});

test("permissions go by the tool's name, and a failure is the call's result", async () => {
  const files = {
    "tool/secret.ts": `export default { description: "x", execute: () => "secret" };`,
    "tool/throws.ts": `export default { description: "x", execute() { throw new Error("no") } };`,
    "tool/asks.ts": `export default { description: "x", async execute(_, context) {
      await context.ask({ permission: "release", patterns: ["v1"], always: ["*"], metadata: {} });
      return "released";
    } };`,
  };
  const calls = ["secret", "throws", "asks"].map((tool) => ({ tool, input: {} }));
  await using t = await open(files, calls, {
    config: { permission: { secret: { "*": "deny", x: "allow" }, release: "deny" } },
  });
  const session = t.create();
  await t.prompt(session, "Go");
  const [secret, throws, asks] = t.calls(session).map(({ state }) => state);
  expect(secret).toMatchObject({ status: "error", error: expect.stringContaining("secret") });
  expect(throws).toMatchObject({ status: "error", error: "no" });
  expect(asks).toMatchObject({ status: "error", error: expect.stringContaining("release") });
});

test("long answers are cut, and an abort ends the call that hangs", async () => {
  const files = {
    "tool/long.ts": `export default { description: "x", execute: () => "line\\n".repeat(9000) };`,
    "tool/hangs.ts": `export default { description: "x", execute(_, context) {
      context.metadata({ title: "hanging" });
      return new Promise((_, reject) => {
        context.abort.addEventListener("abort", () => reject(context.abort.reason));
      });
    } };`,
  };
  await using t = await open(files, [
    { tool: "long", input: {} },
    { tool: "hangs", input: {} },
  ]);
  const session = t.create();
  const hanging = t.next("message.part.updated", ({ part }) => {
    return part.type === "tool" && "title" in part.state && part.state.title === "hanging";
  });
  const answer = t.prompt(session, "Go");
  await hanging;
  await t.instance.sessions.abort(session.id);
  await answer;
  const [long, hangs] = t.calls(session).map(({ state }) => state);
  expect(long).toMatchObject({ status: "completed", metadata: { truncated: true } });
  expect(hangs).toMatchObject({ status: "error", metadata: { interrupted: true } });
});

test("a changed file is loaded anew with the configuration", async () => {
  const text = (answer: string) =>
    `export default { description: "x", execute: () => "${answer}" };`;
  await using t = await open({ "tool/one.ts": text("before") }, [{ tool: "one", input: {} }], {
    turns: [
      { calls: [{ tool: "one", input: {} }] },
      { text: "Done" },
      { calls: [{ tool: "one", input: {} }] },
      { text: "Done" },
    ],
  });
  const session = t.create();
  await t.prompt(session, "Go");
  await writeFile(join(t.directory, ".opencode/tool/one.ts"), text("after"));
  await t.instance.config.reload();
  await t.prompt(session, "Go");
  const outputs = t.calls(session).map(({ state }) => state.status === "completed" && state.output);
  expect(outputs).toEqual(["before", "after"]);
});
