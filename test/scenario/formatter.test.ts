// A formatter at work in a turn: after the edit, before anybody is told, and undone with it.
import { expect, test } from "bun:test";
import { symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { sessionApp } from "@test/support/session-app";
import { readTree, type Tree } from "@test/support/temp";

const USES_PRETTIER: Tree = {
  "package.json": JSON.stringify({ devDependencies: { prettier: "*" } }),
  "a.ts": "const a = 1;\n",
};

async function open(content: string) {
  const write = { tool: "edit", input: { filePath: "a.ts", oldString: "1", newString: content } };
  const t = await sessionApp({
    files: USES_PRETTIER,
    git: true,
    config: { permission: "allow", formatter: true, lsp: false },
    turns: [{ calls: [write] }, { text: "Done" }],
  });
  await symlink(resolve(import.meta.dir, "../../node_modules"), join(t.directory, "node_modules"));
  return t;
}

test("the file is formatted when clients hear of it, and undone as a whole", async () => {
  await using t = await open("{b:2}");
  const session = t.create();
  const edited = t.next("file.edited");
  const atEvent = edited.then(() => readTree(t.directory, "a.ts"));
  await t.prompt(session, "Edit");
  expect(await atEvent).toBe("const a = { b: 2 };\n");
  const [call] = t.calls(session);
  expect(call?.state).toMatchObject({
    status: "completed",
    output: expect.stringContaining("a.ts was then changed by a formatter."),
    metadata: { diff: expect.stringContaining("+const a = { b: 2 };\n") },
  });
  const [prompt] = t.history(session);
  await t.instance.reverts.revert(session.id, { messageID: prompt?.info.id ?? "" });
  expect(await readTree(t.directory, "a.ts")).toBe("const a = 1;\n");
});

test("the model reads why a formatter failed, and its edit stays", async () => {
  await using t = await open("{{");
  await t.prompt(t.create(), "Edit");
  expect(await readTree(t.directory, "a.ts")).toBe("const a = {{;\n");
  expect(t.model.requests[1]?.body).toContain("The formatter prettier failed: exit code 2");
});
