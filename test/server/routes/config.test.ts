import { expect, test } from "bun:test";
import { join } from "node:path";
import { scripted } from "@test/mcp/support";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("the configuration is shown and changed", async () => {
  await using t = await testApp({ config: { username: "first" } });
  const contract = await Contract.of(t);
  expect((await contract.call("config.get")).body).toMatchObject({ username: "first" });
  const body = { username: "second" };
  expect((await contract.call("config.update", { body })).body).toMatchObject(body);
  expect((await contract.call("config.get")).body).toMatchObject(body);
  await contract.call("config.update", { body: { username: 2 }, status: 400 });
});

test("a change keeps what people wrote, and the running instance follows it", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const path = join(t.directory, "opencode.json");
  const text = await Bun.file(path).text();
  await Bun.write(path, text.replace("{", "{\n  // mine, and to stay\n"));
  await contract.call("instance.dispose");
  await contract.call("mcp.status");
  const body = { mcp: { new: scripted() }, command: { greet: { template: "Hi $1" } } };
  await contract.call("config.update", { body });
  expect(await Bun.file(path).text()).toContain("// mine, and to stay");
  await contract.call("mcp.connect", { params: { name: "new" } });
  expect((await contract.call("mcp.status")).body).toEqual({ new: { status: "connected" } });
  const { body: commands } = await contract.call("command.list");
  expect(commands).toContainEqual(expect.objectContaining({ name: "greet" }));
});

test("the connected providers are listed with their best models", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { body } = await contract.call("config.providers");
  expect(body).toMatchObject({ providers: [{ id: "scripted" }], default: { scripted: "main" } });
});

test("secrets are not shown, and sending back what was shown changes nothing", async () => {
  const options = {
    apiKey: "{env:A_KEY}",
    custom: "{env:PLAIN}",
    baseURL: "https://me:sesame@host.test/v1?api_key=opensesame",
    headers: { "x-team": "team-secret" },
  };
  await using t = await testApp({
    env: { A_KEY: "key-of-the-person", PLAIN: "plain-of-the-person" },
    config: {
      provider: { p: { options, models: { m: { options: { token: "model-secret" } } } } },
      mcp: { s: { type: "local", command: ["run", "--token", "argument"], enabled: false } },
      agent: { a: { description: "A", options: { apiKey: "agent-secret" } } },
    },
  });
  const secrets = /of-the-person|sesame|team-secret|model-secret|argument|agent-secret/;
  const contract = await Contract.of(t);
  const path = join(t.directory, "opencode.json");
  const text = await Bun.file(path).text();
  const { body: shown } = await contract.call("config.get");
  expect(JSON.stringify(shown)).toContain("host.test/v1");
  const { body: answered } = await contract.call("config.update", { body: shown });
  for (const id of ["config.providers", "provider.list", "app.agents", "global.config.get"]) {
    expect(JSON.stringify((await contract.call(id)).body)).not.toMatch(secrets);
  }
  expect(JSON.stringify([shown, answered])).not.toMatch(secrets);
  const written = JSON.parse(await Bun.file(path).text());
  expect(written).toMatchObject(JSON.parse(text));
  expect((await (await t.instance()).config.get()).config.provider?.["p"]?.options).toMatchObject({
    apiKey: "key-of-the-person",
  });
});

test("where the project's files are not used, none is changed", async () => {
  await using t = await testApp({ env: { OPENCODE_DISABLE_PROJECT_CONFIG: "1" } });
  const contract = await Contract.of(t);
  const { body } = await contract.call("config.update", { body: { username: "x" }, status: 409 });
  const message = expect.stringContaining("OPENCODE_DISABLE_PROJECT_CONFIG");
  expect(body).toMatchObject({ data: { message } });
});
