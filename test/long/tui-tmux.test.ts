// The terminal UI of the executable, used under tmux as a person uses it: a whole session, and what
// becomes of the terminal.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createTestRenderer } from "@opentui/core/testing";
import { listDescendants } from "@/base/process";
import { createSyntaxStyle } from "@/tui/theme/syntax-style";
import { Themes } from "@/tui/theme/themes";
import { MarkdownColumn } from "@/tui/views/markdown-column";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome } from "@test/support/executable-home";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";
import type { Chunk, ScriptedTurn } from "@test/support/scripted-model/turn";
import { hasTmux, Tmux } from "@test/support/tmux";

setDefaultTimeout(180_000);

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** What is left of the terminal's settings; then it waits, so that it can be read. */
const AFTERWARDS = [
  "echo EXIT $?",
  "on() { stty -a | tr -s ' ;' '\\n' | grep -cx -- $1; }",
  "echo CANON $(on icanon) ECHO $(on echo)",
  "read _",
].join("; ");

interface Place {
  home: ExecutableHome;
  model: ReturnType<typeof scriptedModel>;
}

async function place(turns: readonly ScriptedTurn[]): Promise<Place> {
  const model = scriptedModel({ turns, models: ["main", "other"] });
  const home = await ExecutableHome.open(executable.path);
  const config = { ...model.config(), permission: { bash: "ask" } };
  const path = `${home.home}/.config/opencode/opencode.json`;
  await Bun.write(path, JSON.stringify(config));
  closers.push(
    () => model.close(),
    () => home[Symbol.asyncDispose](),
  );
  return { home, model };
}

async function open({ home }: Place, args = "", size = { columns: 90, rows: 30 }): Promise<Tmux> {
  const { project: cwd, env } = home;
  const tmux = await Tmux.start(`${executable.path} ${args}; ${AFTERWARDS}`, {
    cwd,
    env,
    ...size,
  });
  closers.push(() => tmux[Symbol.asyncDispose]());
  return tmux;
}

const run = { tool: "bash", input: { command: "seq 30; false", description: "Count" } };

