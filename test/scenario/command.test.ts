// Slash commands: a template becomes a prompt, or a task for a subagent, with what its shell
// commands print and its files hold, as far as the permissions let it.
import { expect, test } from "bun:test";
import type { CommandInput } from "@/schema/message";
import type { Session } from "@/schema/session";
import { type SessionApp, sessionApp, trace } from "@test/support/session-app";

function run(t: SessionApp, session: Session, input: Partial<CommandInput> & { command: string }) {
  return t.instance.slashCommands.run(session.id, { arguments: "", ...input });
}

/** What the model was asked last. */
function asked(t: SessionApp): string {
  return t.model.requests.at(-1)?.request.messages.at(-1)?.text ?? "";
}

test("a command of a file becomes a prompt of its agent, model and words", async () => {
  const command =
    "---\nagent: helper\nmodel: scripted/other\n---\nGreet $1 and then $2.\nAll: $ARGUMENTS\n";
  await using t = await sessionApp({
    models: ["main", "other"],
    files: { ".opencode/command/greet.md": command },
    config: { agent: { helper: { mode: "primary", prompt: "Help" } } },
    turns: [{ text: "Hello" }],
  });
  const session = t.create();
  const messageID = "msg_0000000000010000";
  const answer = await run(t, session, {
    command: "greet",
    arguments: 'Ada "the others" now',
    messageID,
  });
  expect(answer.info).toMatchObject({ agent: "helper", modelID: "other", parentID: messageID });
  expect(asked(t)).toBe('Greet Ada and then the others now.\nAll: Ada "the others" now');
  expect(t.told("command.executed")).toEqual([
    {
      name: "greet",
      sessionID: session.id,
      arguments: 'Ada "the others" now',
      messageID: answer.info.id,
    },
  ]);
  expect(trace(t.events).at(-1)).toBe("command.executed");
});

test("an unknown command is not found, and the answer names what there is", async () => {
  await using t = await sessionApp();
  const session = t.create();
  await expect(run(t, session, { command: "zzzzzzzz" })).rejects.toMatchObject({
    kind: "not-found",
    message: expect.stringContaining("init, review"),
  });
  await expect(run(t, session, { command: "revew" })).rejects.toMatchObject({
    message: expect.stringContaining("Did you mean review?"),
  });
  expect(t.history(session)).toEqual([]);
});

test("output of shell commands and mentioned files are part of the prompt", async () => {
  const template = "State: !`echo $1; cat b.txt`\nSee @a.txt, @nobody and @explore.";
  await using t = await sessionApp({
    files: { "a.txt": "content of a", "b.txt": "@a.txt in b" },
    config: { command: { look: { template } } },
    turns: [{ text: "Seen" }],
  });
  const session = t.create();
  await run(t, session, { command: "look", arguments: "now" });
  const [prompt] = t.history(session);
  expect(prompt?.parts.map((part) => part.type)).toEqual([
    "text",
    "text",
    "text",
    "file",
    "agent",
    "text",
  ]);
  expect(asked(t)).toContain("State: now\n@a.txt in b\nSee @a.txt, @nobody and @explore.");
  expect(asked(t)).toContain("content of a");
});

test("arguments never become shell commands of the template", async () => {
  await using t = await sessionApp({
    config: { command: { say: { template: "Say $ARGUMENTS" } } },
    turns: [{ text: "Said" }],
  });
  await run(t, t.create(), { command: "say", arguments: "!`touch made`" });
  expect(asked(t)).toBe("Say !`touch made`");
  expect(await Bun.file(`${t.directory}/made`).exists()).toBe(false);
});

test("what a template runs and reads is asked for, and refused when it is denied", async () => {
  await using t = await sessionApp({
    files: { "../secret.txt": "secret" },
    config: {
      permission: { bash: { "touch *": "deny", "ls *": "ask" } },
      command: {
        write: { template: "!`touch made`" },
        list: { template: "!`ls .`" },
        leak: { template: "@../secret.txt" },
      },
    },
    turns: [{ text: "Listed" }],
  });
  const session = t.create();
  await expect(run(t, session, { command: "write" })).rejects.toMatchObject({ kind: "denied" });
  for (const command of ["list", "leak"]) {
    const isAsked = t.next("permission.asked");
    const refused = run(t, session, { command });
    refused.catch(() => undefined);
    t.instance.permissions.reply((await isAsked).id, "reject");
    await expect(refused).rejects.toMatchObject({ kind: "denied" });
  }
  expect(t.history(session)).toEqual([]);
  expect(t.told("permission.asked").map(({ permission }) => permission)).toEqual([
    "bash",
    "external_directory",
  ]);
  const isAsked = t.next("permission.asked");
  const answered = run(t, session, { command: "list" });
  t.instance.permissions.reply((await isAsked).id, "once");
  await answered;
  expect(asked(t)).toContain("opencode.json");
});

test("stopping the session stops a command whose template still runs", async () => {
  await using t = await sessionApp({
    config: {
      permission: { bash: "ask" },
      command: { slow: { template: "!`sleep 600`" } },
    },
  });
  const session = t.create();
  const isAsked = t.next("permission.asked");
  const answered = run(t, session, { command: "slow" });
  answered.catch(() => undefined);
  await isAsked;
  await t.instance.sessions.abort(session.id);
  await expect(answered).rejects.toMatchObject({ name: "AbortError" });
  expect(t.instance.permissions.list()).toEqual([]);
  expect(t.history(session)).toEqual([]);
});

