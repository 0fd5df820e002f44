import { expect, test } from "bun:test";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("commands are the built-in ones and those of the project", async () => {
  const files = { ".opencode/command/greet.md": "---\ndescription: Greets\n---\nSay $1.\n" };
  await using t = await testApp({ files });
  const contract = await Contract.of(t);
  const { body } = await contract.call("command.list");
  expect(body).toContainEqual(expect.objectContaining({ name: "init" }));
  expect(body).toContainEqual(expect.objectContaining({ name: "greet", hints: ["$1"] }));
});
