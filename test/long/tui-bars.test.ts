// What the executable's terminal UI keeps to whatever the terminal is and whatever comes in: keys
// typed too early, terminals that answer little, colours, silence, pastes, ways of leaving.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { systemClock } from "@/base/clock";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome } from "@test/support/executable-home";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";
import { hasTmux, Tmux } from "@test/support/tmux";
import { type PtyOptions, PtyProgram, withoutSequences } from "@test/support/pty";

setDefaultTimeout(180_000);

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

const PLACEHOLDER = "Ask anything";
const SCREEN = "\u001b[?1049h";
const FRAME_END = "\u001b[?2026l";
const TRIES = 20;
/** The last of what comes by itself. */
const SETTLED = "No model is connected";
const IDLE_MS = 10_000;

function start(
  home: ExecutableHome,
  options: Partial<PtyOptions> = {},
  args: readonly string[] = [],
): PtyProgram {
  const { env = {}, ...rest } = options;
  const all = { ...home.env, LANG: "C.UTF-8", ...env };
  return new PtyProgram([executable.path, ...args], { cwd: home.project, ...rest, env: all });
}

test("text that is sent at any time after the start is in the prompt, whole", async () => {
  for (let n = 0; n < TRIES; n++) {
    // Each in a home of its own: a draft outlives a program that is killed.
    await using home = await ExecutableHome.open(executable.path);
    await using tui = start(home);
    // From before the program runs until after its first frame, at 50 ms among others.
    await systemClock.sleep(n * 25);
    const words = `typed ${n} ahead`;
    tui.write(words);
    // What the terminal itself echoes is before the switch to the other screen.
    await tui.until(() => withoutSequences(shown(tui)).includes(words));
  }
});

test.skipIf(!hasTmux)("so is what is typed under tmux while the program starts", async () => {
  for (let n = 0; n < TRIES; n++) {
    await using home = await ExecutableHome.open(executable.path);
    const { project: cwd, env } = home;
    await using tmux = await Tmux.start(`exec ${executable.path}`, { cwd, env });
    const words = `typed ${n} ahead`;
    await tmux.type(words);
    await tmux.until(`┃  ${words}`);
  }
});

/** Behind the switch to the other screen. */
function shown(tui: PtyProgram): string {
  return tui.output().split(SCREEN)[1] ?? "";
}

test("a terminal that only says what it is sees the first frame, too", async () => {
  await using home = await ExecutableHome.open(executable.path);
  await using tui = start(home, { isTerse: true });
  await tui.untilText(PLACEHOLDER);
  tui.write("αβγ");
  await tui.untilText("αβγ");
});

test("nothing is written while nothing happens, whether one looks or not", async () => {
  await using home = await ExecutableHome.open(executable.path);
  await using tui = start(home);
  await tui.untilText(SETTLED);
  await quiet(tui, 5_000);
  expect(await written(tui, IDLE_MS)).toBe("");
  tui.write("\u001b[O");
  await quiet(tui, 3_000);
  expect(await written(tui, IDLE_MS)).toBe("");
});

/** Waits until nothing has been written for so long. */
async function quiet(tui: PtyProgram, ms: number): Promise<void> {
  for (let before = -1; before !== tui.byteCount;) {
    before = tui.byteCount;
    await systemClock.sleep(ms);
  }
}

async function written(tui: PtyProgram, ms: number): Promise<string> {
  const from = performance.now();
  await systemClock.sleep(ms);
  return tui.output(from);
}

test("whatever colours a terminal has, the first frame says the same", async () => {
  await using home = await ExecutableHome.open(executable.path);
  const depths: Record<string, string>[] = [
    { NO_COLOR: "1" },
    { TERM: "xterm", COLORTERM: "" },
    { TERM: "xterm-256color", COLORTERM: "" },
    { TERM: "xterm-256color", COLORTERM: "truecolor" },
  ];
  const frames: string[] = [];
  for (const env of depths) {
    await using tui = start(home, { env, isMute: true });
    await tui.untilText(PLACEHOLDER);
    await tui.until(() => shown(tui).includes(FRAME_END));
    const [frame = ""] = shown(tui).split(FRAME_END);
    frames.push(withoutExamples(withoutSequences(frame)));
  }
  const [first = ""] = frames;
  expect(first).toContain(PLACEHOLDER);
  expect(frames).toEqual(frames.map(() => first));
});

