import { expect, test } from "bun:test";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("the document is JSON whatever is accepted", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { body } = await contract.call("doc.get", { headers: { accept: "text/html" } });
  expect(body).toEqual(contract.document);
});
