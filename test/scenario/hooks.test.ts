// The published hooks of plugins, each at its place in a session.
import { expect, test } from "bun:test";
import { sessionApp, type SessionAppOptions } from "@test/support/session-app";

/** A plugin whose hooks are these, as the body of an object literal. */
function open(hooks: string, options: SessionAppOptions = {}) {
  const plugin = `export const Mine = async ({ directory, client }) => ({ ${hooks} });`;
  return sessionApp({
    turns: [{ text: "Done" }],
    ...options,
    files: { ".opencode/plugin/mine.js": plugin, "a.txt": "one\n", ...options.files },
  });
}

const READ = { calls: [{ tool: "read", input: { filePath: "a.txt" } }] };

test("tool.execute.before refuses a call, and the model reads why", async () => {
  await using t = await open(
    `"tool.execute.before": async (input, output) => {
      if (input.tool === "read" && output.args.filePath === "a.txt") throw new Error("not a.txt");
    },`,
    { turns: [READ, { text: "Done" }] },
  );
  const session = t.create();
  await t.prompt(session, "Read");
  expect(t.calls(session)[0]?.state).toMatchObject({ status: "error", error: "not a.txt" });
  expect(t.model.requests[1]?.body).toContain("not a.txt");
});

test("tool.execute.before changes arguments, and after what the model reads", async () => {
  await using t = await open(
    `"tool.execute.before": async (input, output) => { output.args.filePath = "b.txt"; },
     "tool.execute.after": async (input, output) => {
       output.title = "Read " + input.args.filePath;
       output.output += "\\nand " + input.tool + " " + typeof input.callID;
       output.metadata.seen = true;
     },`,
    { files: { "b.txt": "two\n" }, turns: [READ, { text: "Done" }] },
  );
  const session = t.create();
  await t.prompt(session, "Read");
  const state = t.calls(session)[0]?.state;
  expect(state).toMatchObject({
    status: "completed",
    input: { filePath: "b.txt" },
    title: "Read b.txt",
    metadata: { seen: true },
  });
  expect(t.model.requests[1]?.body).toContain("two");
  expect(t.model.requests[1]?.body).toContain("and read string");
});

test("arguments that a hook leaves must fit the tool", async () => {
  await using t = await open(
    `"tool.execute.before": async (input, output) => { output.args = { filePath: 7 }; },`,
    { turns: [READ, { text: "Done" }] },
  );
  const session = t.create();
  await t.prompt(session, "Read");
  expect(t.calls(session)[0]?.state).toMatchObject({
    status: "error",
    error: expect.stringContaining("filePath"),
  });
});

test("chat.message changes the stored prompt, and adds parts to it", async () => {
  await using t = await open(`"chat.message": async (input, output) => {
    output.parts[0].text += " by " + input.agent;
    output.parts.push({ type: "text", text: "Be brief.", synthetic: true });
  },`);
  const session = t.create();
  await t.prompt(session, "Hello");
  const [prompt] = t.history(session);
  expect(prompt?.parts).toMatchObject([
    { type: "text", text: "Hello by build" },
    { type: "text", text: "Be brief.", messageID: prompt?.info.id },
  ]);
  expect(t.model.requests[0]?.body).toContain("Be brief.");
});

test("what is sent is shaped: system, history, parameters, headers and tools", async () => {
  await using t = await open(`
    "experimental.chat.system.transform": async (input, output) => {
      output.system.push("You are " + input.model.id + ", called Ann.");
    },
    "experimental.chat.messages.transform": async (input, output) => {
      for (const { parts } of output.messages)
        for (const part of parts) if (part.type === "text") part.text = part.text.toUpperCase();
    },
    "chat.params": async (input, output) => {
      output.temperature = 0.25;
      output.topP = 0.5;
      output.options.custom = input.provider.info.id;
    },
    "chat.headers": async (input, output) => { output.headers["x-team"] = input.agent; },
    "tool.definition": async (input, output) => {
      if (input.toolID === "read") output.description = "Opens a file.";
    },`);
  const session = t.create();
  await t.prompt(session, "Hello");
  const [request] = t.model.requests;
  const body: unknown = JSON.parse(request?.body ?? "");
  expect(body).toMatchObject({ temperature: 0.25, top_p: 0.5 });
  expect(request?.body).toContain("called Ann.");
  expect(request?.body).toContain("HELLO");
  expect(request?.body).toContain('"custom":"scripted"');
  expect(request?.body).toContain('"Opens a file."');
  expect(request?.headers["x-team"] ?? "").toBe("build");
  // What is stored stays as the person wrote it.
  expect(t.history(session)[0]?.parts[0]).toMatchObject({ text: "Hello" });
});

test("the answer's text is what experimental.text.complete leaves", async () => {
  await using t = await open(`"experimental.text.complete": async (input, output) => {
    output.text = output.text.replace("Done", "Finished");
  },`);
  const session = t.create();
  const answer = await t.prompt(session, "Hello");
  expect(answer.parts.find(({ type }) => type === "text")).toMatchObject({ text: "Finished" });
});

