// What the terminal UI costs a person: until the first frame and the first key, while an answer
// streams, while nothing happens, and with long sessions open. In a terminal of its own that
// answers at once; the model is in another process.

import { PtyProgram } from "@test/support/pty";
import { type Case, MEGABYTE, type Sample, type Subject } from "@test/bench/bench";
import { openHome, type Home } from "@test/bench/home";
import { startModel } from "@test/bench/model-process";
import { ServerProcess } from "@test/bench/server-process";
import { treeUsage } from "@test/bench/usage";

/** Words that no interface uses. */
const LETTERS = "αβγδεζηθικλμνξοπρστυφχψω";
const PLACEHOLDER = "Ask anything";
/** Unlike all else in each of its cells: where two screens agree, nothing is written. */
const VERY_FIRST = "αρχη";
const IDLE_MS = 3_000;
const SETTLED_MS = 5_000;
const WORD = "word ";

export const tuiStartCase: Case = {
  name: "tui-start",
  measures: "the terminal UI from its start until it can be used, and then idle",
  figures: [
    { name: "first paint", unit: "ms", beat: 600 },
    { name: "first key", unit: "ms", beat: 600 },
    { name: "CPU at first paint", unit: "ms", beat: 450 },
    { name: "RSS at first paint", unit: "MB", beat: 120 * MEGABYTE },
    { name: "RSS idle", unit: "MB", beat: 180 * MEGABYTE },
    { name: "bytes idle", unit: "count", beat: 0 },
    { name: "CPU idle, of 1,000 ms", unit: "ms", beat: 5 },
    { name: "echo idle p50", unit: "ms" },
    { name: "echo idle p95", unit: "ms", beat: 16 },
  ],
  runs: 5,
  limitMs: 180_000,
  async measure(subject, signal) {
    await using home = await openHome({ git: true });
    await using tui = start(subject, home);
    const painted = await tui.untilText(PLACEHOLDER, 0, signal);
    const paint = await treeUsage(tui.pid);
    // Not before: a peer may lose what is typed ahead.
    const writtenAt = performance.now();
    tui.write("ω");
    const typed = await tui.until(() => tui.output(writtenAt).includes("ω"), signal);
    await quiet(SETTLED_MS);
    const before = { ...(await treeUsage(tui.pid)), bytes: tui.byteCount };
    await quiet(IDLE_MS);
    const after = await treeUsage(tui.pid);
    const bytes = tui.byteCount - before.bytes;
    const echo = await measureEcho(tui, 50, signal);
    return {
      "first paint": painted - tui.startedAt,
      "first key": typed - tui.startedAt,
      "CPU at first paint": paint.cpuMs,
      "RSS at first paint": paint.rssBytes,
      "RSS idle": after.rssBytes,
      "bytes idle": bytes,
      "CPU idle, of 1,000 ms": ((after.cpuMs - before.cpuMs) / IDLE_MS) * 1_000,
      "echo idle p50": echo.p50,
      "echo idle p95": echo.p95,
    };
  },
};

export const tuiStreamCase: Case = {
  name: "tui-stream",
  measures: "an answer that streams at 50 and at 200 tokens a second, and keys meanwhile",
  figures: [50, 200].flatMap((rate) => [
    { name: `${rate}/s: bytes a token`, unit: "count", beat: rate === 50 ? 60 : 20 },
    { name: `${rate}/s: frames a second`, unit: "count" },
    { name: `${rate}/s: CPU, of 1,000 ms`, unit: "ms", beat: rate === 50 ? 350 : 500 },
    { name: `${rate}/s: echo p50`, unit: "ms" },
    { name: `${rate}/s: echo p95`, unit: "ms", beat: 33 },
    { name: `${rate}/s: echo max`, unit: "ms", beat: 100 },
    { name: `${rate}/s: peak RSS`, unit: "MB" },
  ]),
  runs: 3,
  limitMs: 480_000,
  async measure(subject, signal) {
    return { ...(await stream(subject, 50, signal)), ...(await stream(subject, 200, signal)) };
  },
};

export const tuiAnswerCase: Case = {
  name: "tui-answer",
  measures: "one answer of 20,000 tokens of Markdown: what a token costs at its beginning and end",
  figures: [
    { name: "CPU of 1,000 tokens, beginning", unit: "ms" },
    { name: "CPU of 1,000 tokens, end", unit: "ms" },
    { name: "end of beginning", unit: "percent", beat: 130 },
    { name: "bytes a token", unit: "count" },
    { name: "peak RSS", unit: "MB" },
  ],
  runs: 1,
  limitMs: 240_000,
  measure: longAnswer,
};

