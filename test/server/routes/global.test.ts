import { expect, test } from "bun:test";
import { join } from "node:path";
import { version } from "@/base/version";
import { Contract } from "@test/support/contract";
import { EventReader } from "@test/support/event-reader";
import { testApp } from "@test/support/test-app";

test("health tells the version", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { body } = await contract.call("global.health");
  expect(body).toEqual({ healthy: true, version });
});

test("the global stream tells what happens in each directory, with its place", async () => {
  await using t = await testApp({ files: { "below/a.txt": "a" } });
  const contract = await Contract.of(t);
  await using events = await EventReader.open(new URL("/global/event", t.server.url));
  await events.untilType("server.connected");
  await contract.call("session.create", { body: {} });
  await contract.call("session.create", { body: {}, query: { directory: "below" } });
  const first = await events.untilType("session.created");
  const second = await events.untilType("session.created");
  expect(first.data["directory"]).toBe(t.directory);
  expect(second.data["directory"]).toBe(`${t.directory}/below`);
  expect(first.data["project"]).toBe((await t.instance()).project.id);
  for (const { data } of events.frames) contract.checkEvent("global.event", data);
});

test("the global stream stays open when an instance is disposed", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  await using events = await EventReader.open(new URL("/global/event", t.server.url));
  await events.untilType("server.connected");
  await contract.call("instance.dispose");
  await events.untilType("server.instance.disposed");
  await contract.call("session.create", { body: {} });
  await events.untilType("session.created");
});

test("the user's own configuration is changed, and instances follow", async () => {
  await using t = await testApp({ config: { username: "project" } });
  const contract = await Contract.of(t);
  const file = join(t.app.services.paths.config, "opencode.json");
  await Bun.write(file, '{\n  // mine\n  "username": "own",\n  "share": "manual"\n}\n');
  const { body } = await contract.call("global.config.get");
  expect(body).toMatchObject({ username: "own", share: "manual" });
  expect(JSON.stringify(body)).not.toContain("scripted");
  const before = await t.instance();
  await using events = await EventReader.open(new URL("/global/event", t.server.url));
  await events.untilType("server.connected");
  const patch = { share: "disabled" };
  const updated = await contract.call("global.config.update", { body: patch });
  expect(updated.body).toMatchObject({ username: "own", share: "disabled" });
  await events.untilType("server.instance.disposed");
  const last = await events.untilType("global.disposed");
  expect(last.data["directory"]).toBe("global");
  for (const { data } of events.frames) contract.checkEvent("global.event", data);
  const text = await Bun.file(file).text();
  expect(text).toContain("// mine");
  expect((await contract.call("config.get")).body).toMatchObject({
    username: "project",
    share: "disabled",
  });
  const after = await t.instance();
  expect(after).not.toBe(before);
  // What changes nothing disturbs nobody.
  await contract.call("global.config.update", { body: patch });
  expect(await t.instance()).toBe(after);
  await contract.call("global.config.update", { body: { share: 1 }, status: 400 });
  expect(await Bun.file(file).text()).toBe(text);
});

test("a faulty configuration of the user's is named", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  await Bun.write(join(t.app.services.paths.config, "opencode.json"), "{ nonsense");
  const { body } = await contract.call("global.config.get", { status: 400 });
  expect(JSON.stringify(body)).toContain("opencode.json");
});

test("all instances are disposed at once, which is told", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  await t.instance();
  await t.instance(t.home);
  await using events = await EventReader.open(new URL("/global/event", t.server.url));
  await events.untilType("server.connected");
  expect((await contract.call("global.dispose")).body).toBe(true);
  await events.untilType("global.disposed");
  expect(events.types.filter((type) => type === "server.instance.disposed")).toHaveLength(2);
  expect(await t.app.instances.list()).toEqual([]);
});
