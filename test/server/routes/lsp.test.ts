import { expect, test } from "bun:test";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("nothing runs, and nothing is known, before a file is touched", async () => {
  await using t = await testApp({ files: { "a.txt": "text" } });
  const contract = await Contract.of(t);
  expect((await contract.call("lsp.status")).body).toEqual([]);
  const query = { query: "anything" };
  expect((await contract.call("find.symbols", { query })).body).toEqual([]);
  await contract.call("find.symbols", { status: 400 });
});
