import { expect, test } from "bun:test";
import { systemClock } from "@/base/clock";
import type { Config } from "@/schema/config";
import type { McpResource } from "@/schema/mcp";
import { RemoteServer } from "@test/mcp/remote-server";
import { published, scripted } from "@test/mcp/support";
import { Contract } from "@test/support/contract";
import { freePort } from "@test/support/free-port";
import { testApp, until } from "@test/support/test-app";

const setup = async (mcp: Config["mcp"] = {}) => {
  const t = await testApp({ config: { mcp } });
  // For a machine that has other things to do.
  await (await t.instance()).mcp.ready(undefined, 30_000);
  return {
    t,
    contract: await Contract.of(t),
    [Symbol.asyncDispose]: () => t[Symbol.asyncDispose](),
  };
};

test("servers of the configuration are started and their status told", async () => {
  await using s = await setup({ good: scripted(), bad: scripted({ dieSaying: "no" }) });
  const { body } = await s.contract.call("mcp.status");
  expect(body).toEqual({
    bad: { status: "failed", error: "its program exited with code 7: no" },
    good: { status: "connected" },
  });
});

test("what became of a server, and what its program said, is told in lines", async () => {
  await using s = await setup({ good: scripted(), bad: scripted({ dieSaying: "no\nlicence" }) });
  const lines = async (name: string) => {
    const { body } = await s.contract.call("experimental.mcp.log", { params: { name } });
    return (body as { text: string }[]).map(({ text }) => text);
  };
  expect(await lines("good")).toEqual(["connected, 9 tools"]);
  const said = await lines("bad");
  expect(said.slice(0, 2)).toEqual(["no", "licence"]);
  expect(said[2]).toBe("not connected: its program exited with code 7: no");
  await s.contract.call("experimental.mcp.log", { params: { name: "gone" }, status: 404 });
});

test("a server is added, disconnected and connected", async () => {
  await using s = await setup();
  const body = { name: "new", config: scripted() };
  expect((await s.contract.call("mcp.add", { body })).body).toEqual({
    new: { status: "connected" },
  });
  const params = { name: "new" };
  expect((await s.contract.call("mcp.disconnect", { params })).body).toBe(true);
  expect((await s.contract.call("mcp.status")).body).toEqual({ new: { status: "disabled" } });
  expect((await s.contract.call("mcp.connect", { params })).body).toBe(true);
  expect((await s.contract.call("mcp.status")).body).toEqual({ new: { status: "connected" } });
});

test("what is wrong with a request is told", async () => {
  await using s = await setup({ local: scripted() });
  const config = { type: "local", command: "not a list" };
  await s.contract.call("mcp.add", { body: { name: "x", config }, status: 400 });
  await s.contract.call("mcp.add", { body: { name: "", config: scripted() }, status: 400 });
  const unknown = { params: { name: "gone" }, status: 404 };
  for (const id of ["mcp.connect", "mcp.disconnect", "mcp.auth.start", "mcp.auth.remove"]) {
    await s.contract.call(id, unknown);
  }
  await s.contract.call("mcp.auth.authenticate", unknown);
  await s.contract.call("mcp.auth.callback", { ...unknown, body: { code: "x" } });
  const params = { name: "local" };
  const { body } = await s.contract.call("mcp.auth.start", { params, status: 400 });
  expect(body).toHaveProperty(
    "data.message",
    "MCP server local is a local program: there is no login to it",
  );
  await s.contract.call("mcp.auth.callback", { params, body: { code: "x" }, status: 400 });
});

test("a person logs in with the code, by the browser, and out", async () => {
  await using remote = new RemoteServer({
    clock: systemClock,
    needsLogin: true,
    lifetimeSeconds: 3_600,
  });
  const callbackPort = await freePort();
  await using s = await setup({ r: { type: "remote", url: remote.url, oauth: { callbackPort } } });
  const params = { name: "r" };
  expect((await s.contract.call("mcp.status")).body).toEqual({ r: { status: "needs_auth" } });
  const started = await s.contract.call("mcp.auth.start", { params });
  const { authorizationUrl } = started.body as { authorizationUrl: string };
  const code = await remote.consent(authorizationUrl);
  const finished = await s.contract.call("mcp.auth.callback", { params, body: { code } });
  expect(finished.body).toEqual({ status: "connected" });
  await s.contract.call("mcp.auth.callback", { params, body: { code }, status: 400 });
  expect((await s.contract.call("mcp.auth.remove", { params })).body).toEqual({ success: true });
  expect((await s.contract.call("mcp.status")).body).toEqual({ r: { status: "needs_auth" } });
  const instance = await s.t.instance();
  const asked = until(instance.bus, ({ type }) => type === "mcp.browser.open.failed");
  const whole = s.contract.call("mcp.auth.authenticate", { params });
  const { properties } = await asked;
  await fetch(await remote.consent((properties as { url: string }).url));
  expect((await whole).body).toEqual({ status: "connected" });
});

test("what servers let models read is listed", async () => {
  const templates = [{ uriTemplate: "x://{id}", name: "x" }];
  await using s = await setup({ good: scripted({ templates }) });
  expect((await s.contract.call("experimental.resource.list")).body).toEqual({});
  expect((await s.contract.call("experimental.resource.templates")).body).toEqual({
    "good:x://{id}": { uriTemplate: "x://{id}", name: "x", client: "good" },
  });
});

test("a prompt of a server is a command, a resource is read when it is attached", async () => {
  await using s = await setup({ all: published("everything", "stdio") });
  const { contract, t } = s;
  const { body: commands } = await contract.call("command.list");
  expect(commands).toContainEqual(
    expect.objectContaining({ name: "all:args-prompt", source: "mcp", hints: ["$1", "$2"] }),
  );
  t.model.push({ text: "Fine" });
  const { body: session } = await contract.call("session.create", { body: { title: "T" } });
  const params = { sessionID: (session as { id: string }).id };
  const command = { command: "all:args-prompt", arguments: "Oslo" };
  await contract.call("session.command", { params, body: command });
  expect(t.model.requests[0]?.body).toContain("Oslo");
  await contract.call("session.command", {
    params,
    body: { ...command, arguments: "" },
    status: 400,
  });
  const { body: resources } = await contract.call("experimental.resource.list");
  const [resource] = Object.values(resources as Record<string, McpResource>);
  const { client: clientName = "", uri = "" } = resource ?? {};
  const text = { value: "@it", start: 0, end: 3 };
  const source = { type: "resource", clientName, uri, text };
  const parts = [{ type: "file", mime: "text/plain", url: uri, source }];
  const { body } = await contract.call("session.prompt", {
    params,
    body: { noReply: true, parts },
  });
  expect(body).toMatchObject({ parts: [{ synthetic: true }, { synthetic: true }, { source }] });
});