test("a subtask is done by a child session, then the session's own agent goes on", async () => {
  await using t = await sessionApp({
    turns: [{ text: "Two bugs" }, { text: "There are two bugs" }],
  });
  const session = t.create();
  const answer = await run(t, session, { command: "review", arguments: "HEAD" });
  expect(answer.parts).toContainEqual(expect.objectContaining({ text: "There are two bugs" }));
  const [child] = t.instance.sessions.children(session.id);
  expect(child?.title).toBe(
    "review changes [commit|branch|pr], defaults to uncommitted (@build subagent)",
  );
  expect(t.calls(session)).toMatchObject([
    {
      tool: "task",
      state: {
        status: "completed",
        input: { subagent_type: "build", command: "review" },
        output: expect.stringContaining("Two bugs"),
        metadata: { sessionId: child?.id },
      },
    },
  ]);
  const [prompt, task, more] = t.history(session);
  expect(prompt?.parts).toMatchObject([{ type: "subtask", agent: "build", command: "review" }]);
  expect(task?.info).toMatchObject({ role: "assistant", parentID: prompt?.info.id });
  expect(more?.parts).toMatchObject([{ type: "text", synthetic: true }]);
  expect(answer.info).toMatchObject({ agent: "build", parentID: more?.info.id });
  const ofParent = t.events.filter(
    ({ properties }) => "sessionID" in properties && properties.sessionID === session.id,
  );
  expect(trace(ofParent)).toEqual([
    "session.created",
    "message.updated(user)",
    "message.part.updated(subtask)",
    "session.status(busy)",
    "message.updated(assistant)",
    "message.part.updated(tool task running)",
    "message.part.updated(tool task completed)",
    "message.updated(assistant tool-calls completed)",
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
    "command.executed",
  ]);
  expect(t.model.violations).toEqual([]);
});

test("a command of a subagent is a subtask with the model it names, or says no", async () => {
  const commands = {
    find: { template: "Find it", agent: "explore", model: "scripted/other" },
    ask: { template: "Ask it", agent: "explore", subtask: false },
  };
  await using t = await sessionApp({
    models: ["main", "other"],
    config: { command: commands },
    turns: [{ text: "Found" }, { text: "It is there" }, { text: "Asked" }],
  });
  const session = t.create();
  await run(t, session, { command: "find" });
  const [child] = t.instance.sessions.children(session.id);
  expect(child && t.history(child).at(-1)?.info).toMatchObject({
    agent: "explore",
    modelID: "other",
  });
  expect(t.history(session).at(-1)?.info).toMatchObject({ agent: "build", modelID: "main" });
  const answer = await run(t, session, { command: "ask" });
  expect(answer.info).toMatchObject({ agent: "explore", modelID: "main" });
});

test("a subtask that fails or is stopped is told as its result", async () => {
  await using t = await sessionApp({
    turns: [{ status: 400 }, { text: "It failed" }, { text: ["Half", new Promise(() => {})] }],
  });
  const session = t.create();
  const answer = await run(t, session, { command: "review" });
  expect(answer.parts).toContainEqual(expect.objectContaining({ text: "It failed" }));
  expect(t.calls(session)).toMatchObject([{ state: { status: "error" } }]);
  const delta = t.next("message.part.delta");
  const stopped = run(t, session, { command: "review" });
  await delta;
  await t.instance.sessions.abort(session.id);
  expect((await stopped).info).toMatchObject({ error: { name: "MessageAbortedError" } });
  expect(t.instance.runs.status()).toEqual({});
  expect(t.model.violations).toEqual([]);
});

test("init writes AGENTS.md by a run whose prompt has the id that was given", async () => {
  const input = { filePath: "AGENTS.md", content: "- Test: bun test\n" };
  await using t = await sessionApp({
    turns: [{ calls: [{ tool: "write", input }] }, { text: "Written" }, { status: 400 }],
  });
  const session = t.create();
  const model = { providerID: "scripted", modelID: "main" };
  const messageID = "msg_0000000000010000";
  expect(await t.instance.slashCommands.init(session.id, { ...model, messageID })).toBe(true);
  expect(await Bun.file(`${t.directory}/AGENTS.md`).text()).toBe("- Test: bun test\n");
  expect(t.history(session)[0]?.info.id).toBe(messageID);
  const again = t.instance.slashCommands.init(session.id, { ...model, messageID });
  await expect(again).rejects.toMatchObject({ kind: "conflict" });
  const failing = { ...model, messageID: "msg_0000000000020000" };
  expect(await t.instance.slashCommands.init(session.id, failing)).toBe(false);
});

test("a skill is a command by its name", async () => {
  const skill = "---\nname: deploy\ndescription: Deploys\n---\nDeploy with care.\n";
  await using t = await sessionApp({
    files: { ".opencode/skill/deploy/SKILL.md": skill },
    turns: [{ text: "Deployed" }],
  });
  await run(t, t.create(), { command: "deploy", arguments: "to staging" });
  expect(asked(t)).toBe("Deploy with care.\n\nto staging");
});
