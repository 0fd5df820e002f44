import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Logger } from "@/base/log";
import { isRunning } from "@/base/process";
import { OfferMemory } from "@/mcp/offer-memory";
import { FakeClock } from "@test/support/clock";
import { tempTree } from "@test/support/temp";
import {
  local,
  nextEvent,
  published,
  scripted,
  type TestServers,
  testServers,
} from "@test/mcp/support";

/** For a machine that has other things to do. */
const PATIENCE_MS = 30_000;

setDefaultTimeout(6 * PATIENCE_MS);

test("servers start when they are needed, and offer tools in a stable order", async () => {
  await using t = await testServers({ mcp: { b: scripted(), a: scripted() } });
  expect(t.servers.tools()).toEqual([]);
  await t.servers.ready(undefined, PATIENCE_MS);
  const tools = t.servers.tools();
  const own = "big cancelled change crash echo fail hang pids progress".split(" ");
  expect(tools.map(({ id }) => id)).toEqual(["a", "b"].flatMap((s) => own.map((n) => `${s}_${n}`)));
  expect(t.servers.tools()).toBe(tools);
  expect(await t.servers.status()).toEqual({
    a: { status: "connected" },
    b: { status: "connected" },
  });
  expect(t.servers.instructions()).toEqual([
    { server: "a", text: "Be brief.", toolIDs: own.map((name) => `a_${name}`) },
    { server: "b", text: "Be brief.", toolIDs: own.map((name) => `b_${name}`) },
  ]);
  expect(await t.call("a_echo", { text: "hello" })).toBe("hello");
});

test("broken servers say why, and cost the others nothing", async () => {
  await using t = await testServers({
    mcp: {
      gone: local(["no-such-program-here"]),
      dying: scripted({ dieSaying: "no licence" }),
      mute: scripted({ isMute: true }, { timeout: 300 }),
      off: scripted({}, { enabled: false }),
      wrong: { type: "remote", url: "ftp://127.0.0.1/" },
      toggled: { enabled: true },
      good: scripted({ noise: ["Welcome!", "{", "[]", '{"jsonrpc":"2.0"}'] }),
    },
  });
  await t.servers.ready(undefined, PATIENCE_MS);
  expect(await t.servers.status()).toEqual({
    dying: { status: "failed", error: "its program exited with code 7: no licence" },
    gone: {
      status: "failed",
      error: `no-such-program-here was not found, or the directory ${t.directory} does not exist`,
    },
    good: { status: "connected" },
    mute: { status: "failed", error: "it did not connect within 0.3 s (its `timeout`)" },
    off: { status: "disabled" },
    wrong: {
      status: "failed",
      error: "its url is not an address: write it as https://host/path",
    },
  });
  expect(await t.call("good_echo", { text: "here" })).toBe("here");
});

test("a slow server is waited for shortly and once, and comes in when it is ready", async () => {
  await using t = await testServers();
  const gate = join(t.directory, "gate");
  t.configure({ slow: scripted({ gate }), quick: scripted() });
  const status = t.servers.status();
  const quick = nextEvent(t);
  expect(await quick).toEqual({ type: "mcp.tools.changed", properties: { server: "quick" } });
  expect((await status)["slow"]).toEqual({
    status: "failed",
    error: "It is still being connected",
  });
  expect(await t.call("quick_echo", { text: "1" })).toBe("1");
  const slow = nextEvent(t);
  await Bun.write(gate, "");
  expect(await slow).toEqual({ type: "mcp.tools.changed", properties: { server: "slow" } });
  await t.servers.ready();
  expect(await t.call("slow_echo", { text: "2" })).toBe("2");
});

