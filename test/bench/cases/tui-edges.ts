// What the terminal UI costs at its edges: a terminal that answers nothing, a paste of five
// megabytes, leaving; and whether it grows with the turns that it has shown.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PtyProgram } from "@test/support/pty";
import { type Case, MEGABYTE, type Sample, type Subject } from "@test/bench/bench";
import { openHome, type Home } from "@test/bench/home";
import { startModel } from "@test/bench/model-process";
import { treeUsage } from "@test/bench/usage";

const PLACEHOLDER = "Ask anything";
const NAME = "╭──╮";
const PASTE_LINES = 100_000;
/** Of 50 bytes with its end: 5 MB in all. */
const PASTE_LINE = `${"0123456789".repeat(4)} 2345678\r\n`;
const SETTLED_MS = 4_000;
const SIZES = [
  [160, 50],
  [40, 10],
  [120, 36],
] as const;
// oxlint-disable-next-line no-control-regex -- an escape sequence is what is looked for
const TITLE = /\u001b\][02];(⠹ )?opencode/g;
const BUSY = "⠹ ";
const NEW_SESSION = "\u0018n";
const TURNS = 250;
/** Then a new session begins: what grows with a history is the history's. */
const SESSION_TURNS = 5;
/** By then as many sessions are remembered as ever are, and what stays is warm. */
const WARM_TURNS = 150;
/** After it what drawing left behind has been collected. */
const REST_MS = 5_000;

export const tuiEdgesCase: Case = {
  name: "tui-edges",
  measures:
    "the terminal UI in a mute terminal, new sizes, a paste of 5 MB, and how long it takes to go",
  figures: [
    { name: "first paint, mute", unit: "ms", beat: 700 },
    { name: "new size drawn", unit: "ms", beat: 80 },
    { name: "frames a size", unit: "count", beat: 1 },
    { name: "paste of 5 MB", unit: "ms", beat: 200 },
    { name: "RSS after it", unit: "MB" },
    { name: "left", unit: "ms", beat: 300 },
  ],
  runs: 5,
  limitMs: 60_000,
  async measure(subject, signal) {
    await using home = await openHome({ git: true });
    await using mute = start(subject, home, { isMute: true });
    const painted = (await mute.untilText(NAME, 0, signal)) - mute.startedAt;
    await using tui = start(subject, home);
    await tui.untilText(PLACEHOLDER, 0, signal);
    await quiet(SETTLED_MS);
    const resized = await resize(tui, signal);
    await tui.writeAll(`\u001b[200~${PASTE_LINE.repeat(PASTE_LINES)}`);
    const from = performance.now();
    tui.write("\u001b[201~");
    const pasted = (await tui.untilText(`[Pasted ~${PASTE_LINES} lines]`, 0, signal)) - from;
    const { rssBytes } = await treeUsage(tui.pid);
    tui.write("\u0003");
    await quiet(500);
    const leftAt = performance.now();
    tui.write("\u0004");
    await tui.exited;
    return {
      "first paint, mute": painted,
      "new size drawn": resized.ms,
      "frames a size": resized.frames,
      "paste of 5 MB": pasted,
      "RSS after it": rssBytes,
      left: performance.now() - leftAt,
    };
  },
};

export const tuiSoakCase: Case = {
  name: "tui-soak",
  measures: `${TURNS} turns with a tool call each, ${SESSION_TURNS} in each session`,
  figures: [
    { name: "RSS after three fifths", unit: "MB" },
    { name: "RSS at the end", unit: "MB", beat: 300 * MEGABYTE },
    { name: "end of three fifths", unit: "percent", beat: 110 },
    { name: "turns shown", unit: "count" },
    { name: "errors in the log", unit: "count", beat: 0 },
  ],
  runs: 1,
  limitMs: 600_000,
  async measure(subject, signal) {
    const call = { tool: "bash", input: { command: "seq 40", description: "Count" } };
    const turn = [{ text: "I count.", calls: [call] }, { text: "Forty **rows**.\n\n- a\n- b\n" }];
    const turns = Array.from({ length: TURNS }, () => turn).flat();
    await using model = await startModel({ turns });
    await using home = await openHome({ model, git: true });
    await using tui = start(subject, home);
    await tui.untilText(PLACEHOLDER, 0, signal);
    await quiet(SETTLED_MS);
    let warm = 0;
    for (let n = 1; n <= TURNS; n++) {
      const from = performance.now();
      tui.write(`turn ${n}\r`);
      await tui.until(() => hasEnded(tui.output(from)), signal);
      if (n % SESSION_TURNS === 0) await startAnew(tui, signal);
      if (n !== WARM_TURNS) continue;
      await quiet(REST_MS);
      warm = (await treeUsage(tui.pid)).rssBytes;
    }
    await quiet(REST_MS);
    const { rssBytes } = await treeUsage(tui.pid);
    await model.finish(TURNS * 2);
    return {
      "RSS after three fifths": warm,
      "RSS at the end": rssBytes,
      "end of three fifths": (rssBytes / warm) * 100,
      "turns shown": TURNS,
      "errors in the log": await countErrors(home),
    } satisfies Sample;
  },
};

/** Whether a turn has begun and ended since, as the title of the window tells. */
function hasEnded(output: string): boolean {
  const titles = [...output.matchAll(TITLE)].map(([, sign]) => sign ?? "");
  return titles.includes(BUSY) && titles.at(-1) === "";
}

async function startAnew(tui: PtyProgram, signal: AbortSignal): Promise<void> {
  const from = performance.now();
  tui.write(NEW_SESSION);
  await tui.untilText(PLACEHOLDER, from, signal);
}

/** From a new size until its frame, and how many frames each of three sizes took. */
async function resize(
  tui: PtyProgram,
  signal: AbortSignal,
): Promise<{ ms: number; frames: number }> {
  const from = performance.now();
  let ms = 0;
  for (const [columns, rows] of SIZES) {
    const at = performance.now();
    const before = tui.byteCount;
    tui.resize(columns, rows);
    ms += (await tui.until(() => tui.byteCount > before, signal)) - at;
    await quiet(500);
  }
  const frames = tui.output(from).split("\u001b[?2026l").length - 1;
  return { ms: ms / SIZES.length, frames: frames / SIZES.length };
}

function start(
  subject: Subject,
  { project, env }: Home,
  options: { isMute?: boolean } = {},
): PtyProgram {
  return new PtyProgram([...subject.argv], { cwd: project, env, ...options });
}

function quiet(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Lines of the program's log that tell of an error. */
async function countErrors({ env }: Home): Promise<number> {
  const data = env["XDG_DATA_HOME"] ?? join(env["HOME"] ?? "", ".local/share");
  const directory = join(data, "opencode/log");
  const names = await readdir(directory);
  const logs = await Promise.all(names.map((name) => readFile(join(directory, name), "utf8")));
  return logs.flatMap((log) => log.split("\n")).filter((line) => /^\S*ERROR|"error"/.test(line))
    .length;
}
