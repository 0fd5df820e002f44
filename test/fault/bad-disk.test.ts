// A data directory that cannot be used, is full or holds a damaged database: told with its path,
// with the right exit code, and nothing of what was there is lost.

import { afterEach, describe, expect, test } from "bun:test";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CLIHome, parseLines, readUntil, ScriptedHome } from "@test/cli/support";
import { writeTree } from "@test/support/temp";

const MAIN = join(import.meta.dir, "../../src/main.ts");
const BLOCK_BYTES = 512;
/** Changes the limits of a process that runs; not everywhere there. */
const PRLIMIT = Bun.which("prlimit") ?? "";

let children: Bun.Subprocess[] = [];
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(children.map((child) => child.exited));
  children = [];
});

/** Starts the program where no file may grow beyond the limit: what a full disk does to writes. */
function startLimited(cli: CLIHome, limitBytes: number, args: string[], env = {}) {
  const blocks = Math.floor(limitBytes / BLOCK_BYTES);
  const script = `trap "" XFSZ; ulimit -S -f ${blocks}; exec "$@"`;
  const child = Bun.spawn(["/bin/sh", "-c", script, "sh", process.execPath, MAIN, ...args], {
    cwd: cli.project,
    env: {
      PATH: process.env["PATH"],
      OPENCODE_TEST_RUN: process.env["OPENCODE_TEST_RUN"],
      HOME: cli.home,
      ...env,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  children.push(child);
  return child;
}

async function runLimited(...args: Parameters<typeof startLimited>) {
  const child = startLimited(...args);
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exitCode: await child.exited, stdout, stderr };
}

test("a data directory that cannot be made is named", async () => {
  await using cli = await CLIHome.open();
  await mkdir(join(cli.home, ".local"), { recursive: true });
  await writeFile(join(cli.home, ".local/share"), "in the way");
  for (const args of [
    ["run", "hi"],
    ["serve", "--port", "0"],
    ["session", "list"],
  ]) {
    const { exitCode, stdout, stderr } = await cli.run(args);
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(cli.dataDirectory);
    expect(stderr).not.toMatch(/^\s+at /m);
  }
});

describe("a damaged database", () => {
  test("is kept aside, which is said, and work goes on", async () => {
    await using home = await ScriptedHome.open({ turns: [{ text: "ok" }] });
    const { cli } = home;
    const damaged = "this was a database once ".repeat(1_000);
    const path = join(cli.dataDirectory, "sessions.sqlite");
    await writeTree(dirname(path), { "sessions.sqlite": damaged });
    const { exitCode, stdout, stderr } = await cli.run(["run", "hi"]);
    expect([exitCode, stdout]).toEqual([0, "ok\n"]);
    const aside = (await readdir(cli.dataDirectory)).find((name) => name.includes(".corrupt-"));
    expect(stderr).toContain(`${path} was damaged: it is kept as ${path}.corrupt-`);
    expect(await readFile(join(cli.dataDirectory, aside ?? ""), "utf8")).toBe(damaged);
    expect((await cli.run(["session", "list"])).stderr).toBe("");
  });
});

describe.skipIf(process.platform === "win32")("a full disk", () => {
  test("at the start is told with the path", async () => {
    await using cli = await CLIHome.open();
    for (const args of [
      ["run", "hi"],
      ["serve", "--port", "0"],
    ]) {
      const { exitCode, stdout, stderr } = await runLimited(cli, 8_192, args);
      expect([exitCode, stdout]).toEqual([1, ""]);
      expect(stderr).toContain(cli.dataDirectory);
      expect(stderr).toMatch(/free space|disk is full/);
    }
    expect((await cli.run(["session", "list"])).exitCode).toBe(0);
  });

  test("in the middle of an answer ends the run, and the session can be gone on with", async () => {
    const long = { chunk: `${"x".repeat(999)} `, times: 1_000 };
    await using home = await ScriptedHome.open({ turns: [{ text: long }, { text: "shorter" }] });
    const { cli, model } = home;
    await cli.run(["session", "list"]); // the database is there and small
    const args = ["run", "--format", "json", "hi"];
    const { exitCode, stdout } = await runLimited(cli, 300_000, args);
    expect(exitCode).toBe(1);
    const last = parseLines(stdout).at(-1);
    expect(last).toMatchObject({ type: "result", status: "failed", exitCode: 1 });
    expect(JSON.stringify(last)).toContain("sessions.sqlite");
    const again = await cli.run(["run", "--continue", "once more"]);
    expect([again.exitCode, again.stdout]).toEqual([0, "shorter\n"]);
    expect(model.requests.at(-1)?.request.messages[0]?.text).toBe("hi");
    expect(model.violations).toEqual([]);
  });

  test.skipIf(!PRLIMIT)("leaves serve alive, and it works on when there is room", async () => {
    const long = { chunk: `${"x".repeat(999)} `, times: 1_000 };
    await using home = await ScriptedHome.open({ turns: [{ text: long }, { text: "shorter" }] });
    await home.cli.run(["session", "list"]);
    const child = startLimited(home.cli, 300_000, ["serve", "--port", "0"]);
    const url = /listening on (\S+)/.exec(await readUntil(child.stdout, "listening on "))?.[1];
    const post = async (path: string, body: unknown) => {
      const response = await fetch(url + path, { method: "POST", body: JSON.stringify(body) });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const { body: session } = await post("/session", {});
    const path = `/session/${String(session["id"])}/message`;
    const parts = [{ type: "text", text: "hi" }];
    const failed = await post(path, { parts });
    expect(JSON.stringify(failed.body)).toContain("sessions.sqlite");
    expect((await fetch(`${url}/global/health`)).status).toBe(200);
    await Bun.spawn([PRLIMIT, "--pid", String(child.pid), "--fsize=unlimited"]).exited;
    expect(JSON.stringify((await post(path, { parts })).body)).toContain("shorter");
    expect(home.model.requests.at(-1)?.request.messages[0]?.text).toBe("hi");
    const messages = await (await fetch(url + path)).json();
    expect(messages).toMatchObject([
      { info: { role: "user" } },
      { info: { role: "assistant", time: { completed: expect.any(Number) } } },
      { info: { role: "user" } },
      { info: { role: "assistant", finish: "stop" } },
    ]);
    expect(home.model.violations).toEqual([]);
  });

  test("makes an edit fail by name, with the file as it was and nothing beside it", async () => {
    const input = { filePath: "big.txt", oldString: "first", newString: "changed" };
    await using home = await ScriptedHome.open({
      turns: [{ calls: [{ tool: "edit", input }] }, { text: "It did not work." }],
    });
    const { cli, model } = home;
    const text = `first\n${"line\n".repeat(20_000)}`;
    await writeTree(cli.project, { "big.txt": text });
    const env = { OPENCODE_DB: ":memory:" };
    const { exitCode } = await runLimited(cli, 40_000, ["run", "go"], env);
    expect(exitCode).toBe(0);
    const [result] = model.requests[1]?.request.messages.at(-1)?.results ?? [];
    expect(result?.text).toContain("big.txt");
    expect(result?.text).toMatch(/EFBIG|full|large|space/i);
    expect(await readFile(join(cli.project, "big.txt"), "utf8")).toBe(text);
    expect(await readdir(cli.project)).toEqual(["big.txt"]);
  });
});
