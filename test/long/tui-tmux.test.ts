// The terminal UI of the executable, used under tmux as a person uses it: a whole session, and what
// becomes of the terminal.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { listDescendants } from "@/base/process";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome } from "@test/support/executable-home";
import { freePort } from "@test/support/free-port";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";
import { hasTmux, Tmux } from "@test/support/tmux";

setDefaultTimeout(120_000);

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

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
  const tmux = await Tmux.start(`${executable.path} ${args}; echo EXIT $?; read _`, {
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
    { text: "A summary of it all." },
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
  await tmux.until((screen) => !screen.includes("more lines"));
  await tmux.press("PageUp");
  await tmux.until(/┃ {2}1\n/);
  await tmux.press("C-M-g");
  await tmux.until("It failed.");

  await tmux.press("C-x", "m");
  await tmux.until("Select model");
  await tmux.type("other");
  await tmux.press("Enter");
  await tmux.until("Build · Scripted other");
  await tmux.press("Tab");
  await tmux.until("Plan · Scripted other");

  await tmux.type("and again");
  await tmux.press("Enter");
  await tmux.until("The second answer.");
  await tmux.until("▣  Plan · Scripted other");
  await tmux.press("C-x", "u");
  const undone = await tmux.until("1 message undone");
  expect(undone).not.toContain("The second answer.");
  expect(undone).toMatch(/┃ {2}and again\n/);
  await tmux.press("C-x", "r");
  await tmux.until("The second answer.");

  await tmux.press("C-x", "c");
  await tmux.until("compacted");

  await tmux.press("C-x", "q");
  const left = await tmux.until("EXIT 0");
  const id = /opencode -s (ses_\w+)/.exec(left)?.[1] ?? "";
  expect(await tmux.format("#{alternate_on} #{mouse_any_flag} #{cursor_flag}")).toBe("0 0 1");
  expect(await running(here)).toEqual([]);
  expect(here.model.violations).toEqual([]);

  const again = await open(here, `-s ${id}`);
  await again.until("The second answer.");
});

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

test.skipIf(!hasTmux)(
  "attached, the death and return of the server is told and mended",
  async () => {
    const here = await place([{ text: "First." }, { text: "Second." }]);
    const port = await freePort();
    const serve = () => here.home.serve(["--port", String(port)]);
    const first = await serve();
    const tmux = await open(here, `attach localhost:${port}`);
    await tmux.until("Ask anything");
    await tmux.type("one");
    await tmux.press("Enter");
    await tmux.until("▣  Build");
    await first.stop("SIGKILL");
    await tmux.until("server gone");
    await tmux.type("draft");
    const second = await serve();
    closers.push(() => second.stop().then(() => undefined));
    await tmux.until((screen) => !screen.includes("server gone"));
    await tmux.press("Enter");
    const told = await tmux.until("Second.");
    expect(told).toContain("First.");
  },
);

/** The processes of the program that still run; the shell that waits for a key is none of them. */
async function running({ home }: Place): Promise<string[]> {
  return (await home.processes()).filter((command) => !command.includes("echo EXIT"));
}

/** By the leader, which asks no second time. */
async function leave(tmux: Tmux): Promise<string> {
  await tmux.press("C-x", "q");
  return tmux.until("EXIT");
}