test("session.stop has the model go on, and command.execute.before changes a command", async () => {
  await using t = await open(
    `"session.stop": async (input, output) => {
      if (!input.isContinued) output.prompt = "Run the tests first.";
    },
    "command.execute.before": async (input, output) => {
      output.parts.push({ type: "text", text: "Ran " + input.command + " " + input.arguments });
    },`,
    {
      config: { command: { check: { template: "Check $1" } } },
      turns: [{ text: "Done" }, { text: "Tested" }],
    },
  );
  const session = t.create();
  const answer = await t.instance.slashCommands.run(session.id, {
    command: "check",
    arguments: "it",
  });
  expect(answer.parts.find(({ type }) => type === "text")).toMatchObject({ text: "Tested" });
  expect(t.model.requests[0]?.body).toContain("Ran check it");
  expect(t.model.requests[1]?.body).toContain("Run the tests first.");
});

test("permission.ask answers in the place of a person", async () => {
  const edit = (text: string) => ({
    tool: "write",
    input: { filePath: `${text}.md`, content: text },
  });
  const plugin = `export const Mine = async () => ({
    "permission.ask": async (input, output) => {
      output.status = input.pattern.includes("good.md") ? "allow" : "deny";
    },
  });`;
  await using t = await sessionApp({
    config: { permission: { edit: "ask" } },
    turns: [{ calls: [edit("good"), edit("bad")] }, { text: "Done" }],
    home: { ".config/opencode/plugin/mine.js": plugin },
  });
  const session = t.create();
  await t.prompt(session, "Write");
  const [good, bad] = t.calls(session).map(({ state }) => state);
  expect(good).toMatchObject({ status: "completed" });
  expect(bad).toMatchObject({ status: "error", error: expect.stringContaining("plugin denies") });
});

test("a project's own plugin cannot allow what a person would be asked", async () => {
  await using t = await open(
    `"permission.ask": async (input, output) => { output.status = "allow"; },`,
    { config: { permission: { read: "ask" } }, turns: [READ, { text: "Done" }] },
  );
  const session = t.create();
  const asked = t.next("permission.asked");
  const answer = t.prompt(session, "Read");
  const { id } = await asked;
  t.instance.permissions.reply(id, "once");
  await answer;
  expect(t.calls(session)[0]?.state).toMatchObject({ status: "completed" });
});

test("hooks that fail are reported once and passed over", async () => {
  await using t = await open(
    `"chat.message": async () => { throw new Error("no words") },
     "tool.execute.after": async (input, output) => { output.output = 7; },
     "chat.params": async (input, output) => { output.temperature = "hot"; },
     event: async ({ event }) => { throw new Error("no ears") },`,
    { turns: [READ, { text: "Done" }, { text: "Done" }] },
  );
  const session = t.create();
  await t.prompt(session, "Read");
  await t.prompt(session, "Again");
  expect(t.calls(session)[0]?.state).toMatchObject({
    status: "completed",
    output: expect.stringContaining("one"),
  });
  const toasts = t.told("tui.toast.show").map(({ message }) => message);
  for (const name of ["chat.message", "tool.execute.after", "chat.params", "event"]) {
    expect(toasts.filter((message) => message.includes(`hook ${name} failed`))).toHaveLength(1);
  }
});

test("shell.env adds to the environment of commands and terminals", async () => {
  const call = { tool: "bash", input: { command: "echo $TEAM", workdir: "sub" } };
  await using t = await open(
    `"shell.env": async (input, output) => { output.env.TEAM = "in " + input.cwd; },`,
    { files: { "sub/a.txt": "" }, turns: [{ calls: [call] }, { text: "Done" }] },
  );
  const session = t.create();
  await t.prompt(session, "Go");
  expect(t.calls(session)[0]?.state).toMatchObject({ output: `in ${t.directory}/sub\n` });
});

test("a summary is asked for with a plugin's words, and the turn may end with it", async () => {
  const full = { input: 7_200, output: 100 };
  await using t = await open(
    `"experimental.session.compacting": async (input, output) => {
      output.prompt = "Say it in one line.";
      output.context.push("Keep the names.");
    },
    "experimental.compaction.autocontinue": async (input, output) => { output.enabled = false; },
    "chat.headers": async (input, output) => { output.headers["x-agent"] = input.agent; },`,
    {
      limit: { context: 8_192, output: 1_024 },
      side: false,
      config: { compaction: { tail_turns: 0 } },
      turns: [{ text: "Roses", usage: full }, { text: "About roses." }],
    },
  );
  const session = t.create();
  await t.prompt(session, "A poem");
  // The summary is what the turn ended with, and so the answer: not what was said before.
  const answer = await t.prompt(session, "More");
  expect(answer).toMatchObject({ info: { summary: true } });
  expect(answer.parts).toContainEqual(expect.objectContaining({ text: "About roses." }));
  expect(t.history(session).at(-1)).toEqual(answer);
  expect(t.model.requests).toHaveLength(2);
  const asked = t.model.requests[1];
  expect(asked?.request.messages[0]?.text).toEndWith(
    "</conversation>\n\nSay it in one line.\n\nKeep the names.",
  );
  expect(asked?.headers["x-agent"] ?? "").toBe("compaction");
});
