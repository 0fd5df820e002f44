import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "bun:test";
import type { Clock } from "@/base/clock";
import { errorMessage } from "@/base/error";
import { isRunning } from "@/base/process";
import { fakes, lspBench, recordOf } from "@test/lsp/fixture";
import { FakeClock } from "@test/support/clock";
import { tempDirectory, tempTree } from "@test/support/temp";

const NEVER = new AbortController().signal;
/** Moves time on, in small steps, until the work is done: reading files takes its own time. */
async function finish<T>(clock: FakeClock, stepMs: number, work: Promise<T>): Promise<T> {
  const state = { isOver: false };
  const over = work.finally(() => (state.isOver = true));
  while (!state.isOver) await clock.advance(stepMs);
  return over;
}

const PLAIN = { lsp: fakes({ fake: ["plain"] }) };

test("nothing runs before a file is touched; then one server for each root", async () => {
  await using bench = await lspBench({ "a.fake": "", "deep/b.fake": "" }, PLAIN);
  expect(bench.servers.status()).toEqual([]);
  bench.servers.noteChange(bench.path("a.fake"), "change");
  expect(bench.servers.status()).toEqual([]);
  bench.servers.touch(bench.path("a.fake"));
  const [one, two] = await Promise.all([recordOf(bench, "a.fake"), recordOf(bench, "deep/b.fake")]);
  expect(one.pid).toBe(two.pid);
  expect(bench.servers.status()).toEqual([
    { id: "fake", name: "fake", root: "", status: "connected" },
  ]);
});

test("tells what an edit broke, and what it mended", async () => {
  const files = { "my dir/ü #1.fake": "fine\n  ERR one\nWARN two\nERR three\n" };
  await using bench = await lspBench(files, PLAIN);
  const name = "my dir/ü #1.fake";
  const check = () => bench.servers.checkFile(bench.path(name), name, NEVER);
  const broken = await check();
  expect(broken.text).toBe(
    `<diagnostics file="${name}">\nERROR [2:3] ERR one\nERROR [4:1] ERR three\n</diagnostics>`,
  );
  expect(broken.diagnostics.map(({ severity }) => severity)).toEqual([1, 2, 1]);
  const fake = { id: "fake", name: "fake", root: "", status: "connected" as const };
  expect(bench.servers.status()).toEqual([{ ...fake, errors: 2 }]);
  await writeFile(bench.path(name), "fine\n");
  expect(await check()).toEqual({ text: "", diagnostics: [] });
  expect(bench.servers.diagnostics(bench.path(name))).toEqual([]);
  expect(bench.servers.status()).toEqual([fake]);
});

test("a text is told once: opened, then changed as a whole with rising versions", async () => {
  await using bench = await lspBench({ "a.fake": "\uFEFFone" }, PLAIN);
  const path = bench.path("a.fake");
  await bench.servers.checkFile(path, "a.fake", NEVER);
  await bench.servers.checkFile(path, "a.fake", NEVER);
  await writeFile(path, "two");
  const { heard } = await recordOf(bench, "a.fake");
  const uri = Bun.pathToFileURL(path).href;
  expect(heard.filter(({ method }) => method.startsWith("textDocument/did"))).toEqual([
    {
      method: "textDocument/didOpen",
      params: { textDocument: { uri, languageId: "fake", version: 0, text: "one" } },
    },
    {
      method: "textDocument/didChange",
      params: { textDocument: { uri, version: 1 }, contentChanges: [{ text: "two" }] },
    },
    { method: "textDocument/didSave", params: { textDocument: { uri } } },
  ]);
});

test("a server that is asked for diagnostics is asked", async () => {
  await using bench = await lspBench({ "a.fake": "ERR" }, { lsp: fakes({ fake: ["pull"] }) });
  const check = () => bench.servers.checkFile(bench.path("a.fake"), "a.fake", NEVER);
  expect((await check()).text).toContain("ERROR [1:1] ERR");
  await writeFile(bench.path("a.fake"), "fine");
  expect((await check()).text).toBe("");
});

