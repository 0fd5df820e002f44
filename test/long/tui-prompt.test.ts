// The prompt box of the executable in a real terminal: where the cursor is, what a paste does, the
// person's editor, and what is left of a draft when the program is killed.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { readTextIfExists } from "@/base/file";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { gitRepository, tempDirectory, writeTree } from "@test/support/temp";
import { hasTmux, Tmux } from "@test/support/tmux";

const LIMIT_MS = 180_000;

let executable: Executable;
beforeAll(async () => {
  executable = await openExecutable();
}, BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

/** A home and a project, and the program started in it as often as one likes. */
async function place() {
  const directory = await tempDirectory();
  const project = join(directory.path, "project");
  await mkdir(join(directory.path, "home"));
  await gitRepository(project, { "src/app.ts": "export const a = 1;\n" });
  const home = join(directory.path, "home");
  const env = { PATH: process.env["PATH"] ?? "", HOME: home, LANG: "C.UTF-8" };
  const open = async (more: Record<string, string> = {}, shell?: string) => {
    const options = { cwd: project, env: { ...env, ...more } };
    if (shell !== undefined) return Tmux.start(shell, options);
    const tmux = await Tmux.start(`exec ${executable.path}`, options);
    // The last of what comes by itself, which moves the box.
    await tmux.until("No model is connected");
    return tmux;
  };
  return { directory, open };
}

/** The screen with the text on it, once nothing comes by itself any more. */
function atRest(tmux: Tmux, text: string): Promise<string> {
  let last = "";
  return tmux.until((screen) => {
    const isSame = screen === last && screen.includes(text);
    last = screen;
    return isSame;
  });
}

test.skipIf(!hasTmux)(
  "the terminal's cursor stands where the next character goes",
  async () => {
    const { directory, open } = await place();
    await using _ = directory;
    await using tmux = await open();
    const { x: start, y } = await cursor(tmux);
    // Each as an input method commits it, at once; what tmux shows of it; its columns.
    const commits: [text: string, columns: number, shown?: string][] = [
      ["日本語", 6],
      ["x", 1],
      ["e\u0301", 1],
      ["👨‍👩‍👧", 2],
      ["한국", 4],
      ["🇩🇪", 2],
      ["👍🏽", 2, "👍"],
      ["שלום", 4],
      ["❤️", 2],
      ["y", 1],
    ];
    let at = 0;
    let line = "";
    for (const [text, columns, shown = text] of commits) {
      await tmux.type(text);
      line += shown;
      // A heart in colour is narrower there, and leaves a blank.
      await tmux.until((screen) => screen.replace("❤️ ", "❤️").includes(`┃  ${line}`));
      at += columns;
      await expectCursor(tmux, { x: start + at, y });
    }
    // Back over each, one sign at a time, and away with it.
    const signs = [1, 2, 1, 1, 1, 1, 2, 2, 2, 2, 2, 1, 1, 2, 2, 2];
    for (const columns of signs) {
      await tmux.press("Left");
      at -= columns;
      await expectCursor(tmux, { x: start + at, y });
    }
    expect(at).toBe(0);
    await tmux.press("C-e");
    for (let n = 0; n < 7; n++) await tmux.press("BSpace");
    await tmux.until(/┃ {2}日本語xe\u0301👨‍👩‍👧한국🇩🇪\n/);
    // Into the middle, and over the edge of the box.
    await tmux.press("C-a", "Right");
    await tmux.type("間");
    await tmux.until("日間本語");
    await expectCursor(tmux, { x: start + 4, y });
    await tmux.press("C-e");
    await tmux.type("字".repeat(36));
    await tmux.until((screen) => screen.split("字").length === 37);
    const rows = (await tmux.screen()).split("\n");
    const last = rows.findLastIndex((row) => row.includes("字"));
    const width = Bun.stringWidth(rows[last] ?? "");
    await expectCursor(tmux, { x: width, y: last });
  },
  LIMIT_MS,
);

test.skipIf(!hasTmux)(
  "a paste is a chip, and nothing of its escape sequences reaches the terminal",
  async () => {
    const { directory, open } = await place();
    await using _ = directory;
    await using tmux = await open();
    const evil = "\u001b]0;pwned\u0007\u001b[2Jline\r\n".repeat(50);
    await tmux.type(`\u001b[200~${evil}\u001b[201~`);
    const screen = await tmux.until("[Pasted ~50 lines]");
    expect(screen).toContain("Build");
    await tmux.press("BSpace");
    await tmux.until((shown) => !shown.includes("Pasted"));
    await tmux.type("still here");
    await tmux.until("still here");
  },
  LIMIT_MS,
);

test.skipIf(!hasTmux)(
  "the editor gets the terminal and the draft, and gives both back",
  async () => {
    const { directory, open } = await place();
    await using _ = directory;
    const script = join(directory.path, "editor.sh");
    await writeTree(directory.path, {
      "editor.sh": 'printf "EDITOR %s" "$(cat "$1")"\nread answer\nprintf " and more" >> "$1"\n',
    });
    await using tmux = await open({ EDITOR: `sh ${script}` });
    await tmux.type("a draft");
    const before = await atRest(tmux, "a draft");
    await tmux.press("C-x", "e");
    await tmux.until("EDITOR a draft");
    await tmux.press("Enter");
    const after = await tmux.until("a draft and more");
    expect(after.replace(" and more", "").replaceAll(/ +$/gm, "")).toBe(
      before.replaceAll(/ +$/gm, ""),
    );
    await tmux.type("!");
    await tmux.until("a draft and more!");
  },
  LIMIT_MS,
);

test.skipIf(!hasTmux)(
  "ctrl+z gives the terminal to the shell, and fg the same frame back",
  async () => {
    const { directory, open } = await place();
    await using _ = directory;
    await using tmux = await open({}, "exec env PS1='ready> ' bash --norc -i");
    await tmux.until("ready>");
    await tmux.type(`${executable.path}\n`);
    await tmux.until("No model is connected");
    await tmux.type("a draft");
    const before = await atRest(tmux, "a draft");
    await tmux.press("C-z");
    const stopped = await tmux.until("Stopped");
    expect(stopped).not.toContain("a draft");
    expect(await tmux.format("#{alternate_on} #{mouse_any_flag} #{cursor_flag}")).toBe("0 0 1");
    await tmux.type("echo $((40 + 2))\n");
    await tmux.until(/^42$/m);
    await tmux.type("fg\n");
    await tmux.until((screen) => screen === before);
    expect(await tmux.format("#{alternate_on} #{mouse_any_flag} #{cursor_flag}")).toBe("1 1 1");
    await tmux.type("!");
    await tmux.until("a draft!");
  },
  LIMIT_MS,
);

test.skipIf(!hasTmux)(
  "a draft outlives a program that is killed",
  async () => {
    const { directory, open } = await place();
    await using _ = directory;
    {
      await using tmux = await open();
      await tmux.type("half a thought, @src/ap");
      await tmux.until("┃ src/app.ts");
      await tmux.press("Enter");
      await tmux.until("half a thought, @src/app.ts");
      await untilKept(join(directory.path, "home"), "@src/app.ts");
      process.kill(Number(await tmux.format("#{pane_pid}")), "SIGKILL");
    }
    await using again = await open();
    await again.until("half a thought, @src/app.ts");
    await again.press("BSpace", "BSpace");
    await again.until((screen) => /half a thought, *\n/.test(screen));
  },
  LIMIT_MS,
);

/** What is typed is written a moment later. */
async function untilKept(home: string, words: string): Promise<void> {
  const states = new Bun.Glob(".local/state/**/*");
  for (;;) {
    for await (const path of states.scan({ cwd: home, absolute: true, dot: true })) {
      const text = await readTextIfExists(path);
      if (text?.includes(words)) return;
    }
    await Bun.sleep(20);
  }
}

/** Where the terminal's own cursor is, from 0. */
async function cursor(tmux: Tmux): Promise<{ x: number; y: number }> {
  const [x = 0, y = 0] = (await tmux.format("#{cursor_x} #{cursor_y}")).split(" ").map(Number);
  return { x, y };
}

async function expectCursor(tmux: Tmux, expected: { x: number; y: number }): Promise<void> {
  const deadline = performance.now() + 30_000;
  const isThere = async () => Bun.deepEquals(await cursor(tmux), expected);
  while (!(await isThere()) && performance.now() < deadline) await Bun.sleep(20);
  expect(await cursor(tmux)).toEqual(expected);
}
