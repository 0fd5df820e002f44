// Code of people in the executable: TypeScript files that it imports itself, with the published
// helper and its schemas, in a directory where nothing is installed.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readLines, startModel } from "@test/bench/model-process";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome } from "@test/support/executable-home";
import { packageRegistry } from "@test/support/package-registry";
import { readTree, tempDirectory } from "@test/support/temp";

setDefaultTimeout(180_000);

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

test("a custom tool in TypeScript runs", async () => {
  const files = {
    ".opencode/tool/shout.ts": `
      import { tool } from "@opencode-ai/plugin";
      import { z } from "zod";
      import { loud } from "../lib/loud";
      export default tool({
        description: "Says it loudly",
        args: { text: tool.schema.string(), times: z.number().default(2) },
        async execute(args: { text: string; times: number }): Promise<string> {
          return loud(args.text).repeat(args.times);
        },
      });`,
    ".opencode/lib/loud.ts": `export const loud = (text: string) => text.toUpperCase() + "!";`,
  };
  const turns = [{ calls: [{ tool: "shout", input: { text: "hi" } }] }, { text: "Said." }];
  await using model = await startModel({ wire: "openai-compatible", turns });
  await using home = await ExecutableHome.open(executable.path, { config: model.config, files });
  const ended = await home.run(["run", "--format", "json", "Shout"]);
  expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
  expect(ended.stdout).toContain('"output":"HI!HI!"');
  await model.finish(turns.length);
});

/** In the shape of published plugins: typed, an exported constant, hooks, a tool, the client. */
const PUBLISHED = `
import { type Plugin, tool } from "@opencode-ai/plugin";

export const Guard: Plugin = async ({ client, $, directory }) => {
  console.log("a plugin prints");
  const where = (await $\`pwd\`.text()).trim();
  await client.app.log({ body: { service: "guard", level: "info", message: "at " + where } });
  return {
    tool: {
      where: tool({
        description: "Where the plugin is",
        args: { suffix: tool.schema.string().optional() },
        async execute({ suffix }) { return where + (suffix ?? ""); },
      }),
    },
    "tool.execute.before": async (input, output) => {
      if (input.tool === "read" && output.args.filePath.includes(".env")) {
        throw new Error("Do not read .env files");
      }
    },
    "shell.env": async (input, output) => { output.env.GUARDED = "yes"; },
    event: async ({ event }) => {
      if (event.type !== "session.idle") return;
      const session = await client.session.get({ path: { id: event.properties.sessionID } });
      await Bun.write(directory + "/idle.txt", session.data?.id ?? "none");
    },
  };
};`;

test("a plugin in the published shape runs, and a hook command beside it", async () => {
  const files = { ".opencode/plugin/guard.ts": PUBLISHED, ".env": "SECRET=1\n" };
  const turns = [
    { calls: [{ tool: "read", input: { filePath: ".env" } }] },
    { calls: [{ tool: "where", input: {} }] },
    { calls: [{ tool: "bash", input: { command: "echo guarded: $GUARDED" } }] },
    { text: "Done." },
  ];
  await using model = await startModel({ wire: "openai-compatible", turns });
  const hooks = {
    PreToolUse: [{ matcher: "Bash", hooks: [{ command: "cat > told.json" }] }],
  };
  await using home = await ExecutableHome.open(executable.path, {
    config: { ...model.config, hooks },
    files,
  });
  const ended = await home.run(["run", "--format", "json", "Go"]);
  expect(ended.exitCode).toBe(0);
  expect(ended.stdout).toContain("Do not read .env files");
  expect(ended.stdout).toContain(JSON.stringify(home.project).slice(1, -1));
  expect(ended.stdout).toContain("guarded: yes");
  expect(ended.stdout + ended.stderr).not.toContain("a plugin prints");
  expect(JSON.parse(await readTree(home.project, "told.json"))).toMatchObject({
    tool_name: "Bash",
    tool_input: { command: "echo guarded: $GUARDED" },
  });
  expect(await home.leftRunning()).toEqual([]);
  expect(await home.looseEntries()).toEqual([]);
  await model.finish(turns.length);
});

test("--pure runs without them", async () => {
  const files = { ".opencode/plugin/broken.ts": "throw new Error('must not run');" };
  const turns = [{ text: "Done." }];
  await using model = await startModel({ wire: "openai-compatible", turns });
  await using home = await ExecutableHome.open(executable.path, { config: model.config, files });
  const pure = await home.run(["--pure", "run", "Go"]);
  expect(pure).toMatchObject({ exitCode: 0, stdout: "Done.\n" });
  expect(pure.stderr).not.toContain("must not run");
  await model.finish(turns.length);
});

test("a plugin that throws where nobody catches it ends nothing", async () => {
  const files = {
    ".opencode/plugin/late.ts": `export default async () => {
      setTimeout(() => { throw new Error("late to throw"); }, 0);
      void Promise.reject(new Error("never awaited"));
      return {};
    };`,
  };
  const turns = [{ text: "Done." }];
  await using model = await startModel({ wire: "openai-compatible", turns });
  await using home = await ExecutableHome.open(executable.path, { config: model.config, files });
  const ended = await home.run(["run", "Go"]);
  expect(ended).toMatchObject({ exitCode: 0, stdout: "Done.\n" });
  expect(ended.stderr).toMatch(/Code in .*late\.ts has failed: late to throw/);
  expect(ended.stderr).toMatch(/Code in .*late\.ts has failed: never awaited/);
  expect(ended.stderr).not.toContain("fault of the program");
  await model.finish(turns.length);
});