describe("one that nothing is known of is waited for", () => {
  const start = async (directory: string, clock: FakeClock, timeout: number) => {
    const mcp = { mute: scripted({ isMute: true }, { timeout }) };
    const memory = new OfferMemory(join(directory, "offers"), Logger.silent());
    return testServers({ mcp, clock, memory, directory });
  };
  /** A process that ends after so long. */
  const waitFor = async (
    directory: string,
    waitMs: number,
    { livesMs, timeout = 30_000 }: { livesMs: number; timeout?: number },
  ) => {
    const clock = new FakeClock();
    await using t = await start(directory, clock, timeout);
    const ready = t.servers.ready();
    // Two for it to be late, one for the wait, one for it to connect.
    await clock.waitForPending(4);
    await clock.advance(waitMs);
    await ready;
    await clock.advance(livesMs - waitMs);
    if (livesMs >= timeout) await t.servers.ready(undefined, livesMs + 1);
  };
  const isNotWaitedFor = async (directory: string, timeout = 30_000) => {
    // Time stands still: whoever waits, waits for ever.
    await using t = await start(directory, new FakeClock(), timeout);
    await t.servers.ready();
    expect(t.servers.tools()).toEqual([]);
  };

  test("for a second, and once more, longer, if nobody saw it hang", async () => {
    await using temp = await tempTree({});
    await waitFor(temp.path, 1_000, { livesMs: 9_000 });
    await waitFor(temp.path, 3_000, { livesMs: 9_000 });
    await isNotWaitedFor(temp.path);
  });

  test("for a second, and never again if it hangs", async () => {
    await using temp = await tempTree({});
    await waitFor(temp.path, 1_000, { livesMs: 10_000 });
    await isNotWaitedFor(temp.path);
  });

  test("for a second, and never again if it was given up", async () => {
    await using temp = await tempTree({});
    await waitFor(temp.path, 1_000, { livesMs: 5_000, timeout: 5_000 });
    await isNotWaitedFor(temp.path, 5_000);
  });
});

test("what a server offered is there at once the next time, and it is not waited for", async () => {
  await using temp = await tempTree({});
  const gate = join(temp.path, "gate");
  const memory = new OfferMemory(join(temp.path, "offers"), Logger.silent());
  const options = { mcp: { s: scripted({ gate }) }, memory, directory: temp.path };
  const offered = (t: TestServers) => {
    return JSON.stringify([t.servers.tools(), t.servers.prompts(), t.servers.instructions()]);
  };
  await Bun.write(gate, "");
  let before: string;
  {
    await using t = await testServers(options);
    await t.servers.ready(undefined, PATIENCE_MS);
    before = offered(t);
    expect(t.servers.tools()).not.toEqual([]);
  }
  await memory.close();
  await rm(gate);
  const later = new OfferMemory(join(temp.path, "offers"), Logger.silent());
  await using t = await testServers({ ...options, memory: later, clock: new FakeClock() });
  await t.servers.ready();
  expect(offered(t)).toBe(before);
  // A call waits for the server.
  const call = t.call("s_echo", { text: "here" });
  await Bun.write(gate, "");
  expect(await call).toBe("here");
  expect(offered(t)).toBe(before);
  expect(t.published).toEqual([]);
});

test("what is remembered of a server that is gone for good goes, and is forgotten", async () => {
  await using temp = await tempTree({});
  const memory = new OfferMemory(join(temp.path, "offers"), Logger.silent());
  const config = local(["no-such-program-here"]);
  const offer = { prompts: [], resources: [], templates: [] };
  const tools = [{ name: "old", description: "", inputSchema: { type: "object" } }];
  const identity = { name: "s", config, directory: temp.path };
  await memory.keep(identity, { offer: { ...offer, tools } });
  await using t = await testServers({ mcp: { s: config }, memory, directory: temp.path });
  const gone = nextEvent(t);
  await t.servers.ready();
  await gone;
  expect(t.servers.tools()).toEqual([]);
  await memory.close();
  expect(await memory.recall(identity)).toEqual({});
});

test("who wants what a server that is starting offers waits for that server alone", async () => {
  await using t = await testServers({ clock: new FakeClock() });
  const gate = join(t.directory, "gate");
  t.configure({ "my server": scripted({ gate }), mute: scripted({ isMute: true }) });
  const started = t.servers.status();
  await t.servers.readyFor("other_echo");
  const ready = t.servers.readyFor("my_server_echo");
  await Bun.write(gate, "");
  await ready;
  expect(await t.call("my_server_echo", { text: "1" })).toBe("1");
  await t.scope.close();
  await started.catch(() => {}); // the servers are closed
});

test("a call's time limit is exact, and the server hears of it", async () => {
  const clock = new FakeClock();
  await using t = await testServers({ mcp: { s: scripted({}, { timeout: 1_000 }) }, clock });
  await t.servers.ready(undefined, PATIENCE_MS);
  let isOver = false;
  const call = t.call("s_hang").catch((thrown: Error) => thrown);
  void call.then(() => (isOver = true));
  await clock.waitForPending(2);
  await clock.advance(999);
  expect(isOver).toBe(false);
  await clock.advance(1);
  const error = await call;
  expect(error).toHaveProperty("kind", "unavailable");
  expect(String(error)).toContain("MCP server s: it did not answer within 1 s (its `timeout`)");
  expect(await t.call("s_cancelled")).toBe("1");
});

