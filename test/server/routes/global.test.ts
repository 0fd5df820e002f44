import { expect, test } from "bun:test";
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