test("a check takes three seconds at most, less of a silent server", async () => {
  const fake = new FakeClock();
  const spans: number[] = [];
  let onThird = () => {};
  const clock: Clock = {
    now: () => fake.now(),
    sleep: (ms, signal) => fake.sleep(ms, signal),
    timer(ms, expire) {
      const cancel = fake.timer(ms, expire);
      if (spans.push(ms) === 3) onThird();
      return cancel;
    },
  };
  const options = { clock, lsp: fakes({ fake: ["silent"] }) };
  await using bench = await lspBench({ "a.fake": "ERR" }, options);
  await recordOf(bench, "a.fake");
  const waits: (number | undefined)[] = [];
  for (let round = 0; round < 4; round++) {
    await writeFile(bench.path("a.fake"), `ERR ${round}`);
    spans.length = 0;
    // One until it is idle, one for it to be ready, the third for its word.
    const waiting = new Promise<void>((resolve) => (onThird = resolve));
    const check = bench.servers.checkFile(bench.path("a.fake"), "a.fake", NEVER);
    await waiting;
    await fake.advance(spans[2] ?? 0);
    expect(await check).toEqual({ text: "", diagnostics: [] });
    waits.push(spans[2]);
  }
  expect(waits).toEqual([3_000, 3_000, 3_000, 300]);
});

test("a server that is starting holds an edit up for a second, and is heard of later", async () => {
  const clock = new FakeClock();
  await using gate = await tempDirectory();
  const opened = join(gate.path, "open");
  const options = { clock, lsp: fakes({ fake: ["gated", opened] }) };
  await using bench = await lspBench({ "a.fake": "ERR", "b.fake": "" }, options);
  const check = bench.servers.checkFile(bench.path("a.fake"), "a.fake", NEVER, "owner");
  // One until it is idle, one for it to be ready.
  await clock.waitForPending(2);
  await clock.advance(1_000);
  const none = { text: "", diagnostics: [] };
  expect(await check).toEqual(none);
  const at = clock.now();
  const news = () => finish(clock, 0, bench.servers.lateNews("owner", NEVER));
  expect(await news()).toBe("");
  // Nor is it waited for again.
  const other = bench.servers.checkFile(bench.path("b.fake"), "b.fake", NEVER, "owner");
  expect(await finish(clock, 0, other)).toEqual(none);
  expect(clock.now()).toBe(at);
  await writeFile(opened, "");
  // It is told of the file before it is asked this.
  await recordOf(bench, "a.fake");
  expect(await news()).toContain("ERROR [1:1] ERR");
});

test.each<[string, [string, string?]]>([
  ["says", ["late"]],
  ["answers", ["pull", "late"]],
])("what a server %s too late is its owner's late news, once", async (_, mode) => {
  const clock = new FakeClock();
  const options = { clock, lsp: fakes({ fake: mode }) };
  await using bench = await lspBench({ "a.fake": "ERR", "b.fake": "" }, options);
  await recordOf(bench, "b.fake");
  const check = bench.servers.checkFile(bench.path("a.fake"), "a.fake", NEVER, "first");
  expect((await finish(clock, 10, check)).text).toBe("");
  const news = (owner: string) => finish(clock, 0, bench.servers.lateNews(owner, NEVER));
  expect(await news("first")).toBe("");
  await recordOf(bench, "a.fake");
  expect(await news("second")).toBe("");
  const both = await Promise.all([news("first"), news("first")]);
  expect(both.filter((text) => text !== "")).toEqual([
    '<diagnostics file="a.fake">\nERROR [1:1] ERR\n</diagnostics>',
  ]);
  expect(await news("first")).toBe("");
});

test("of a file that is gone, or that nobody serves, no news is waited for", async () => {
  const clock = new FakeClock();
  const options = { clock, lsp: fakes({ fake: ["late"] }), env: { PATH: "" } };
  await using bench = await lspBench({ "main.go": "", "go.mod": "" }, options);
  const none = { text: "", diagnostics: [] };
  for (const name of ["gone.fake", "main.go", "a.nothing"]) {
    const check = bench.servers.checkFile(bench.path(name), name, NEVER, "owner");
    expect(await check).toEqual(none);
  }
  await writeFile(bench.path("gone.fake"), "ERR");
  await recordOf(bench, "gone.fake");
  expect(await finish(clock, 0, bench.servers.lateNews("owner", NEVER))).toBe("");
});

test("the server's own requests are answered", async () => {
  const lsp = fakes({ fake: ["plain"] });
  const fake = Object(lsp)["fake"];
  await using bench = await lspBench(
    { "a.fake": "" },
    { lsp: { fake: { ...fake, initialization: { fake: { depth: 3 } } } } },
  );
  const initial = await recordOf(bench, "a.fake");
  expect(initial.heard[0]).toMatchObject({
    method: "initialize",
    params: { initializationOptions: { fake: { depth: 3 } } },
  });
  const { answers, heard } = await recordOf(bench, "a.fake");
  expect(heard.filter(({ method }) => method === "tsserver/response")).toEqual([
    { method: "tsserver/response", params: [[7, null]] },
  ]);
  expect(answers).toEqual({
    "1 client/registerCapability": null,
    "2 workspace/configuration": [3, null, { fake: { depth: 3 } }],
    "3 window/workDoneProgress/create": null,
    "4 workspace/workspaceFolders": [
      { uri: Bun.pathToFileURL(bench.directory).href, name: "project" },
    ],
    "5 workspace/applyEdit": {
      applied: false,
      failureReason: "edits are not applied here",
    },
  });
});