test("an aborted call ends at once with the reason, and the server hears of it", async () => {
  await using t = await testServers({ mcp: { s: scripted() } });
  await t.servers.ready(undefined, PATIENCE_MS);
  const controller = new AbortController();
  const tool = t.servers.tools().find(({ id }) => id === "s_hang");
  const call = tool?.call({}, controller.signal);
  await t.call("s_echo");
  controller.abort(new Error("enough"));
  await expect(call).rejects.toThrow("enough");
  expect(await t.call("s_cancelled")).toBe("1");
  await expect(tool?.call({}, controller.signal)).rejects.toThrow("enough");
});

test("an error of a tool is told in the server's words, progress as it comes", async () => {
  await using t = await testServers({ mcp: { s: scripted() } });
  await t.servers.ready(undefined, PATIENCE_MS);
  await expect(t.call("s_fail")).rejects.toMatchObject({
    name: "McpToolError",
    kind: "unavailable",
    message: "no such luck",
  });
  const heard: number[] = [];
  const tool = t.servers.tools().find(({ id }) => id === "s_progress");
  await tool?.call({}, t.signal, ({ progress }) => heard.push(progress));
  expect(heard).toEqual([1, 2, 3]);
  const big = await t.call("s_big", { characters: 1_500_000 });
  expect(big).toEndWith("[cut after 1.0 MB of 2.9 MB]");
});

test("a server that crashes is told of and started again; its tools stay as they are", async () => {
  await using t = await testServers({ mcp: { s: scripted() } });
  await t.servers.ready(undefined, PATIENCE_MS);
  const tools = t.servers.tools();
  await expect(t.call("s_crash")).rejects.toThrow(
    "MCP server s: its program exited with code 9: out of luck",
  );
  // The next call does not wait for the pause before the next attempt.
  expect(await t.call("s_echo", { text: "again" })).toBe("again");
  expect(t.servers.tools()).toBe(tools);
  expect(t.published).toHaveLength(1);
});

test("a server that crashes without end is given up, and its tools go", async () => {
  await using t = await testServers({ mcp: { s: scripted() } });
  await t.servers.ready(undefined, PATIENCE_MS);
  const gone = nextEvent(t);
  for (let at = 0; at < 5; at++) await t.call("s_crash").catch(() => {});
  await gone;
  expect(t.servers.tools()).toEqual([]);
  expect(await t.servers.status()).toEqual({
    s: { status: "failed", error: "its program exited with code 9: out of luck" },
  });
  await t.servers.connect("s");
  expect(await t.call("s_echo", { text: "back" })).toBe("back");
});

test("a list that changed is read again", async () => {
  await using t = await testServers({ mcp: { s: scripted() } });
  await t.servers.ready(undefined, PATIENCE_MS);
  const changed = nextEvent(t);
  await t.call("s_change");
  expect(await changed).toEqual({ type: "mcp.tools.changed", properties: { server: "s" } });
  expect(t.servers.tools().map(({ id }) => id)).toContain("s_extra");
});

test("templates of resources are listed, followed, and read with their values", async () => {
  const templates = [{ uriTemplate: "x://{id}", name: "x", description: "One of them" }];
  const resources = { "x://7": { uri: "x://7", text: "seven" } };
  await using t = await testServers({ mcp: { s: scripted({ templates, resources }) } });
  await t.servers.ready(undefined, PATIENCE_MS);
  const [first] = t.servers.resourceTemplates();
  expect(first).toEqual({
    name: "x",
    uriTemplate: "x://{id}",
    description: "One of them",
    client: "s",
  });
  expect((await t.servers.readResource("s", "x://7", t.signal)).text).toBe("seven");
  await expect(t.servers.readResource("s", "x://{id}", t.signal)).rejects.toMatchObject({
    kind: "invalid",
    message: "x://{id} is a template: put a value in the place of each {name}",
  });
  const isThere = () => t.servers.resourceTemplates().length === 2;
  const changed = nextEvent(t, isThere);
  await t.call("s_change");
  await changed;
  expect(t.servers.resourceTemplates().map(({ uriTemplate }) => uriTemplate)).toEqual([
    "extra://{id}",
    "x://{id}",
  ]);
});

