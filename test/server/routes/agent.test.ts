import { expect, test } from "bun:test";
import type { Agent } from "@/schema/agent";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("agents are the built-in ones and the configured", async () => {
  await using t = await testApp({ config: { agent: { reviewer: { prompt: "Review." } } } });
  const contract = await Contract.of(t);
  const { body } = await contract.call("app.agents");
  const names = (body as Agent[]).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["build", "plan", "general", "reviewer"]));
});
