// The prompt box of the executable in a real terminal: where the cursor is, what a paste does, the
// person's editor, and what is left of a draft when the program is killed.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { gitRepository, tempDirectory, writeTree } from "@test/support/temp";
import { hasTmux, Tmux } from "@test/support/tmux";

const LIMIT_MS = 90_000;

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
  const open = async (more: Record<string, string> = {}) => {
    const options = { cwd: project, env: { ...env, ...more } };
    const tmux = await Tmux.start(`exec ${executable.path}`, options);
    // The last of what comes by itself, which moves the box.
    await tmux.until("No model is connected");
    return tmux;
  };
  return { directory, open };
}

test.skipIf(!hasTmux)(
  "the terminal's cursor stands where the next character goes",
  async () => {
    const { directory, open } = await place();
    await using _ = directory;
    await using tmux = await open();
    const { x: start, y } = await cursor(tmux);
    const steps: [string, number][] = [
      ["日本語", 6],
      ["x", 7],
      ["é", 8],
    ];
    for (const [text, columns] of steps) {
      await tmux.type(text);
      await tmux.until(text);
      await expectCursor(tmux, start + columns);
      expect((await cursor(tmux)).y).toBe(y);
    }
    for (const columns of [8, 7, 6, 4, 2, 0].slice(1)) {
      await tmux.press("Left");
      await expectCursor(tmux, start + columns);
    }
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
    const before = await tmux.until("a draft");
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
      await Bun.sleep(1_500); // what is typed is written a moment later
      process.kill(Number(await tmux.format("#{pane_pid}")), "SIGKILL");
    }
    await using again = await open();
    await again.until("half a thought, @src/app.ts");
    await again.press("BSpace", "BSpace");
    await again.until((screen) => /half a thought, *\n/.test(screen));
  },
  LIMIT_MS,
);

/** Where the terminal's own cursor is, from 0. */
async function cursor(tmux: Tmux): Promise<{ x: number; y: number }> {
  const [x = 0, y = 0] = (await tmux.format("#{cursor_x} #{cursor_y}")).split(" ").map(Number);
  return { x, y };
}

async function expectCursor(tmux: Tmux, x: number): Promise<void> {
  const deadline = performance.now() + 5_000;
  while ((await cursor(tmux)).x !== x && performance.now() < deadline) await Bun.sleep(20);
  expect((await cursor(tmux)).x).toBe(x);
}
