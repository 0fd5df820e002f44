// What the executable's terminal UI says to a terminal, byte by byte: which modes, which colours,
// what it waits for, and that all is as before when it has gone.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { CellGrid } from "@test/support/cell-grid";
import { ExecutableHome } from "@test/support/executable-home";
import { type PtyOptions, PtyProgram } from "@test/support/pty";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";

setDefaultTimeout(180_000);

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

const PLACEHOLDER = "Ask anything";
const SCREEN = "\u001b[?1049h";
const SCREEN_END = "\u001b[?1049l";
const MAIN = join(import.meta.dir, "../../src/main.ts");
const FRAME = "\u001b[?2026h";
const FRAME_END = "\u001b[?2026l";
/** Of an escape sequence of colours: its codes. */
// oxlint-disable-next-line no-control-regex -- escape sequences are what is looked for
const SGR = /\u001b\[([0-9;:]*)m/g;

// oxlint-disable-next-line no-control-regex -- as above
const TITLE = /\u001b\][02];[^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

function start(home: ExecutableHome, options: Partial<PtyOptions> = {}): PtyProgram {
  const { env = {}, ...rest } = options;
  const all = { ...home.env, LANG: "C.UTF-8", ...env };
  return new PtyProgram([executable.path], { cwd: home.project, ...rest, env: all });
}

/** The codes of colours in what was written. */
function colorCodes(text: string): string[] {
  const codes = [...text.matchAll(SGR)].flatMap(([, list = ""]) => colorsIn(list.split(/[;:]/)));
  return [...new Set(codes)];
}

function colorsIn(codes: readonly string[]): string[] {
  const found: string[] = [];
  for (let at = 0; at < codes.length; at++) {
    const code = Number(codes[at]);
    if (code === 38 || code === 48) {
      const isIndexed = codes[at + 1] === "5";
      found.push(isIndexed ? "256" : "truecolor");
      at += isIndexed ? 2 : 4;
    } else if ((code >= 30 && code <= 37) || (code >= 40 && code <= 47)) found.push("16");
    else if ((code >= 90 && code <= 97) || (code >= 100 && code <= 107)) found.push("16");
  }
  return found;
}

test("a terminal that answers nothing sees the first frame all the same", async () => {
  await using home = await ExecutableHome.open(executable.path);
  await using tui = start(home, { isMute: true });
  await tui.untilText(PLACEHOLDER);
});

test("what is typed before the first frame is in it, whole and in order", async () => {
  await using home = await ExecutableHome.open(executable.path);
  for (let n = 0; n < 5; n++) {
    await using tui = start(home);
    const words = `typed${n}ahead`;
    for (const letter of words) tui.write(letter);
    const shown = () => tui.output().split(SCREEN)[1] ?? "";
    await tui.until(() => shown().includes(words));
    tui.write("\u0003");
  }
});

/** An answer as people get it, in pieces of a few letters. */
const ANSWER = [
  "## What was wrong\n\nThe **token** was compared with the `wall` clock, not with the one that",
  " is injected; [see here](http://docs.test/clock).\n\n- first\n- second **thing**\n\n",
  "```ts\nconst now = clock.now();\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n",
].join("");

test("while an answer streams, a frame is one write of the cells that change", async () => {
  const chunks = ANSWER.repeat(4).match(/.{1,7}/gs) ?? [];
  const model = scriptedModel({ turns: [{ text: { chunks, perSecond: 100 } }] });
  await using home = await ExecutableHome.open(executable.path);
  const config = `${home.home}/.config/opencode/opencode.json`;
  await Bun.write(config, JSON.stringify(model.config()));
  // What a terminal answers makes the whole screen be drawn once more.
  await using tui = start(home, { isMute: true });
  await tui.untilText(PLACEHOLDER);
  tui.write("tell me\r");
  await tui.untilText("▣");
  await model.close();
  const [, ...frames] = tui.output().split(FRAME);
  const grid = new CellGrid();
  const drawn = frames.map((frame) => grid.draw(frame.split(FRAME_END)[0] ?? ""));
  expect(drawn.flatMap(({ strange }) => strange)).toEqual([]);
  expect(drawn.flatMap(({ same }) => same)).toEqual([]);
  // Between two frames, once all questions are asked, nothing but the title of the window.
  const began = frames.findIndex((frame) => frame.includes("was wrong"));
  expect(began).toBeGreaterThan(0);
  const outside = frames.slice(began, -1).map((frame) => frame.split(FRAME_END)[1] ?? "");
  expect(outside.map((text) => text.replace(TITLE, "")).join("")).toBe("");
});

test.each([
  ["NO_COLOR", { NO_COLOR: "1" }, []],
  ["16 colours", { TERM: "xterm", COLORTERM: "" }, ["16"]],
  ["256 colours", { TERM: "xterm-256color", COLORTERM: "" }, ["256"]],
  ["24 bit", { TERM: "xterm-256color", COLORTERM: "truecolor" }, ["truecolor"]],
] as const)("colours as the terminal has them: %s", async (_, env, expected) => {
  await using home = await ExecutableHome.open(executable.path);
  await using tui = start(home, { env, isMute: true });
  await tui.untilText(PLACEHOLDER);
  expect(colorCodes(tui.output())).toEqual([...expected]);
});

test.each([
  ["of all colours", {}],
  ["without colours", { NO_COLOR: "1" }],
] as const)("a new size of a terminal %s is drawn", async (_, env) => {
  await using home = await ExecutableHome.open(executable.path);
  await using tui = start(home, { env, isMute: true });
  await tui.untilText(PLACEHOLDER);
  const from = performance.now();
  tui.resize(60, 20);
  await tui.until(() => /╹▀{53}(?!▀)/.test(tui.plain(from)));
});

test.each(["ctrl+c twice", "SIGTERM", "SIGHUP"] as const)("%s: all modes are off", async (how) => {
  await using home = await ExecutableHome.open(executable.path);
  await using tui = start(home);
  await tui.untilText(PLACEHOLDER);
  if (how === "ctrl+c twice") {
    tui.write("\u0003");
    await tui.untilText("again to leave");
    tui.write("\u0003");
  } else tui.kill(how);
  const code = await tui.exited;
  expect(code).toBe({ "ctrl+c twice": 0, SIGTERM: 143, SIGHUP: 129 }[how]);
  expectRestored(tui.output());
  expect(await home.leftRunning()).toEqual([]);
});

test("a fault gives the terminal back, tells where its log is, and loses no draft", async () => {
  await using home = await ExecutableHome.open(executable.path);
  // From source, so that something can be put before it that fails when it is told to.
  // It says of no file that it came from there: what comes from files of people is forgiven.
  const fault = 'Object.assign(new Error("a fault of a test"), { stack: "" })';
  const fails = join(home.home, "fails.ts");
  const now = join(home.home, "now");
  const script = `
    import { existsSync } from "node:fs";
    const looking = setInterval(() => {
      if (!existsSync(${JSON.stringify(now)})) return;
      clearInterval(looking);
      throw ${fault};
    }, 20);
  `;
  await Bun.write(fails, script);
  const argv = [process.execPath, "--preload", fails, MAIN];
  const env = { ...home.env, LANG: "C.UTF-8" };
  const size = { cwd: home.project, env };
  await using tui = new PtyProgram(argv, size);
  await tui.untilText(PLACEHOLDER);
  tui.write("half a thought");
  await tui.untilText("half a thought");
  await Bun.write(now, "");
  expect(await tui.exited).toBe(1);
  expectRestored(tui.output());
  const said = tui.output().slice(tui.output().lastIndexOf(SCREEN_END));
  expect(said).toContain("a fault of a test");
  expect(said).toContain(join(home.dataDirectory, "log"));
  await rm(now);
  await using again = new PtyProgram(argv, size);
  await again.untilText("half a thought");
});

/** No mode is on that a program could have switched on, and the cursor is there. */
function expectRestored(output: string): void {
  for (const mode of ["1049", "1000", "1002", "1003", "1006", "2004", "1004"]) {
    const on = output.lastIndexOf(`\u001b[?${mode}h`);
    const off = output.lastIndexOf(`\u001b[?${mode}l`);
    expect([mode, on === -1 || off > on]).toEqual([mode, true]);
  }
  expect(output.lastIndexOf("\u001b[?25h")).toBeGreaterThan(output.lastIndexOf("\u001b[?25l"));
}