export const tuiLongCase: Case = {
  name: "tui-long",
  measures: "sessions of 1,000 and 5,000 messages of 1 KB: to open them, and to reach the first",
  figures: [1_000, 5_000].flatMap((count) => [
    { name: `${count}: opened`, unit: "ms", beat: 300 + 600 },
    { name: `${count}: RSS`, unit: "MB", beat: 250 * MEGABYTE },
    { name: `${count}: first message`, unit: "ms" },
    { name: `${count}: RSS with all loaded`, unit: "MB" },
    { name: `${count}: after scrolling`, unit: "percent", beat: 110 },
    { name: `${count}: page up p50`, unit: "ms" },
    { name: `${count}: page up p95`, unit: "ms", beat: 33 },
    { name: `${count}: echo p95`, unit: "ms", beat: 33 },
  ]),
  runs: 1,
  limitMs: 400_000,
  async measure(subject, signal) {
    return { ...(await long(subject, 1_000, signal)), ...(await long(subject, 5_000, signal)) };
  },
};

function start(subject: Subject, { project, env }: Home, ...args: string[]): PtyProgram {
  return new PtyProgram([...subject.argv, ...args], { cwd: project, env });
}

/** What is measured is the time in which nobody asks anything of the program. */
function quiet(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

interface Echo {
  p50: number;
  p95: number;
  max: number;
}

/** From the writing of a letter until it is in the output, one letter after the other. */
async function measureEcho(tui: PtyProgram, count: number, signal: AbortSignal): Promise<Echo> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const letter = LETTERS[n % LETTERS.length] ?? "α";
    const writtenAt = performance.now();
    tui.write(letter);
    const seenAt = await tui.until(() => tui.output(writtenAt).includes(letter), signal);
    times.push(seenAt - writtenAt);
    await quiet(50);
  }
  return percentiles(times);
}

