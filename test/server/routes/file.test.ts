import { expect, test } from "bun:test";
import { writeTree } from "@test/support/temp";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("files are listed, read, and told when they changed", async () => {
  await using t = await testApp({ files: { "src/a.txt": "hello\n" } });
  const contract = await Contract.of(t);
  const list = await contract.call("file.list", { query: { path: "src" } });
  expect(list.body).toMatchObject([{ name: "a.txt", path: "src/a.txt", type: "file" }]);
  const read = await contract.call("file.read", { query: { path: "src/a.txt" } });
  expect(read.body).toMatchObject({ type: "text", content: "hello" });
  expect((await contract.call("file.status")).body).toEqual([]);
  await writeTree(t.directory, { "src/a.txt": "changed\n" });
  const changed = [{ path: "src/a.txt", added: 1, removed: 1, status: "modified" }];
  expect((await contract.call("file.status")).body).toEqual(changed);
});

test("nothing outside of the project is read", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  for (const path of ["../home", "/etc/passwd", "../../etc/passwd"]) {
    const { status } = await t.request("GET", `/file/content?path=${encodeURIComponent(path)}`);
    expect([400, 403, 404]).toContain(status);
  }
  await contract.call("file.read", { status: 400 });
});