test("a plugin that fails is told of, and the answer comes all the same", async () => {
  const files = { ".opencode/plugin/broken.ts": "throw new Error('out of order');" };
  const turns = [{ text: "Done." }];
  await using model = await startModel({ wire: "openai-compatible", turns });
  await using home = await ExecutableHome.open(executable.path, { config: model.config, files });
  const ended = await home.run(["run", "Go"]);
  expect(ended).toMatchObject({ exitCode: 0, stdout: "Done.\n" });
  expect(ended.stderr).toContain("broken.ts");
  expect(ended.stderr).toContain("out of order");
  await model.finish(turns.length);
});

test("one that never ends is stopped and left out, and the others work", async () => {
  const files = {
    ".opencode/plugin/loop.ts": "for (let turns = 0; ; turns++);",
    ".opencode/plugin/works.ts": `export default async () => ({
      config: async () => { for (let turns = 0; ; turns++); },
      "shell.env": async (_, { env }) => void (env.WORKS = "yes"),
    });`,
  };
  const call = { tool: "bash", input: { command: "echo works=$WORKS", description: "Look" } };
  const turns = [{ calls: [call] }, { text: "Done." }];
  await using model = await startModel({ wire: "openai-compatible", turns });
  await using home = await ExecutableHome.open(executable.path, { config: model.config, files });
  const ended = await home.run(["run", "--format", "json", "Go"]);
  expect(ended.exitCode).toBe(0);
  expect(ended.stdout).toContain("works=yes");
  expect(ended.stderr + ended.stdout).toMatch(/loop\.ts.*did not answer within 10 seconds/);
  expect(ended.stderr + ended.stdout).toMatch(/works\.ts.*config.*did not answer within 10 sec/);
  await model.finish(turns.length);
});

test("a package is installed by the executable itself, behind the first answer", async () => {
  await using temp = await tempDirectory();
  const answered = Promise.withResolvers<void>();
  // As packages are: built, with an exports map, typed or not, and with dependencies.
  const demo = {
    name: "opencode-demo",
    version: "1.0.0",
    manifest: {
      type: "module",
      main: undefined,
      exports: { ".": { types: "./dist/index.d.ts", import: "./dist/index.js" } },
      dependencies: { "@demo/words": "^2.0.0" },
    },
    files: {
      "dist/index.js": `import { tool } from "@opencode-ai/plugin";
        import { by } from "@demo/words/by";
        export const Demo = async () => ({
          tool: { demo: tool({ description: "Demo", args: {}, execute: async () => by }) },
          "experimental.text.complete": async (input, output) => { output.text += by; },
        });`,
    },
  };
  const words = {
    name: "@demo/words",
    version: "2.1.0",
    manifest: { exports: { "./by": "./src/by.ts" } },
    files: { "src/by.ts": `export const by: string = " By the demo.";` },
  };
  const open = answered.promise;
  await using registry = await packageRegistry(temp.path, [demo, words], { open });
  const turns = [{ text: "One." }, { text: "Two." }];
  await using model = await startModel({ wire: "openai-compatible", turns });
  const config = { ...model.config, plugin: ["opencode-demo@1.0.0"] };
  await using home = await ExecutableHome.open(executable.path, { config });
  const env = { BUN_CONFIG_REGISTRY: registry.url };
  const first = home.start(["run", "--format", "json", "Go"], { env });
  for await (const line of readLines(first.stdout)) {
    if (!line.includes('"type":"result"')) continue;
    expect(line).toContain('"text":"One."');
    answered.resolve();
  }
  expect(await first.exited).toBe(0);
  expect(registry.asked).toContain("opencode-demo");
  const count = registry.asked.length;
  const second = await home.run(["run", "--format", "json", "Go"], { env });
  expect(second.stdout).toContain("Two. By the demo.");
  expect(registry.asked).toHaveLength(count);
  expect(await home.leftRunning()).toEqual([]);
  await model.finish(turns.length);
});

test.each(["{ broken", JSON.stringify({ imports: { "#*": "./evil.js" }, main: "./evil.js" })])(
  "what a project's package.json says changes nothing: %s",
  async (manifest) => {
    const files = { "package.json": manifest, "evil.js": "throw new Error('it ran');" };
    const turns = [{ text: "Done." }];
    await using model = await startModel({ wire: "openai-compatible", turns });
    await using home = await ExecutableHome.open(executable.path, { files });
    const own = { OPENCODE_CONFIG_CONTENT: JSON.stringify(model.config) };
    const ended = await home.run(["run", "Go"], { env: { ...own, OPENCODE_TRUST: "" } });
    expect(ended).toMatchObject({ exitCode: 0, stdout: "Done.\n" });
    expect(ended.stderr).not.toContain("it ran");
    await model.finish(turns.length);
  },
);