test.skipIf(!hasTmux)("a whole session, from the first key to the next start", async () => {
  const here = await place([
    { text: "I'll count.", calls: [run] },
    { text: "It **failed**." },
    { text: "The second answer." },
  ]);
  const tmux = await open(here);
  // Before the first frame: nothing that is typed is lost.
  await tmux.type("count for me");
  await tmux.until(/┃ {2}count for me\n/);
  await tmux.press("Enter");
  await tmux.until("Permission required");
  expect(await tmux.until("waiting for you")).toContain("$ seq 30; false");
  await tmux.press("1");
  const done = await tmux.until("▣  Build · Scripted main");
  expect(done).toContain("✗ exit 1");
  expect(done).toContain("It failed.");
  expect(done).toMatch(/… \d+ more lines/);

  await tmux.press("C-o");
  await tmux.until((screen) => !screen.includes("more lines") && screen.includes("✗ exit 1"));
  await tmux.press("PageUp");
  const scrolled = await tmux.until(/┃ {2}1\n/);
  expect(scrolled).not.toContain("It failed.");
  await tmux.press("C-M-g");
  await tmux.until("It failed.");

  await chooseOthers(tmux);
  await undoAndRedo(tmux);
  await tmux.type("/fork");
  await tmux.until("Fork session");
  await tmux.press("Enter");
  await tmux.until((screen) => !screen.includes("/fork"));
  await tmux.press("C-x", "l");
  // The model that names sessions calls every one so; the copy says that it is one.
  expect(await tmux.until("(fork #1)")).toMatch(/● .*\(fork #1\)/);
  await tmux.press("Escape");
  await tmux.until((screen) => /The second answer\./.test(screen) && !/fork #1/.test(screen));

  await tmux.press("C-x", "c");
  await tmux.until("compacted");
  await exportAs(tmux, "story.md");
  const story = await Bun.file(`${here.home.project}/story.md`).text();
  expect(story.match(/^## \w+(?: \(\w+ · \w+)?|The second answer\./gm)).toEqual([
    "## User",
    "## Assistant (build · main",
    "## Assistant (build · main",
    "## User",
    "## Assistant (plan · other",
    "The second answer.",
    "## Assistant (compaction · other",
  ]);

  await tmux.press("C-x", "q");
  await expectLeft(here, tmux);
  expect(here.model.violations).toEqual([]);
  const again = await open(here, "-c");
  await again.until(/The second answer\.[^]*compacted[^]*Plan · Scripted other/);
});

async function chooseOthers(tmux: Tmux): Promise<void> {
  await tmux.press("C-x", "m");
  await tmux.until("Select model");
  await tmux.type("other");
  await tmux.press("Enter");
  await tmux.until("Build · Scripted other");
  await tmux.press("Tab");
  await tmux.until("Plan · Scripted other");

  const before = { text: await tmux.screen(), colors: await tmux.colors() };
  await tmux.press("C-x", "t");
  await tmux.until("Themes");
  await tmux.type("nord");
  await tmux.until(/> nord/);
  await tmux.press("Enter");
  // Nothing but the colours.
  await tmux.until((screen) => screen === before.text);
  expect(await tmux.colors()).not.toEqual(before.colors);
}

async function undoAndRedo(tmux: Tmux): Promise<void> {
  await tmux.type("and again");
  await tmux.press("Enter");
  await tmux.until("The second answer.");
  await tmux.until("▣  Plan · Scripted other");
  await tmux.press("C-x", "u");
  const undone = await tmux.until("1 message undone");
  expect(undone).not.toContain("The second answer.");
  expect(undone).toMatch(/┃ {2}and again\n/);
  await tmux.press("C-x", "r");
  await tmux.until((screen) => /The second answer\./.test(screen) && !/undone/.test(screen));
}

async function exportAs(tmux: Tmux, name: string): Promise<void> {
  await tmux.press("C-x", "x");
  await tmux.until("Export session");
  await tmux.press("C-u");
  await tmux.until(/File *\n?.*│/);
  await tmux.type(name);
  await tmux.until(name);
  await tmux.press("Enter");
  // Its place may be long, and then goes on in further rows.
  await tmux.until("Saved ");
}

/** The program is gone with all that it started, and the terminal is as it was. */
async function expectLeft(here: Place, tmux: Tmux): Promise<void> {
  const left = await tmux.until(/ECHO \d/);
  expect(left).toMatch(/opencode -s ses_\w+/);
  expect(left).toContain("EXIT 0");
  expect(left).toContain("CANON 1 ECHO 1");
  expect(await tmux.format("#{alternate_on} #{mouse_any_flag} #{cursor_flag}")).toBe("0 0 1");
  expect(await running(here)).toEqual([]);
}

test.skipIf(!hasTmux)("a new size is drawn as if it had been there from the start", async () => {
  const here = await place([{ text: "One.\n\n- two\n- three\n" }]);
  const tmux = await open(here);
  await tmux.until("Ask anything");
  await tmux.type("say something");
  await tmux.press("Enter");
  await tmux.until("▣  Build");
  // By the lower edge of the prompt box, which is as long as the size has it.
  const sizes: [columns: number, rows: number, isDrawn: RegExp][] = [
    [60, 20, /^╹▀{59}$/m],
    [30, 8, /too small \(30x8\)/],
    [110, 40, /^ {2}╹▀{105}$/m],
    [80, 24, /^ {2}╹▀{75}$/m],
  ];
  for (const [columns, rows, isDrawn] of sizes) {
    await tmux.resize(columns, rows);
    await tmux.until(isDrawn);
  }
  const resized = await tmux.until("three");
  const id = /ses_\w+/.exec(await leave(tmux))?.[0] ?? "";
  const fresh = await open(here, `-s ${id}`, { columns: 80, rows: 24 });
  await fresh.until((screen) => screen === resized);
});

/** From 80x24; each with the lower edge of the prompt box, which is as long as the size has it. */
const SIZES: readonly [columns: number, rows: number, isDrawn: RegExp][] = [
  [160, 50, /^ {2}╹▀{113}/m],
  [40, 10, /^╹▀{39}$/m],
  [120, 36, /^ {2}╹▀{115}$/m],
];

/** An answer that goes on only when the next of the steps is taken, and ends after the last. */
function inSteps(text: string): { chunks: readonly Chunk[]; steps: readonly (() => void)[] } {
  const gates = [...SIZES, "the end"].map(() => Promise.withResolvers<void>());
  const words = text.match(/\S*\s*/g) ?? [];
  const steps = gates.map(({ resolve }) => resolve);
  closers.push(async () => steps.forEach((step) => step()));
  return { chunks: [...gates.flatMap(({ promise }) => [...words, promise]), "The end."], steps };
}

test.skipIf(!hasTmux)("sizes that change while an answer streams leave no trace", async () => {
  const paragraph = `${"the token was compared with the wall clock ".repeat(6).trim()}.\n\n`;
  const { chunks, steps } = inSteps(`${paragraph.repeat(3)}- one\n- two\n\n`);
  const here = await place([{ text: chunks }]);
  const tmux = await open(here, "", { columns: 80, rows: 24 });
  await tmux.until("Ask anything");
  await tmux.type("tell me");
  await tmux.press("Enter");
  await tmux.until("the token was");
  await tmux.type("a draft");
  await tmux.until("a draft");
  for (const [at, [columns, rows, isDrawn]] of SIZES.entries()) {
    steps[at]?.();
    await tmux.resize(columns, rows);
    expect(await tmux.until(isDrawn)).toContain("a draft");
    expect(await tmux.screen()).toContain("esc interrupt");
  }
  steps.at(-1)?.();
  await tmux.until("▣  Build");
  // So that the other one has the same: what is written is one person's, not the session's.
  await tmux.press("C-u");
  await tmux.until((screen) => !screen.includes("a draft"));
  const id = (await sessionIDs(here))[0] ?? "";
  const fresh = await open(here, `-s ${id}`, { columns: 120, rows: 36 });
  await fresh.until("The end.");
  await tmux.untilSame(fresh);
});

test.skipIf(!hasTmux)("who reads further up keeps the row through sizes and growth", async () => {
  const part = (n: number) => `Part ${n} of it${", and of what comes with it".repeat(12)}.\n\n`;
  const long = Array.from({ length: 30 }, (_, n) => part(n + 1)).join("");
  const { chunks, steps } = inSteps("and more of it.\n\n".repeat(3));
  const here = await place([{ text: long }, { text: chunks }]);
  const tmux = await open(here, "", { columns: 80, rows: 24 });
  await tmux.until("Ask anything");
  for (const words of ["tell me", "go on"]) {
    await tmux.type(words);
    await tmux.press("Enter");
    await tmux.until(words === "go on" ? "and more of it." : "▣  Build");
  }
  // The first part that begins on the screen is what is read.
  const read = (screen: string) => {
    const at = screen.split("\n").findIndex((row) => /Part \d+ of it/.test(row));
    return `${at}: ${/Part \d+ of it/.exec(screen)?.[0] ?? "no part"}`;
  };
  await tmux.press("PageUp", "PageUp");
  // Keys are taken in their order.
  await tmux.type("a draft");
  let reading = "";
  // What tmux shows in the middle of a frame is nothing that stays.
  await tmux.until((screen) => {
    const before = reading;
    reading = read(screen);
    return screen.includes("a draft") && reading.includes("Part 2") && reading === before;
  });
  for (const [at, [columns, rows, isDrawn]] of SIZES.entries()) {
    steps[at]?.();
    await tmux.resize(columns, rows);
    await tmux.until((screen) => isDrawn.test(screen) && read(screen) === reading);
  }
});

/** What every terminal draws alike, and what they do not. */
const SIGNS = `日本語 text, 👨‍👩‍👧 family, 🇩🇪 flag, e\u0301 mark, שלום שם end, ❤️ heart.

| 日本語 | 👨‍👩‍👧 |
|---|---|
| 🇩🇪 | ❤️ |
| e\u0301 | 한국 |

- 👩‍💻 works
- **漢字** and \`コード\``;

test.skipIf(!hasTmux)("wide signs stand under tmux where our own frame has them", async () => {
  const here = await place([{ text: SIGNS }]);
  const tmux = await open(here);
  await tmux.until("Ask anything");
  await tmux.type("show 👨‍👩‍👧 signs");
  await tmux.press("Enter");
  await tmux.until("▣  Build");
  const expected = await ownFrame(SIGNS);
  const rows = (screen: string) => {
    const shown = screen.split("\n").map((row) => row.slice(5).trimEnd());
    const from = shown.findIndex((row) => row.startsWith("日本語 text"));
    return shown.slice(from, from + expected.length);
  };
  await tmux.until((screen) => Bun.deepEquals(rows(narrowHearts(screen)), expected));
  const before = await tmux.screen();
  expect(before).toContain("┃  show 👨‍👩‍👧 signs");
  // Dimmed by what lies over it, and back.
  await tmux.press("C-x", "s");
  const dimmed = await tmux.until("Status");
  expect(dimmed.split("\n")[1]).toBe(before.split("\n")[1] ?? "");
  await tmux.press("Escape");
  await tmux.until((screen) => screen === before);
});

/** The rows that the renderer has in its own cells. */
async function ownFrame(text: string): Promise<string[]> {
  const terminal = await createTestRenderer({ width: 80, height: 20 });
  const { colors } = new Themes({ agents: () => [], onFault: () => undefined });
  const style = createSyntaxStyle(colors);
  const column = new MarkdownColumn(terminal.renderer, { style, conceal: true, hasLinks: false });
  column.text = text;
  terminal.renderer.root.add(column.root);
  await terminal.renderOnce();
  const rows = terminal.captureCharFrame().trimEnd().split("\n");
  terminal.renderer.destroy();
  return rows.map((row) => row.trimEnd());
}

/** tmux has a heart in colour as one column, and a blank behind it. */
function narrowHearts(screen: string): string {
  return screen.replaceAll("❤️ ", "❤️");
}

test.skipIf(!hasTmux)("signals give the terminal back, and say how to go on", async () => {
  const here = await place([{ text: "Hello." }]);
  const tmux = await open(here);
  await tmux.until("Ask anything");
  await tmux.type("hello");
  await tmux.press("Enter");
  await tmux.until("▣  Build");
  const child = await tmux.format("#{pane_pid}");
  for (const pid of await listDescendants(Number(child))) process.kill(pid, "SIGTERM");
  expect(await tmux.until(/EXIT \d+/)).toContain("opencode -s ses_");
  expect(await tmux.format("#{alternate_on} #{mouse_any_flag} #{cursor_flag}")).toBe("0 0 1");
  expect(await running(here)).toEqual([]);
});

async function sessionIDs({ home }: Place): Promise<string[]> {
  const { stdout } = await home.run(["session", "list", "--format", "json"]);
  return (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id);
}

/** The processes of the program that still run; the shell that waits for a key is none of them. */
async function running({ home }: Place): Promise<string[]> {
  return home.leftRunning((command) => !command.includes("echo EXIT"));
}

/** By the leader, which asks no second time. */
async function leave(tmux: Tmux): Promise<string> {
  await tmux.press("C-x", "q");
  return tmux.until("EXIT");
}
