// The draft in the person's own editor: a real program gets the file.
import { describe, expect, test } from "bun:test";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { chipDraft, draftText, plainDraft, replaceRange } from "@/tui/prompt/draft";
import { chipsAgain, editDraft, editorCommand, openFile } from "@/tui/prompt/external-editor";
import { promptScreen } from "@test/support/prompt-screen";
import { testScreen } from "@test/support/screen";
import { tempDirectory, writeTree } from "@test/support/temp";

const FILE = chipDraft({ type: "file", path: "src/a.ts" });
const PASTE = chipDraft({ type: "paste", text: "1\n2\n3\n" });

const PATH = process.env["PATH"] ?? "";

test("VISUAL comes before EDITOR, blanks are none", () => {
  expect(editorCommand({ VISUAL: "code --wait", EDITOR: "vi" })).toBe("code --wait");
  expect(editorCommand({ VISUAL: " ", EDITOR: "vi" })).toBe("vi");
  expect(editorCommand({})).toBeUndefined();
});

describe("editing", () => {
  test("the program gets the text with pastes in full, and its own options", async () => {
    await using directory = await tempDirectory();
    await using screen = await testScreen({ env: { PATH } });
    const draft = replaceRange(replaceRange(plainDraft("see  "), 4, 4, FILE), 13, 13, PASTE);
    await writeTree(directory.path, {
      "editor.sh": 'test "$1" = --wait || exit 9\nsed -i "s/see/read/" "$2"\necho "3" >> "$2"\n',
    });
    const command = `sh ${join(directory.path, "editor.sh")} --wait`;
    const edited = await editDraft(screen.ui, command, draft);
    expect(draftText(edited)).toBe("read @src/a.ts1\n2\n3\n 3");
    expect(edited.chips.map(({ chip }) => chip.type)).toEqual(["file"]);
  });

  test("an editor that fails leaves the draft as it is", async () => {
    const env = { EDITOR: "false", PATH };
    const { screen, prompt, type } = await promptScreen({ env });
    await using _ = screen;
    await type("half a thought");
    prompt.run("prompt.editor");
    await screen.until(() => screen.toasts.length > 0);
    expect(screen.toasts.join()).toContain("exit code 1");
    expect(prompt.text).toBe("half a thought");
  });

  test("an emptied file clears, and no editor at all is told of", async () => {
    const { screen, prompt, type } = await promptScreen({
      env: { EDITOR: "truncate -s 0", PATH },
    });
    await using _ = screen;
    await type("gone");
    prompt.run("prompt.editor");
    await screen.until(() => prompt.text === "");
    const { screen: other, prompt: without } = await promptScreen();
    await using __ = other;
    without.run("prompt.editor");
    await other.until(() => other.toasts.length > 0);
    expect(other.toasts.join()).toContain("$EDITOR");
  });
});

test.each([
  ["vi", ["+7", "a b.ts"]],
  ["code --wait", ["--wait", "-g", "a b.ts:7"]],
  ["zed", ["a b.ts:7"]],
])("a file is opened in %s at its line", async (editor, wanted) => {
  await using directory = await tempDirectory();
  const [program = ""] = editor.split(" ");
  await writeTree(directory.path, {
    [program]: `#!/bin/sh\nprintf '%s\\n' "$@" > "${join(directory.path, "said")}"\n`,
    "a b.ts": "1\n",
  });
  await chmod(join(directory.path, program), 0o755);
  const env = { EDITOR: editor, PATH: `${directory.path}:${PATH}` };
  await using screen = await testScreen({ env });
  await openFile(screen.ui, join(directory.path, "a b.ts"), 7);
  const said = await readFile(join(directory.path, "said"), "utf8");
  expect(said.replaceAll(`${directory.path}/`, "").trimEnd().split("\n")).toEqual(wanted);
});

test("a file that is not there, or no editor, is told of", async () => {
  await using screen = await testScreen({ env: { EDITOR: "false", PATH } });
  await expect(openFile(screen.ui, "/nowhere/a.ts")).rejects.toThrow("no file /nowhere/a.ts");
  await using other = await testScreen();
  await expect(openFile(other.ui, import.meta.path)).rejects.toThrow("$EDITOR");
});

test("labels that are still there are chips again, in their order", () => {
  const before = replaceRange(FILE, 0, 0, FILE);
  const after = chipsAgain("x @src/a.ts y", before);
  expect(after.chips).toEqual([{ start: 2, end: 11, chip: { type: "file", path: "src/a.ts" } }]);
  expect(chipsAgain("nothing", before).chips).toEqual([]);
});