test("servers are added, disconnected and connected while others run", async () => {
  await using t = await testServers({ mcp: { s: scripted() } });
  const status = await t.servers.add("added", scripted());
  expect(status["added"]).toEqual({ status: "connected" });
  expect(await t.call("added_echo", { text: "1" })).toBe("1");
  const [pid] = JSON.parse(await t.call("added_pids"));
  await t.servers.disconnect("added");
  expect(await isRunning(pid)).toBe(false);
  expect((await t.servers.status())["added"]).toEqual({ status: "disabled" });
  expect(t.servers.tools().some(({ server }) => server === "added")).toBe(false);
  await t.servers.connect("added");
  expect(await t.call("added_echo", { text: "2" })).toBe("2");
  await expect(t.servers.connect("aded")).rejects.toThrow(
    "MCP server not found: aded. Did you mean added?",
  );
  await expect(t.servers.add("__proto__", scripted())).rejects.toHaveProperty("kind", "invalid");
});

test("a changed configuration is followed at the next need", async () => {
  await using t = await testServers({ mcp: { s: scripted(), stays: scripted() } });
  await t.servers.ready(undefined, PATIENCE_MS);
  const [old] = JSON.parse(await t.call("s_pids"));
  const [stays] = JSON.parse(await t.call("stays_pids"));
  t.configure({ stays: scripted(), s: scripted({ tools: [{ name: "new" }] }), n: scripted() });
  await t.servers.ready(undefined, PATIENCE_MS);
  expect(Object.keys(await t.servers.status())).toEqual(["n", "s", "stays"]);
  expect(t.servers.tools().map(({ id }) => id)).toContain("s_new");
  expect(JSON.parse(await t.call("s_pids"))[0]).not.toBe(old);
  expect(JSON.parse(await t.call("stays_pids"))[0]).toBe(stays);
  t.configure({});
  expect(await t.servers.status()).toEqual({});
  await t.scope.close();
  expect(await isRunning(old)).toBe(false);
});

test("nothing of any server is left at the end, nor of those that are being started", async () => {
  const t = await testServers({
    mcp: {
      s: scripted({ hasChild: true }),
      stubborn: scripted({ isStubborn: true, hasChild: true }),
    },
  });
  await t.servers.ready(undefined, PATIENCE_MS);
  const pids: number[] = [];
  for (const name of ["s", "stubborn"]) pids.push(...JSON.parse(await t.call(`${name}_pids`)));
  t.configure({ mute: scripted({ isMute: true }) });
  void t.servers.status().catch(() => {}); // it ends with the instance
  await t[Symbol.asyncDispose]();
  expect(await Promise.all(pids.map(isRunning))).toEqual([false, false, false, false]);
});

test("the published filesystem server works as it does elsewhere", async () => {
  await using files = await tempTree({ "a.txt": "the text" });
  await using t = await testServers({ mcp: { files: published("filesystem", files.path) } });
  await t.servers.ready(undefined, PATIENCE_MS);
  expect(await t.call("files_read_text_file", { path: join(files.path, "a.txt") })).toBe(
    "the text",
  );
  await expect(t.call("files_read_text_file", { path: "/etc/passwd" })).rejects.toThrow(
    "Access denied",
  );
});

test("the published everything server: tools, prompts, resources, values, images", async () => {
  await using t = await testServers({ mcp: { all: published("everything", "stdio") } });
  await t.servers.ready(undefined, PATIENCE_MS);
  expect(await t.call("all_echo", { message: "hi" })).toBe("Echo: hi");
  const get = (id: string) => t.servers.tools().find((tool) => tool.id === id);
  const image = await get("all_get-tiny-image")?.call({}, t.signal);
  expect(image?.attachments).toMatchObject([{ mime: "image/png" }]);
  const weather = await get("all_get-structured-content")?.call({ location: "New York" }, t.signal);
  expect(weather?.structured).toHaveProperty("temperature");
  const prompt = t.servers.prompts().find(({ command }) => command === "all:args-prompt");
  expect((await prompt?.expand(["Paris", "Île", "de", "France"], t.signal))?.text).toContain(
    "Paris, Île de France",
  );
  await expect(prompt?.expand([], t.signal)).rejects.toThrow(
    "/all:args-prompt needs city: /all:args-prompt <city> [state]",
  );
  const [resource] = t.servers.resources();
  const content = await t.servers.readResource("all", resource?.uri ?? "", t.signal);
  expect(content.text).toContain("Everything Server");
  await expect(t.servers.readResource("all", "demo://none", t.signal)).rejects.toThrow(
    "MCP server all",
  );
  expect(t.servers.instructions()[0]?.text).toContain("Everything Server");
  const template = "demo://resource/dynamic/text/{resourceId}";
  expect(t.servers.resourceTemplates().map(({ uriTemplate }) => uriTemplate)).toContain(template);
  const expanded = await t.servers.readResource(
    "all",
    template.replace("{resourceId}", "7"),
    t.signal,
  );
  expect(expanded.text).toContain("Resource 7: ");
});
