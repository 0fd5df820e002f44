import { expect, test } from "bun:test";
import type { ToolList } from "@/schema/tool";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("tools are listed by id, and for a model with their parameters", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const ids = (await contract.call("tool.ids")).body;
  expect(ids).toEqual(expect.arrayContaining(["bash", "read", "edit", "write", "apply_patch"]));
  const query = { provider: "scripted", model: "main" };
  const tools = (await contract.call("tool.list", { query })).body as ToolList;
  expect(tools).toContainEqual(
    expect.objectContaining({
      id: "read",
      parameters: expect.objectContaining({ type: "object" }),
    }),
  );
  await contract.call("tool.list", { query: { ...query, model: "nope" }, status: 404 });
  await contract.call("tool.list", { query: { provider: "scripted" }, status: 400 });
});
