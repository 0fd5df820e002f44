import { expect, test } from "bun:test";
import type { MessageWithParts } from "@/schema/message";
import type { Session } from "@/schema/session";
import { Contract } from "@test/support/contract";
import { testApp, until } from "@test/support/test-app";

const parts = [{ type: "text", text: "hi" }];

async function createSession(contract: Contract): Promise<{ sessionID: string }> {
  const { body } = await contract.call("session.create", { body: {} });
  return { sessionID: (body as Session).id };
}

async function list(contract: Contract, params: { sessionID: string }) {
  return (await contract.call("session.messages", { params })).body as MessageWithParts[];
}

test("a prompt is answered by the last message of its turn", async () => {
  await using t = await testApp({ turns: [{ text: "Hello" }] });
  const contract = await Contract.of(t);
  const params = await createSession(contract);
  const { body } = await contract.call("session.prompt", { params, body: { parts } });
  const { info } = body as MessageWithParts;
  expect(info).toMatchObject({ role: "assistant", finish: "stop" });
  expect((body as MessageWithParts).parts).toContainEqual(
    expect.objectContaining({ type: "text", text: "Hello" }),
  );
  const message = { ...params, messageID: info.id };
  expect((await contract.call("session.message", { params: message })).body).toEqual(body);
});

test("with noReply a prompt is stored and no model is called", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const params = await createSession(contract);
  const { body } = await contract.call("session.prompt", {
    params,
    body: { parts, noReply: true },
  });
  expect(body).toMatchObject({ info: { role: "user" }, parts: [{ type: "text", text: "hi" }] });
  expect(t.model.requests).toHaveLength(0);
});

test("a prompt need not be waited for", async () => {
  await using t = await testApp({ turns: [{ text: "Hello" }] });
  const contract = await Contract.of(t);
  const params = await createSession(contract);
  const idle = until((await t.instance()).bus, ({ type }) => type === "session.idle");
  await contract.call("session.prompt_async", { params, body: { parts }, status: 204 });
  await idle;
  expect((await list(contract, params)).map(({ info }) => info.role)).toEqual([
    "user",
    "assistant",
  ]);
});

test("pages lead from the newest messages to the oldest", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const params = await createSession(contract);
  for (let count = 0; count < 5; count++) {
    await contract.call("session.prompt", { params, body: { parts, noReply: true } });
  }
  const all = (await list(contract, params)).map(({ info }) => info.id);
  const pages: string[][] = [];
  let link: string | undefined = `/session/${params.sessionID}/message?limit=2`;
  while (link !== undefined) {
    const answer = await t.request("GET", link);
    contract.check("session.messages", answer);
    pages.unshift((answer.body as MessageWithParts[]).map(({ info }) => info.id));
    const next = /^<(.*)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.[1];
    expect(next === undefined).toBe(answer.headers.get("x-next-cursor") === null);
    link = next;
  }
  expect(pages.map((page) => page.length)).toEqual([1, 2, 2]);
  expect(pages.flat()).toEqual(all);
  const unlimited = await contract.call("session.messages", { params, query: { limit: "0" } });
  expect(unlimited.body).toHaveLength(5);
});

test("a cursor that is not ours, or without a limit, is refused", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const params = await createSession(contract);
  for (const text of ["before=bXNnXzE", "before=x&limit=2", "limit=-1", "limit=1&limit=2"]) {
    const answer = await t.request("GET", `/session/${params.sessionID}/message?${text}`);
    contract.check("session.messages", answer);
    expect(answer.status, text).toBe(400);
  }
});

test("messages and parts are removed, and parts replaced", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const params = await createSession(contract);
  const body = { parts: [...parts, { type: "text", text: "more" }], noReply: true };
  await contract.call("session.prompt", { params, body });
  const [message] = await list(contract, params);
  const [first, second] = message?.parts ?? [];
  if (!message || !first || !second) throw new Error("two parts were sent");
  const of = (partID: string) => ({ ...params, messageID: message.info.id, partID });
  const changed = { ...first, text: "changed" };
  const updated = await contract.call("part.update", { params: of(first.id), body: changed });
  expect(updated.body).toEqual(changed);
  await contract.call("part.update", { params: of(second.id), body: changed, status: 400 });
  const unknown = { ...changed, id: "prt_unknown" };
  await contract.call("part.update", { params: of(unknown.id), body: unknown, status: 404 });
  expect((await contract.call("part.delete", { params: of(second.id) })).body).toBe(true);
  expect(await list(contract, params)).toEqual([{ ...message, parts: [changed as typeof first] }]);
  const { partID: _, ...messageParams } = of("");
  expect((await contract.call("session.deleteMessage", { params: messageParams })).body).toBe(true);
  expect(await list(contract, params)).toEqual([]);
  await contract.call("session.message", { params: messageParams, status: 404 });
});