test("changes by others are told: all of them, and anew the texts that are open", async () => {
  const clock = new FakeClock();
  await using bench = await lspBench({ "a.fake": "one", "b.fake": "" }, { ...PLAIN, clock });
  await recordOf(bench, "a.fake");
  await recordOf(bench, "b.fake");
  await writeFile(bench.path("a.fake"), "two");
  await rm(bench.path("b.fake"));
  bench.servers.noteChange(bench.path("a.fake"), "change");
  bench.servers.noteChange(bench.path("b.fake"), "unlink");
  bench.servers.noteChange(bench.path("new.txt"), "add");
  bench.servers.noteChange("/elsewhere/x.txt", "add");
  await clock.advance(100);
  const { heard } = await recordOf(bench, "a.fake");
  const uri = (name: string) => Bun.pathToFileURL(bench.path(name)).href;
  expect(heard).toContainEqual({
    method: "workspace/didChangeWatchedFiles",
    params: {
      changes: [
        { uri: uri("a.fake"), type: 2 },
        { uri: uri("b.fake"), type: 3 },
        { uri: uri("new.txt"), type: 1 },
      ],
    },
  });
  expect(heard).toContainEqual(
    expect.objectContaining({
      method: "textDocument/didChange",
      params: expect.objectContaining({ contentChanges: [{ text: "two" }] }),
    }),
  );
});

test("an idle server is stopped, and started again when it is wanted", async () => {
  const clock = new FakeClock();
  await using bench = await lspBench({ "a.fake": "" }, { ...PLAIN, clock });
  const { pid } = await recordOf(bench, "a.fake");
  await clock.advance(9 * 60_000);
  await recordOf(bench, "a.fake");
  await clock.advance(9 * 60_000);
  expect(bench.servers.status()).toHaveLength(1);
  await clock.advance(60_000);
  expect(bench.servers.status()).toEqual([]);
  const again = await recordOf(bench, "a.fake");
  expect(again.pid).not.toBe(pid);
  await bench.scope.close();
  expect([await isRunning(pid), await isRunning(again.pid)]).toEqual([false, false]);
});

test("a first answer is waited for longer: the server is still loading the project", async () => {
  const clock = new FakeClock();
  await using place = await tempTree({ thinks: "" });
  const thinks = join(place.path, "thinks");
  const options = { clock, lsp: fakes({ fake: ["thinking", thinks] }) };
  await using bench = await lspBench({ "a.fake": "" }, options);
  await bench.servers.wake(bench.path("a.fake"), NEVER);
  const message = async () => {
    const asked = recordOf(bench, "a.fake").then(() => "answered", errorMessage);
    return finish(clock, 10, asked);
  };
  const no = (ms: number) => `Language server fake: no answer to textDocument/hover in ${ms} ms`;
  expect(await message()).toBe(no(30_000));
  await rm(thinks);
  expect(await recordOf(bench, "a.fake")).toHaveProperty("pid");
  await writeFile(thinks, "");
  expect(await message()).toBe(no(10_000));
});

test("a server that does not get ready is given up, and started no more", async () => {
  const clock = new FakeClock();
  const lsp = fakes({ mute: ["mute"], fake: ["plain"] });
  await using bench = await lspBench({ "a.fake": "ERR" }, { clock, lsp });
  // The other one answers meanwhile.
  expect((await recordOf(bench, "a.fake")).heard[0]?.method).toBe("initialize");
  expect(bench.servers.status().map(({ id }) => id)).toEqual(["fake"]);
  const given = bench.until(() => bench.servers.status().some(({ status }) => status === "error"));
  await clock.advance(45_000);
  await given;
  expect(bench.servers.status().map(({ id, status }) => [id, status])).toEqual([
    ["fake", "connected"],
    ["mute", "error"],
  ]);
  await recordOf(bench, "a.fake");
  expect(bench.servers.status()).toHaveLength(2);
});

