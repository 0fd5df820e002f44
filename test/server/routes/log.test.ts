import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("a client's line is in the log under its service, and cannot pass for another", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const extra = { level: "ERROR", place: 1 };
  const body = { service: "client", level: "warn", message: "odd", extra };
  expect((await contract.call("app.log", { body })).body).toBe(true);
  await t.app.services.log.close();
  const directory = t.app.services.paths.log;
  const [file] = await readdir(directory);
  const lines = (await Bun.file(join(directory, file ?? "")).text()).trim().split("\n");
  const line = lines.map((text) => JSON.parse(text)).find(({ service }) => service === "client");
  expect(line).toMatchObject({ level: "WARN", message: "odd", extra });
});

test("a line without a known level is refused", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const body = { service: "client", level: "loud", message: "odd" };
  await contract.call("app.log", { body, status: 400 });
});