function percentiles(times: readonly number[]): Echo {
  const sorted = times.toSorted((a, b) => a - b);
  const last = sorted.length - 1;
  const at = (share: number) => sorted[Math.min(last, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

async function stream(subject: Subject, rate: number, signal: AbortSignal): Promise<Sample> {
  const seconds = 12;
  const text = { chunk: WORD, times: rate * seconds, perSecond: rate };
  await using model = await startModel({ turns: [{ text }] });
  await using home = await openHome({ model, git: true });
  await using tui = start(subject, home);
  await tui.untilText(PLACEHOLDER, 0, signal);
  await quiet(SETTLED_MS);
  tui.write("go\r");
  await tui.untilText(WORD.repeat(2), 0, signal);
  // Without keys first: what they cost is not the stream's.
  const from = performance.now();
  const before = { ...(await treeUsage(tui.pid)), bytes: tui.byteCount };
  await quiet(4_000);
  const after = await treeUsage(tui.pid);
  const took = (performance.now() - from) / 1_000;
  const frames = tui.output(from).split("\u001b[?2026h").length - 1;
  const bytes = tui.byteCount - before.bytes;
  const echo = await measureEcho(tui, 60, signal);
  const { peakBytes } = await treeUsage(tui.pid);
  return {
    [`${rate}/s: bytes a token`]: bytes / took / rate,
    [`${rate}/s: frames a second`]: frames / took,
    [`${rate}/s: CPU, of 1,000 ms`]: (after.cpuMs - before.cpuMs) / took,
    [`${rate}/s: echo p50`]: echo.p50,
    [`${rate}/s: echo p95`]: echo.p95,
    [`${rate}/s: echo max`]: echo.max,
    [`${rate}/s: peak RSS`]: peakBytes,
  };
}

/** A heading, prose with marks, a list and code: 200 tokens. */
function section(): string[] {
  const words = (count: number) => Array.from({ length: count }, (_, at) => wordAt(at));
  const item = ["- ", ...words(8), "\n"];
  const line = ["const ", "x", " = ", "f(", "1", ");", "\n"];
  const parts = [
    ["## ", "Part ", "of ", "it", "\n\n"],
    [...words(60), "\n\n", ...words(48), "\n\n"],
    [...item, ...item, ...item, "\n"],
    ["```ts\n", ...line, ...line, ...line, ...line, ...line, ...line, "```\n\n"],
  ];
  return parts.flat();
}

function wordAt(at: number): string {
  if (at % 15 === 7) return "**strong** ";
  return at % 15 === 11 ? "`code` " : WORD;
}

async function longAnswer(subject: Subject, signal: AbortSignal): Promise<Sample> {
  const rate = 300;
  const chunks = section();
  const times = Math.round(20_000 / chunks.length);
  await using model = await startModel({ turns: [{ text: { chunks, times, perSecond: rate } }] });
  await using home = await openHome({ model, git: true });
  await using tui = start(subject, home);
  await tui.untilText(PLACEHOLDER, 0, signal);
  await quiet(SETTLED_MS);
  tui.write("go\r");
  await tui.untilText(WORD.repeat(2), 0, signal);
  const cpuOf = async (seconds: number) => {
    const before = await treeUsage(tui.pid);
    const from = performance.now();
    await quiet(seconds * 1_000);
    const { cpuMs } = await treeUsage(tui.pid);
    return ((cpuMs - before.cpuMs) / (performance.now() - from) / rate) * 1_000_000;
  };
  // Not the very beginning, in which the program itself is still made fast.
  await quiet(2_000);
  const bytesBefore = tui.byteCount;
  const from = performance.now();
  const beginning = await cpuOf(6);
  const bytes = ((tui.byteCount - bytesBefore) / (performance.now() - from) / rate) * 1_000;
  await quiet((20_000 / rate - 16) * 1_000);
  const end = await cpuOf(6);
  const { peakBytes } = await treeUsage(tui.pid);
  return {
    "CPU of 1,000 tokens, beginning": beginning,
    "CPU of 1,000 tokens, end": end,
    "end of beginning": (end / beginning) * 100,
    "bytes a token": bytes,
    "peak RSS": peakBytes,
  };
}

async function long(subject: Subject, count: number, signal: AbortSignal): Promise<Sample> {
  await using model = await startModel({ turns: [] });
  await using home = await openHome({ model, git: true });
  const sessionID = await fill(subject, home, count, signal);
  await using tui = start(subject, home, "-s", sessionID);
  const opened = await tui.untilText(`message ${count - 1} `, 0, signal);
  await quiet(SETTLED_MS);
  const { rssBytes } = await treeUsage(tui.pid);
  const pages: number[] = [];
  for (let n = 0; n < 20; n++) pages.push(await measureFrame(tui, "\u001b[5~", signal));
  const paged = percentiles(pages);
  const from = performance.now();
  tui.write("\u0007");
  const first = await tui.untilText(VERY_FIRST, from, signal);
  const echo = await measureEcho(tui, 30, signal);
  const all = await treeUsage(tui.pid);
  await scrollThrough(tui, count, signal);
  await quiet(SETTLED_MS);
  const scrolled = await treeUsage(tui.pid);
  return {
    [`${count}: opened`]: opened - tui.startedAt,
    [`${count}: RSS`]: rssBytes,
    [`${count}: first message`]: first - from,
    [`${count}: RSS with all loaded`]: all.rssBytes,
    [`${count}: after scrolling`]: (scrolled.rssBytes / all.rssBytes) * 100,
    [`${count}: page up p50`]: paged.p50,
    [`${count}: page up p95`]: paged.p95,
    [`${count}: echo p95`]: echo.p95,
  };
}

/** From a key until the program has written what it does. */
async function measureFrame(tui: PtyProgram, key: string, signal: AbortSignal): Promise<number> {
  const from = performance.now();
  const before = tui.byteCount;
  tui.write(key);
  const at = await tui.until(() => tui.byteCount > before, signal);
  await quiet(80);
  return at - from;
}

/** From the first message to the last and back, twice: two messages are more than a page. */
async function scrollThrough(tui: PtyProgram, count: number, signal: AbortSignal): Promise<void> {
  for (const key of ["\u001b[6~", "\u001b[5~", "\u001b[6~", "\u001b[5~"]) {
    for (let n = 0; n < count / 2; n++) {
      const before = tui.byteCount;
      tui.write(key);
      // At the end there is nothing to write.
      await Promise.race([tui.until(() => tui.byteCount > before, signal), quiet(100)]);
    }
  }
}

/** A session of so many messages of a kilobyte, written over HTTP without a model. */
async function fill(
  subject: Subject,
  home: Home,
  count: number,
  signal: AbortSignal,
): Promise<string> {
  await using server = await ServerProcess.start(subject, home, signal);
  const sessionID = await server.createSession();
  for (let n = 0; n < count; n++) {
    const name = n === 0 ? VERY_FIRST : `message ${n}`;
    const text = `${name} ${"lorem ipsum ".repeat(84)}`;
    await server.note(sessionID, text);
  }
  return sessionID;
}
