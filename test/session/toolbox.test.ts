// Which tools a caller is offered, and that the same caller is always told the same.
import { expect, test } from "bun:test";
import type { PermissionRule } from "@/schema/permission";
import type { Caller } from "@/session/toolbox";
import { type SessionApp, sessionApp } from "@test/support/session-app";
import { userMessage } from "@test/storage/fixtures";
import { UNRECORDED } from "@test/support/tool-context";
import { model } from "./support";

async function caller(t: SessionApp, more: Partial<Caller> = {}): Promise<Caller> {
  return {
    session: t.create(),
    agent: await t.instance.agents.get("build"),
    model: model(),
    prompt: userMessage("ses_1", 1),
    ...more,
  };
}

const names = async (t: SessionApp, more: Partial<Caller> = {}) =>
  (await t.instance.toolbox.offered(await caller(t, more))).map(({ id }) => id);

test("the offer is sorted, and the same byte for byte", async () => {
  await using t = await sessionApp();
  const ids = await names(t);
  expect(ids).toEqual(ids.toSorted());
  expect(ids).toContain("edit");
  expect(ids).not.toContain("invalid");
  const [a, b] = await Promise.all([caller(t), caller(t)]);
  const definitions = await t.instance.toolbox.definitions(a);
  expect(JSON.stringify(await t.instance.toolbox.definitions(b))).toBe(JSON.stringify(definitions));
  expect(definitions.map(({ name }) => name)).toEqual(ids);
});

test("models trained on patches get them in place of edits", async () => {
  await using t = await sessionApp();
  const ids = await names(t, { model: { ...model(), id: "gpt-5" } });
  expect(ids).toContain("apply_patch");
  expect(ids).not.toContain("edit");
});

test("switches of the prompt and denials of agent and session hide tools", async () => {
  await using t = await sessionApp();
  const prompt = { ...userMessage("ses_1", 1), tools: { bash: false, read: true } };
  expect(await names(t, { prompt })).not.toContain("bash");
  const permission: PermissionRule[] = [{ permission: "edit", pattern: "*", action: "deny" }];
  const ids = await names(t, { session: t.create({ permission }) });
  expect(ids).not.toContain("edit");
  expect(ids).not.toContain("write");
  const agent = await t.instance.agents.get("explore");
  expect(await names(t, { agent })).toEqual(["bash", "glob", "grep", "job", "read", "webfetch"]);
});

test("a question tool needs somebody to answer", async () => {
  await using t = await sessionApp();
  expect(await names(t)).toContain("question");
  t.instance.questions.policy = "reject";
  expect(await names(t)).not.toContain("question");
});

test("a model that calls no tools is told of none", async () => {
  await using t = await sessionApp();
  const plain = model();
  plain.capabilities.toolcall = false;
  expect(await t.instance.toolbox.definitions(await caller(t, { model: plain }))).toEqual([]);
});

test("task lists the subagents that the caller may start", async () => {
  await using t = await sessionApp({
    config: { agent: { helper: { mode: "subagent", description: "Helps." } } },
  });
  const described = async (more: Partial<Caller> = {}) => {
    const definitions = await t.instance.toolbox.definitions(await caller(t, more));
    return definitions.find(({ name }) => name === "task")?.description;
  };
  expect(await described()).toMatch(/- explore: [^]*- general: [^]*- helper: Helps\./);
  const permission: PermissionRule[] = [{ permission: "task", pattern: "helper", action: "deny" }];
  expect(await described({ session: t.create({ permission }) })).not.toContain("helper");
});

test("all tools are listed by name, and for a model with their schemas", async () => {
  await using t = await sessionApp();
  const ids = await t.instance.toolbox.ids();
  expect(ids).toEqual(ids.toSorted());
  expect(ids).toContain("apply_patch");
  const list = await t.instance.toolbox.list(model());
  expect(list.find(({ id }) => id === "read")?.parameters).toMatchObject({
    type: "object",
    required: ["filePath"],
  });
});

test("what a session has read is remembered for it alone, and forgotten with it", async () => {
  await using t = await sessionApp();
  const { sessions, toolbox } = t.instance;
  const [a, b] = [t.create(), t.create()];
  const reads = toolbox.readsOf(a.id);
  expect(toolbox.readsOf(a.id)).toBe(reads);
  expect(toolbox.readsOf(b.id)).not.toBe(reads);
  await sessions.remove(a.id);
  expect(toolbox.readsOf(a.id)).not.toBe(reads);
});

test("the texts of what was read are kept within a limit for all sessions together", async () => {
  await using t = await sessionApp();
  const { toolbox } = t.instance;
  const state = { mtimeMs: 1, size: 1, hash: "old", text: "x".repeat(500_000) };
  const sessionIDs = Array.from({ length: 8 }, (_, n) => `ses_${n}`);
  for (const sessionID of sessionIDs) {
    for (let n = 0; n < 16; n++) toolbox.readsOf(sessionID).record(`/${n}`, state);
  }
  const changed = { mtimeMs: 2, size: 1, hash: "new" };
  const texts = sessionIDs.toReversed().map((sessionID) => {
    const status = toolbox.readsOf(sessionID).compare("/15", changed);
    return status.type === "changed" && status.text !== undefined;
  });
  expect(texts).toEqual([true, true, true, true, false, false, false, false]);
  expect(toolbox.readsOf("ses_0").compare("/15", state)).toEqual({ type: "same" });
});

test("who wants JSON gets a tool for it, with the schema as it was sent", async () => {
  await using t = await sessionApp();
  const schema = { type: "object", properties: { a: { $ref: "#/$defs/b" } }, $defs: { b: {} } };
  const prompt = { ...userMessage("ses_1", 1), format: { type: "json_schema" as const, schema } };
  const definitions = await t.instance.toolbox.definitions(await caller(t, { prompt }));
  expect(definitions[0]).toMatchObject({ name: "StructuredOutput", parameters: schema });
  expect(await names(t)).not.toContain("StructuredOutput");
});

test("nobody is asked about what a person does", async () => {
  await using t = await sessionApp({ config: { permission: { bash: "deny" } } });
  const { session, agent, prompt } = await caller(t);
  const { signal } = new AbortController();
  const part = { sessionID: session.id, messageID: "msg_1", callID: "c" };
  const live = { report: () => undefined, changes: UNRECORDED };
  const ask = { permission: "bash", patterns: ["ls"], always: [], metadata: {} };
  const owner = { session, agent, prompt, signal };
  const own = await t.instance.toolbox.context(part, { ...owner, byPerson: {} }, live);
  await own.ask(ask);
  const models = await t.instance.toolbox.context(part, owner, live);
  await expect(models.ask(ask)).rejects.toMatchObject({ kind: "denied" });
});