test.each(["crash", "garbage", "huge"])(
  "one that fails by %s is given up in the end",
  async (mode) => {
    await using bench = await lspBench({ "a.fake": "" }, { lsp: fakes({ fake: [mode] }) });
    const outcomes: string[] = [];
    for (let round = 0; round < 5; round++) {
      const outcome = await recordOf(bench, "a.fake").then(
        () => "answered",
        (error: Error) => error.message,
      );
      outcomes.push(outcome);
      await bench.until(() => bench.servers.status().every(({ status }) => status === "error"));
    }
    expect(bench.servers.status()).toEqual([
      { id: "fake", name: "fake", root: "", status: "error" },
    ]);
    const reason = { crash: "it hurts", garbage: "no message", huge: "999999999999" }[mode] ?? "";
    expect(outcomes.at(-1)).toStartWith("Language server fake was given up: ");
    expect(outcomes.at(-1)).toContain(reason);
  },
);

test("answers of wrong shapes are no answers", async () => {
  await using bench = await lspBench({ "a.fake": "ERR" }, { lsp: fakes({ fake: ["odd"] }) });
  const [path, at] = [bench.path("a.fake"), { line: 0, character: 0 }];
  const { navigation } = bench;
  expect(await navigation.hover(path, at, NEVER)).toBeUndefined();
  expect(await navigation.places("definitionProvider", path, at, NEVER)).toEqual([]);
  expect(await navigation.documentSymbols(path, NEVER)).toEqual([]);
  expect(await navigation.symbols("x", NEVER)).toEqual([]);
  expect(await navigation.calls("incoming", path, at, NEVER)).toEqual([]);
});

test("a stubborn server is ended with all that it has started", async () => {
  await using bench = await lspBench({ "a.fake": "" }, { lsp: fakes({ fake: ["stubborn"] }) });
  const { pid, children } = await recordOf(bench, "a.fake");
  expect(await isRunning(children[0] ?? 0)).toBe(true);
  await bench.scope.close();
  expect(await isRunning(pid)).toBe(false);
  expect(await isRunning(children[0] ?? 0)).toBe(false);
});

test("a server that is starting ends with the project", async () => {
  await using bench = await lspBench({ "a.fake": "" }, { lsp: fakes({ fake: ["mute"] }) });
  const asked = recordOf(bench, "a.fake").catch((error: Error) => error.name);
  bench.servers.touch(bench.path("a.fake"));
  await bench.scope.close();
  expect(await asked).toBe("AbortError");
  expect(bench.servers.status()).toEqual([]);
  bench.servers.touch(bench.path("a.fake"));
  expect(await bench.servers.checkFile(bench.path("a.fake"), "a.fake", NEVER)).toEqual({
    text: "",
    diagnostics: [],
  });
});

test("none starts when off, where nothing is trusted, or outside the project", async () => {
  const message = async (options: Parameters<typeof lspBench>[1]) => {
    await using bench = await lspBench({ "a.fake": "" }, options);
    const error = await recordOf(bench, "a.fake").catch((failure: Error) => failure.message);
    expect(bench.servers.status()).toEqual([]);
    return error;
  };
  expect(await message({ lsp: false })).toBe("There is no language server for .fake files");
  await using bench = await lspBench({}, PLAIN);
  await mkdir(bench.path("../beside"));
  await writeFile(bench.path("../beside/a.fake"), "");
  expect(await recordOf(bench, "../beside/a.fake").catch(() => "none")).toBe("none");
  expect(bench.servers.status()).toEqual([]);
});

test("without trust a server of the project is held back, a person's starts", async () => {
  const files = {
    "a.fake": "",
    "b.sh": "echo\n",
    "node_modules/bash-language-server/package.json": '{"bin":"./own.js"}',
    "node_modules/bash-language-server/own.js": "",
  };
  const options = { ...PLAIN, isTrusted: false, env: { PATH: "" } };
  await using bench = await lspBench(files, options);
  expect((await recordOf(bench, "a.fake")).pid).toBeNumber();
  const error = await recordOf(bench, "b.sh").catch((failure: Error) => failure.message);
  expect(error).toContain("start when the directory is trusted");
  const own = bench.path("node_modules/bash-language-server/own.js");
  expect(bench.held).toEqual([["bash", own]]);
});

test("a server that is not on this machine is told of, with the way to get it", async () => {
  await using bench = await lspBench({ "main.go": "", "go.mod": "" }, { env: { PATH: "" } });
  const error = await recordOf(bench, "main.go").catch((failure: Error) => failure.message);
  expect(error).toBe(
    "No language server for .go files is ready. " +
      "There could be: gopls (go install golang.org/x/tools/gopls@latest). " +
      'With "lsp": true in opencode.json it is fetched',
  );
  expect(bench.servers.status()).toEqual([]);
});
