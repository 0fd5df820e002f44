import { expect, test } from "bun:test";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("skills of the project are listed", async () => {
  const skill = "---\nname: greet\ndescription: Says hello\n---\nSay hello.\n";
  await using t = await testApp({ files: { ".opencode/skill/greet/SKILL.md": skill } });
  const contract = await Contract.of(t);
  const { body } = await contract.call("app.skills");
  expect(body).toMatchObject([{ name: "greet", description: "Says hello" }]);
});
