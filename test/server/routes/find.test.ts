import { expect, test } from "bun:test";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

const files = { "src/alpha.ts": "const one = [1, 2];\n", "src/beta.ts": "const two = 2;\n" };

test("text is found by a pattern, commas and brackets included", async () => {
  await using t = await testApp({ files });
  const contract = await Contract.of(t);
  const query = { pattern: "\\[1, 2\\]" };
  const { body } = await contract.call("find.text", { query });
  expect(body).toMatchObject([{ path: { text: "src/alpha.ts" }, line_number: 1 }]);
  await contract.call("find.text", { status: 400 });
  await contract.call("find.text", { query: { pattern: "(" }, status: 400 });
});

test("files and directories are found by name", async () => {
  await using t = await testApp({ files });
  const contract = await Contract.of(t);
  const find = async (query: Record<string, string>) => {
    return (await contract.call("find.files", { query })).body;
  };
  expect(await find({ query: "alpha" })).toEqual(["src/alpha.ts"]);
  expect(await find({ query: "src", type: "directory" })).toEqual(["src/"]);
  expect(await find({ query: "src", dirs: "false", limit: "1" })).toHaveLength(1);
  for (const limit of ["0", "201", "x"]) {
    await contract.call("find.files", { query: { query: "a", limit }, status: 400 });
  }
});