/** Another example and tip at each start. */
function withoutExamples(frame: string): string {
  return frame
    .replace(/Ask anything… "[^"]*"/, PLACEHOLDER)
    .replace(/● Tip {2}\S+(?: \S+)*/, "")
    .replace(/\s+/g, " ");
}

test("a light background gives the light colours, a dark one the dark ones", async () => {
  await using home = await ExecutableHome.open(executable.path);
  await using light = start(home, { background: "rgb:ffff/ffff/ffff" });
  await light.until(() => light.output().includes("48;2;255;255;255"));
  await using dark = start(home);
  await dark.until(() => dark.output().includes("48;2;10;10;10"));
});

test("a paste of 5 MB is one chip, and none of its sequences reaches the terminal", async () => {
  await using home = await ExecutableHome.open(executable.path);
  await using tui = start(home);
  await tui.untilText(SETTLED);
  const line = `${"x".repeat(24)}\u001b]52;c;cHduZWQ=\u0007\u001b[2J\u001b]0;pwned\u0007\r\n`;
  const from = performance.now();
  await tui.writeAll(`\u001b[200~${line.repeat(100_000)}\u001b[201~`);
  await tui.untilText("[Pasted ~100000 lines]", from);
  const after = tui.output(from);
  expect(after.split("[Pasted").length - 1).toBe(1);
  expect(after).not.toMatch(/pwned|cHduZWQ|\[2J/);
  tui.write("δεζ");
  await tui.untilText("δεζ", from);
});

/** Unlike all else in each of its cells: where two screens agree, nothing is written. */
const VERY_FIRST = "αρχη";

test.each([1_000, 5_000])("of %d messages the very first is reached by one key", async (count) => {
  await using model = scriptedModel({ turns: [] });
  await using home = await ExecutableHome.open(executable.path, { config: model.config() });
  const sessionID = await fill(home, count);
  await using tui = start(home, {}, ["-s", sessionID]);
  await tui.untilText(`message ${count} `);
  expect(tui.plain()).not.toContain(VERY_FIRST);
  tui.write("\u0007");
  await tui.untilText(VERY_FIRST);
  tui.write("ζηθ");
  await tui.untilText("ζηθ");
});

/** A session of so many messages of a kilobyte, which no model answers. */
async function fill(home: ExecutableHome, count: number): Promise<string> {
  await using server = await home.serve();
  const { id } = (await server.request("POST", "/session", {})) as { id: string };
  for (let n = 1; n <= count; n++) {
    const name = n === 1 ? VERY_FIRST : `message ${n}`;
    const text = `${name} ${"lorem ipsum ".repeat(84)}`;
    const body = { noReply: true, parts: [{ type: "text", text }] };
    await server.request("POST", `/session/${id}/message`, body);
  }
  return id;
}

test.each([
  ["ctrl+d", "\u0004", 0],
  ["the leader and q", "\u0018q", 0],
  ["/exit", "/exit\r", 0],
] as const)("left by %s, all modes are off", async (_, keys, code) => {
  await using home = await ExecutableHome.open(executable.path);
  await using tui = start(home);
  await tui.untilText(SETTLED);
  tui.write(keys);
  expect(await tui.exited).toBe(code);
  expectRestored(tui.output());
  expect(await home.leftRunning()).toEqual([]);
});

test("left when its server was killed, all modes are off", async () => {
  await using home = await ExecutableHome.open(executable.path);
  const server = await home.serve();
  await using tui = start(home, {}, ["attach", server.url.href]);
  await tui.untilText(PLACEHOLDER);
  await server.stop("SIGKILL");
  await tui.untilText("server gone");
  tui.write("\u0003");
  await tui.untilText("again to leave");
  tui.write("\u0003");
  expect(await tui.exited).toBe(0);
  expectRestored(tui.output());
});

/** No mode is on that a program could have switched on, and the cursor is there. */
function expectRestored(output: string): void {
  for (const mode of ["1049", "1000", "1002", "1003", "1006", "2004", "1004", "2031"]) {
    const on = output.lastIndexOf(`\u001b[?${mode}h`);
    const off = output.lastIndexOf(`\u001b[?${mode}l`);
    expect([mode, on === -1 || off > on]).toEqual([mode, true]);
  }
  expect(output.lastIndexOf("\u001b[?25h")).toBeGreaterThan(output.lastIndexOf("\u001b[?25l"));
}
