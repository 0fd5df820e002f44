// The terminal UI attached to a server in another process, when that process dies, and when the
// network is away: it says so, comes back by itself, and shows what a fresh one shows.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome, type ServedProcess } from "@test/support/executable-home";
import { freePort } from "@test/support/free-port";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";
import { TCPRelay } from "@test/support/tcp-relay";
import { hasTmux, Tmux } from "@test/support/tmux";

setDefaultTimeout(180_000);

const MINUTE_MS = 60_000;
/** A server is thought gone after so long a silence, and asked for again at least so often. */
const NOTICE_MS = 45_000;

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function place(turns: readonly ScriptedTurn[]) {
  const model = scriptedModel({ turns });
  const home = await ExecutableHome.open(executable.path);
  const config = { ...model.config(), permission: { bash: "ask" } };
  await Bun.write(`${home.home}/.config/opencode/opencode.json`, JSON.stringify(config));
  closers.push(
    () => model.close(),
    () => home[Symbol.asyncDispose](),
  );
  const port = await freePort();
  return { home, model, serve: () => home.serve(["--port", String(port)]) };
}

async function attach(home: ExecutableHome, port: number, args = ""): Promise<Tmux> {
  const command = `${executable.path} attach http://127.0.0.1:${port} ${args}; read _`;
  const tmux = await Tmux.start(command, {
    cwd: home.project,
    env: home.env,
    columns: 90,
    rows: 30,
  });
  closers.push(() => tmux[Symbol.asyncDispose]());
  return tmux;
}

async function newestSession(server: ServedProcess): Promise<string> {
  const [newest] = (await server.request("GET", "/session")) as { id: string }[];
  return newest?.id ?? "";
}

/** One that is opened now shows the same, row by row. */
async function expectFresh(home: ExecutableHome, port: number, id: string, tmux: Tmux) {
  const fresh = await attach(home, port, `-s ${id}`);
  await tmux.untilSame(fresh);
  await fresh[Symbol.asyncDispose]();
}

test.skipIf(!hasTmux)("the death of the server in the middle of an answer", async () => {
  const never = new Promise<void>(() => undefined);
  const { home, serve } = await place([
    { text: "First." },
    { text: ["Half of it", never] },
    { text: "Third." },
  ]);
  const server = await serve();
  const port = Number(server.url.port);
  const tmux = await attach(home, port);
  await tmux.until("Ask anything");
  await tmux.type("one");
  await tmux.press("Enter");
  await tmux.until("▣  Build");
  await tmux.type("two");
  await tmux.press("Enter");
  await tmux.until("Half of it");
  const id = await newestSession(server);
  await server.stop("SIGKILL");
  await tmux.until("server gone");
  await tmux.type("a draft");
  const again = await serve();
  closers.push(() => again.stop());
  const back = await tmux.until((screen) => !screen.includes("server gone"));
  expect(back).toContain("┃  a draft");
  await tmux.press("C-u");
  await expectFresh(home, port, id, tmux);
  await tmux.type("three");
  await tmux.press("Enter");
  await tmux.until(/Third\.[^]*▣ {2}Build/);
  await expectFresh(home, port, id, tmux);
});

test.skipIf(!hasTmux)("a minute without network, in which much happens", async () => {
  const call = { tool: "bash", input: { command: "seq 3", description: "Count" } };
  const { home, serve } = await place([
    { text: "First." },
    { text: "Second." },
    { text: "Asking.", calls: [call] },
    { text: "Allowed." },
  ]);
  const server = await serve();
  closers.push(() => server.stop());
  const relay = await TCPRelay.open(Number(server.url.port));
  closers.push(() => relay[Symbol.asyncDispose]());
  const tmux = await attach(home, relay.port);
  await tmux.until("Ask anything");
  await tmux.type("one");
  await tmux.press("Enter");
  await tmux.until("▣  Build");
  const id = await newestSession(server);

  relay.cut();
  const cutAt = performance.now();
  const say = (text: string, path = "message") =>
    server.request("POST", `/session/${id}/${path}`, { parts: [{ type: "text", text }] });
  await say("two");
  await say("three", "prompt_async");
  await server.request("PATCH", `/session/${id}`, { title: "Renamed meanwhile" });
  const told = await tmux.until("server gone", NOTICE_MS);
  expect(told).not.toContain("Second.");
  await Bun.sleep(Math.max(0, cutAt + MINUTE_MS - performance.now()));
  expect(await tmux.screen()).toContain("server gone");

  relay.mend();
  const back = await tmux.until("Permission required", NOTICE_MS);
  expect(back).not.toContain("server gone");
  await expectFresh(home, relay.port, id, tmux);
  await tmux.press("1");
  await tmux.until("Allowed.");
  await tmux.until((screen) => !screen.includes("esc interrupt"));
  await expectFresh(home, relay.port, id, tmux);
});
