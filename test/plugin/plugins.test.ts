import { expect, test } from "bun:test";
import { join } from "node:path";
import { Logger } from "@/base/log";
import { resolvePaths } from "@/base/paths";
import { ConfigService } from "@/config/config-service";
import { PluginModules } from "@/plugin/plugin-modules";
import { Plugins } from "@/plugin/plugins";
import { FakeClock } from "@test/support/clock";
import { tempTree, type Tree } from "@test/support/temp";

/** The person's own plugins, with files that they may write to tell what they did. */
async function open(plugins: Record<string, string>) {
  const files = Object.entries(plugins).map(([name, text]) => [
    `home/.config/opencode/plugin/${name}.js`,
    text,
  ]);
  const temp = await tempTree({ "project/": "", ...(Object.fromEntries(files) as Tree) });
  const clock = new FakeClock();
  const log = Logger.silent();
  const paths = resolvePaths({}, join(temp.path, "home"));
  const directory = join(temp.path, "project");
  const modules = new PluginModules(clock, log);
  const controller = new AbortController();
  const reports: string[] = [];
  const location = { paths, env: {}, directory, worktree: "/" };
  const managedDirectory = join(temp.path, "managed");
  let amend: Plugins["amend"] = (loaded) => Promise.resolve(loaded);
  const config = new ConfigService({
    ...location,
    managedDirectory,
    log,
    clock,
    amend: (loaded) => amend(loaded),
  });
  const all = new Plugins({
    ...location,
    config,
    modules,
    clock,
    log,
    isTrusted: () => false,
    input: async () => ({ directory }),
    packages: join(temp.path, "packages"),
    commands: async () => ({ name: "commands", isOfProject: false, handlers: {} }),
    report: (problem) => void reports.push(problem),
    signal: controller.signal,
  });
  amend = (loaded) => all.amend(loaded);
  return {
    ...{ all, clock, config, directory, reports },
    async [Symbol.asyncDispose]() {
      controller.abort();
      await all.close();
      modules.close();
      await temp[Symbol.asyncDispose]();
    },
  };
}

const QUICK = `export default async () => {
  pluginMeeting.quick.resolve();
  return { config: (config) => { config.username = "quick" } };
};`;

/** How a plugin tells the test that it has begun, and is told to go on. */
function meeting() {
  const begun = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const quick = Promise.withResolvers<void>();
  const pluginMeeting = { begin: begun.resolve, released: release.promise, quick };
  Object.assign(globalThis, { pluginMeeting });
  return { begun: begun.promise, release: release.resolve };
}

test("one that is slow is waited for briefly, and joins when it is ready", async () => {
  const slow = `export default async () => {
    await pluginMeeting.quick.promise;
    pluginMeeting.begin();
    await pluginMeeting.released;
    return {
      config: (config) => { config.username += " and slow" },
      tool: { late: { description: "Late", execute: () => "" } },
    };
  };`;
  const { begun, release } = meeting();
  await using t = await open({ quick: QUICK, slow });
  const loading = t.config.get();
  await begun;
  await t.clock.advance(0);
  await t.clock.advance(5_000);
  expect((await loading).config.username).toBe("quick");
  expect(await t.all.tools()).toEqual([]);
  release();
  await t.all.settled();
  expect((await t.config.get()).config.username).toBe("quick and slow");
  const tools = await t.all.tools();
  expect(tools.map(({ id }) => id)).toEqual(["late"]);
  // The same objects: what models are told of them stays.
  expect((await t.all.tools())[0]).toBe(tools[0]);
  expect(t.reports).toEqual([]);
});

test("one that never starts is reported and left out", async () => {
  const { begun } = meeting();
  const hangs = `export default () => {
    pluginMeeting.begin();
    return new Promise(() => {});
  };`;
  await using t = await open({ hangs });
  const loading = t.config.get();
  await begun;
  await t.clock.advance(60_000);
  await loading;
  await t.all.settled();
  expect(await t.all.list()).toEqual([]);
  expect(t.reports).toEqual([
    expect.stringMatching(/hangs\.js is left out: it did not answer within 60 seconds/),
  ]);
});

test("one that is named no more is ended; the others are started once", async () => {
  const counting = `export default async ({ directory }) => {
    const path = directory + "/log";
    const say = async (word) =>
      Bun.write(path, (await Bun.file(path).text().catch(() => "")) + word + "\\n");
    await say("start");
    return { dispose: () => say("end") };
  };`;
  await using t = await open({ one: counting });
  await t.config.get();
  await t.config.reload();
  const log = Bun.file(join(t.directory, "log"));
  expect(await log.text()).toBe("start\n");
  const { rm } = await import("node:fs/promises");
  await rm(join(t.directory, "../home/.config/opencode/plugin/one.js"));
  await t.config.reload();
  expect(await t.all.list()).toEqual([]);
  await t.all.close();
});

test("what happens is told to those who listen; one that does not keep up is told of", async () => {
  const listener = `export default async () => ({ event: () => new Promise(() => {}) });`;
  await using t = await open({ listener });
  await t.config.get();
  const event = { id: "evt_1", type: "server.heartbeat" as const, properties: {} };
  for (let count = 0; count < 1_001; count++) t.all.tell(event);
  expect(t.reports).toEqual([expect.stringContaining("does not keep up with the events")]);
});
