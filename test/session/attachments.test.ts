// A file that a person attaches is read as every file is, but nobody is asked for permission.
import { expect, test } from "bun:test";
import { symlink } from "node:fs/promises";
import { sessionApp } from "@test/support/session-app";

test("the person has allowed it, and the model may then edit it", async () => {
  await using t = await sessionApp({
    config: { permission: { read: "deny", external_directory: "deny", edit: "allow" } },
    files: { "a.txt": "    one\n" },
    turns: [
      {
        calls: [
          { tool: "edit", input: { filePath: "a.txt", oldString: "one\n", newString: "two\n" } },
        ],
      },
      { text: "Done" },
    ],
  });
  await Bun.write(`${t.root}/outside.txt`, "out there");
  const session = t.create();
  await t.prompt(session, "", {
    parts: ["project/a.txt", "outside.txt"].map((name) => ({
      type: "file",
      mime: "text/plain",
      url: `file://${t.root}/${name}`,
    })),
  });
  expect(t.model.requests[0]?.body).toContain("out there");
  expect(t.calls(session)).toMatchObject([{ state: { status: "completed" } }]);
  expect(t.instance.toolbox.readsOf(session.id).find(`${t.directory}/a.txt`)).toBeDefined();
});

test.each([false, true])("a link out of a project that is trusted: %p", async (trust) => {
  await using t = await sessionApp({ trust, turns: [{ text: "Read" }] });
  await Bun.write(`${t.root}/outside.txt`, "out there");
  await symlink("../outside.txt", `${t.directory}/link.txt`);
  const session = t.create();
  const url = `file://${t.directory}/link.txt`;
  await t.prompt(session, "", { parts: [{ type: "file", mime: "text/plain", url }] });
  const body = t.model.requests[0]?.body ?? "";
  expect(body.includes("out there")).toBe(trust);
  expect(body.includes(`not trusted, to ${t.root}/outside.txt`)).toBe(!trust);
});
