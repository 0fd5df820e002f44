// What other programs do to the executable's terminal UI over HTTP, and two of them on one server.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome } from "@test/support/executable-home";
import { freePort } from "@test/support/free-port";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";
import { hasTmux, Tmux } from "@test/support/tmux";

setDefaultTimeout(180_000);

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function place(turns: readonly ScriptedTurn[]): Promise<ExecutableHome> {
  const model = scriptedModel({ turns });
  const home = await ExecutableHome.open(executable.path);
  const path = `${home.home}/.config/opencode/opencode.json`;
  await Bun.write(path, JSON.stringify(model.config()));
  closers.push(
    () => model.close(),
    () => home[Symbol.asyncDispose](),
  );
  return home;
}

async function open({ project: cwd, env }: ExecutableHome, args: string): Promise<Tmux> {
  const size = { columns: 100, rows: 30 };
  const tmux = await Tmux.start(`exec ${executable.path} ${args}`, { cwd, env, ...size });
  closers.push(() => tmux[Symbol.asyncDispose]());
  await tmux.until("Scripted");
  return tmux;
}

/** Asks the server, and gives the status and what it says. */
function caller(port: number) {
  return async (method: string, path: string, body?: unknown): Promise<[number, unknown]> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return [response.status, await response.json()];
  };
}

test.skipIf(!hasTmux)("each of the /tui routes visibly acts", async () => {
  const home = await place([{ text: "An answer." }, { text: "Another." }]);
  const port = await freePort();
  const tmux = await open(home, `--port ${port}`);
  const call = caller(port);
  const does = async (path: string, body?: unknown) => {
    expect(await call("POST", `/tui/${path}`, body)).toEqual([200, true]);
  };
  const gone = (text: string) => tmux.until((screen) => !screen.includes(text));

  await does("append-prompt", { text: "one\ntwo" });
  await does("append-prompt", { text: " three" });
  expect(await tmux.until("two three")).toMatch(/┃ {2}one\s/);
  await does("clear-prompt");
  await gone("two three");

  for (const [path, title] of [
    ["open-help", "│  Keys"],
    ["open-sessions", "│  Sessions"],
    ["open-models", "│  Select model"],
    ["open-themes", "│  Themes"],
  ] as const) {
    await does(path);
    await tmux.until(title);
    await does("append-prompt", { text: "+" });
    await tmux.press("Escape");
    await gone(title);
  }
  // What was appended while dialogs were open is in the draft.
  await tmux.until("┃  ++++");
  await does("clear-prompt");

  await does("append-prompt", { text: "say something" });
  await does("submit-prompt");
  await tmux.until("An answer.");

  await does("execute-command", { command: "agent_cycle" });
  await tmux.until("┃  Plan ·");
  await does("execute-command", { command: "agent.cycle" });
  await tmux.until("┃  Build ·");
  await does("execute-command", { command: "no.such.thing" });
  await tmux.until("no.such.thing is no command");
  await does("execute-command", { command: "session_new" });
  await tmux.until("Ask anything");

  await does("show-toast", { title: "Heads up", message: "From elsewhere", variant: "warning" });
  expect(await tmux.until("From elsewhere")).toContain("Heads up");

  const [, sessions] = await call("GET", "/session");
  const [{ id }] = sessions as [{ id: string }];
  await does("select-session", { sessionID: id });
  await tmux.until("An answer.");
  expect((await call("POST", "/tui/select-session", { sessionID: "ses_none" }))[0]).toBe(404);
  expect((await call("POST", "/tui/select-session", { sessionID: "none" }))[0]).toBe(400);

  const publish = (type: string, properties: unknown) => does("publish", { type, properties });
  await publish("tui.prompt.append", { text: "published" });
  await tmux.until("┃  published");
  await publish("tui.command.execute", { command: "theme.switch" });
  await tmux.until("│  Themes");
  await publish("tui.session.select", { sessionID: id });
  await gone("│  Themes");
  await publish("tui.toast.show", { message: "Once more", variant: "info" });
  await tmux.until("Once more");
  const [status, said] = await call("POST", "/tui/publish", { type: "tui.nope", properties: {} });
  expect(status).toBe(400);
  for (const name of ["prompt.append", "command.execute", "toast.show", "session.select"]) {
    expect(JSON.stringify(said)).toContain(`tui.${name}`);
  }

  const answered: unknown[] = [];
  const next = call("GET", "/tui/control/next").then((answer) => answered.push(answer));
  next.catch(() => undefined); // the server goes with the test
  expect(await call("POST", "/tui/control/response", { any: "thing" })).toEqual([200, true]);
  expect((await call("GET", "/session"))[0]).toBe(200);
  expect(answered).toEqual([]);
});

test.skipIf(!hasTmux)(
  "two on one server show the same, also after its death, and when one has left",
  async () => {
    const home = await place(["First.", "Second.", "Third."].map((text) => ({ text })));
    const port = await freePort();
    const first = await home.serve(["--port", String(port)]);
    const call = caller(port);
    const [, created] = await call("POST", "/session", { title: "Shared" });
    const { id } = created as { id: string };
    const attach = `attach http://127.0.0.1:${port} -s ${id}`;
    const left = await open(home, attach);
    const right = await open(home, attach);
    const both = async (text: string) => {
      await left.until(text);
      await right.until(text);
      // The same transcript, row by row, once both are at rest.
      const shown = await settledTogether(left, right);
      expect(shown[0]).toBe(shown[1]);
    };
    const ask = async (tmux: Tmux, text: string) => {
      await tmux.type(text);
      await tmux.press("Enter");
    };
    await ask(left, "one");
    await both("First.");
    await ask(right, "two");
    await both("Second.");

    await first.stop("SIGKILL");
    await left.until("server gone");
    await right.until("server gone");
    const second = await home.serve(["--port", String(port)]);
    closers.push(() => second.stop().then(() => undefined));
    for (const tmux of [left, right]) await tmux.until((screen) => !screen.includes("server gone"));
    await both("Second.");

    await right.press("C-x", "q");
    await right.until("Go on with:");
    await right.ended();
    await ask(left, "three");
    await left.until("Third.");
  },
);

/** Both screens when they show the same transcript; else as they are after a while. */
async function settledTogether(left: Tmux, right: Tmux): Promise<[string, string]> {
  const look = async (tmux: Tmux) => (await tmux.screen()).split("\n").slice(0, -4).join("\n");
  const same = async () => (await look(left)) === (await look(right));
  for (let n = 0; n < 600 && !(await same()); n++) await Bun.sleep(50);
  return [await look(left), await look(right)];
}
