import { expect, test } from "bun:test";
import type { PermissionRequest } from "@/schema/permission";
import type { Session } from "@/schema/session";
import { Contract } from "@test/support/contract";
import { type TestApp, testApp, until } from "@test/support/test-app";

const call = { calls: [{ tool: "bash", input: { command: "echo hi", description: "greets" } }] };
const options = { config: { permission: { bash: "ask" as const } } };
const parts = [{ type: "text", text: "hi" }];

/** Prompts until the model's call waits for consent. */
async function ask(t: TestApp, contract: Contract) {
  const { bus } = await t.instance();
  const asked = until(bus, ({ type }) => type === "permission.asked");
  const idle = until(bus, ({ type }) => type === "session.idle");
  const { body } = await contract.call("session.create", { body: {} });
  const params = { sessionID: (body as Session).id };
  await contract.call("session.prompt_async", { params, body: { parts }, status: 204 });
  await asked;
  const open = (await contract.call("permission.list")).body as PermissionRequest[];
  return { ...params, id: open[0]?.id ?? "", idle };
}

test("a request is listed and answered once; a second answer is a conflict", async () => {
  await using t = await testApp({ ...options, turns: [call, { text: "done" }] });
  const contract = await Contract.of(t);
  const { id: requestID, idle } = await ask(t, contract);
  const reply = { params: { requestID }, body: { reply: "once" } };
  expect((await contract.call("permission.reply", reply)).body).toBe(true);
  await contract.call("permission.reply", { ...reply, status: 409 });
  await idle;
  expect((await contract.call("permission.list")).body).toEqual([]);
});

test("the session's route answers too, and remember makes once an always", async () => {
  await using t = await testApp({ ...options, turns: [call, call, { text: "done" }] });
  const contract = await Contract.of(t);
  const { id: permissionID, sessionID, idle } = await ask(t, contract);
  const params = { sessionID, permissionID };
  const body = { response: "once", remember: true };
  expect((await contract.call("permission.respond", { params, body })).body).toBe(true);
  await contract.call("permission.respond", { params, body, status: 409 });
  await idle;
  expect(t.model.requests).toHaveLength(3);
});

test("unknown requests are not found, unknown answers refused", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const params = { requestID: "per_unknown" };
  await contract.call("permission.reply", { params, body: { reply: "once" }, status: 404 });
  await contract.call("permission.reply", { params, body: { reply: "maybe" }, status: 400 });
  const { body } = await contract.call("session.create", { body: {} });
  const sessionID = (body as Session).id;
  const both = { sessionID, permissionID: "per_unknown" };
  const answer = { response: "once" };
  await contract.call("permission.respond", { params: both, body: answer, status: 404 });
});