test("what a running session holds is not removed", async () => {
  await using t = await testApp({ turns: [{ text: "half", fault: "hang-mid" }] });
  const contract = await Contract.of(t);
  const params = await createSession(contract);
  await contract.call("session.prompt_async", { params, body: { parts }, status: 204 });
  await t.model.waitForRequest(0);
  const [message] = await list(contract, params);
  const part = message?.parts[0];
  if (!message || !part) throw new Error("a prompt was sent");
  const messageParams = { ...params, messageID: message.info.id };
  const partParams = { ...messageParams, partID: part.id };
  await contract.call("session.deleteMessage", { params: messageParams, status: 409 });
  await contract.call("part.delete", { params: partParams, status: 409 });
  await contract.call("part.update", { params: partParams, body: part, status: 409 });
  await contract.call("session.abort", { params });
});

test("a message id that exists is a conflict, an unknown agent is not found", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const params = await createSession(contract);
  const body = { parts, noReply: true, messageID: "msg_000000000001" };
  await contract.call("session.prompt", { params, body });
  await contract.call("session.prompt", { params, body, status: 409 });
  await contract.call("session.prompt_async", { params, body, status: 409 });
  const { messageID: _, ...fresh } = body;
  await contract.call("session.prompt", {
    params,
    body: { ...fresh, agent: "nobody" },
    status: 404,
  });
});

test("a slash command is answered as its prompt is", async () => {
  await using t = await testApp({
    files: { ".opencode/command/greet.md": "Greet $1.\n" },
    turns: [{ text: "Hello" }],
  });
  const contract = await Contract.of(t);
  const params = await createSession(contract);
  const executed = until((await t.instance()).bus, ({ type }) => type === "command.executed");
  const body = { command: "greet", arguments: "Ada", messageID: "msg_000000000001" };
  const answer = (await contract.call("session.command", { params, body }))
    .body as MessageWithParts;
  expect(answer.info).toMatchObject({ role: "assistant", parentID: "msg_000000000001" });
  expect((await executed).properties).toMatchObject({
    name: "greet",
    arguments: "Ada",
    messageID: answer.info.id,
  });
  await contract.call("session.command", { params, body, status: 409 });
  await contract.call("session.command", { params, body: { command: "greet" }, status: 400 });
  const unknown = { command: "nope", arguments: "" };
  const { body: error } = await contract.call("session.command", {
    params,
    body: unknown,
    status: 404,
  });
  expect(JSON.stringify(error)).toContain("greet");
});

test("a slash command that may not run what it has to is refused", async () => {
  await using t = await testApp({
    config: { permission: { bash: "deny" }, command: { list: { template: "!`ls`" } } },
  });
  const contract = await Contract.of(t);
  const params = await createSession(contract);
  const body = { command: "list", arguments: "" };
  await contract.call("session.command", { params, body, status: 403 });
  expect(await list(contract, params)).toEqual([]);
});

test("a shell command is recorded as a pair of messages", async () => {
  await using t = await testApp({ turns: [{ text: "half", fault: "hang-mid" }] });
  const contract = await Contract.of(t);
  const params = await createSession(contract);
  const body = { agent: "build", command: "echo out" };
  const answer = await contract.call("session.shell", { params, body });
  const [prompt, result] = await list(contract, params);
  expect(prompt?.info.role).toBe("user");
  expect(result).toEqual(answer.body as MessageWithParts);
  expect(result?.parts).toMatchObject([{ tool: "bash", state: { output: "out\n" } }]);
  await contract.call("session.shell", { params, body: { command: "ls" }, status: 400 });
  const nobody = { ...body, agent: "nobody" };
  await contract.call("session.shell", { params, body: nobody, status: 404 });
  await contract.call("session.prompt_async", { params, body: { parts }, status: 204 });
  await t.model.waitForRequest(0);
  await contract.call("session.shell", { params, body, status: 409 });
  await contract.call("session.abort", { params });
});

test("a prompt may ask for JSON of a schema", async () => {
  const input = { name: "Ada" };
  await using t = await testApp({ turns: [{ calls: [{ tool: "StructuredOutput", input }] }] });
  const contract = await Contract.of(t);
  const params = await createSession(contract);
  const schema = { type: "object", properties: { name: { type: "string" } } };
  const format = { type: "json_schema", schema };
  const { body } = await contract.call("session.prompt", { params, body: { parts, format } });
  expect((body as MessageWithParts).info).toMatchObject({ structured: input });
  expect(await list(contract, params)).toHaveLength(2);
});
