// Code of people in the executable: TypeScript files that it imports itself, with the published
// helper and its schemas, in a directory where nothing is installed.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { startModel } from "@test/bench/model-process";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome } from "@test/support/executable-home";

setDefaultTimeout(60_000);

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
