// The document, first asked for when files of people have been imported: what they are given under
// names of packages is not what the program's own packages find under them.
import { expect, test } from "bun:test";
import { testApp } from "@test/support/test-app";

const TOOL = `
import { tool } from "@opencode-ai/plugin";
import { z } from "zod";
export default tool({
  description: "Counts",
  args: { upTo: z.number() },
  execute: async ({ upTo }) => String(upTo),
});
`;

test("the document is served after tools of people were imported", async () => {
  await using t = await testApp({ files: { ".opencode/tool/count.ts": TOOL } });
  const { body: ids } = await t.request("GET", "/experimental/tool/ids");
  expect(ids).toContain("count");
  const { status, body } = await t.request("GET", "/doc");
  expect({ status, body }).toMatchObject({ status: 200, body: { openapi: "3.1.1" } });
});
