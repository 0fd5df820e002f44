import { expect, test } from "bun:test";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("formatters are listed, and off unless the configuration asks for them", async () => {
  await using t = await testApp({ files: { "biome.json": "{}" } });
  const contract = await Contract.of(t);
  const { body } = await contract.call("formatter.status");
  expect(body).toContainEqual(expect.objectContaining({ name: "biome", enabled: false }));
  expect(body).not.toContainEqual(expect.objectContaining({ enabled: true }));
});

test("one that the configuration adds is enabled when its program is there", async () => {
  const command = [process.execPath, "--version"];
  await using t = await testApp({
    config: { formatter: { mine: { command, extensions: [".q"] }, gofmt: { disabled: true } } },
  });
  const contract = await Contract.of(t);
  const { body } = await contract.call("formatter.status");
  expect(body).toContainEqual({ name: "mine", extensions: [".q"], enabled: true });
  expect(body).toContainEqual({ name: "gofmt", extensions: [".go"], enabled: false });
});
