// Published hooks in the executable whose work shows only over time: a login that a plugin brings
// and whose requests it makes, and the end of a compaction. From a file, and from a package that
// the executable installs itself.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome, type ServedProcess } from "@test/support/executable-home";
import { packageRegistry } from "@test/support/package-registry";
import {
  scriptedModel,
  type ScriptedModelOptions,
} from "@test/support/scripted-model/scripted-model";
import { tempDirectory, type Tree } from "@test/support/temp";

setDefaultTimeout(180_000);

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

type Where = "a file" | "a package";
const PLACES: readonly Where[] = ["a file", "a package"];
const NAME = "opencode-demo";

/** A server whose project has the plugin, installed already when it is a package. */
async function serve(where: Where, text: string, options: ScriptedModelOptions) {
  const stack = new AsyncDisposableStack();
  try {
    const { turns = [] } = options;
    const isPackage = where === "a package";
    const first = isPackage ? [{ text: "Installed" }] : [];
    const model = stack.use(scriptedModel({ ...options, turns: [...first, ...turns] }));
    const files: Tree = isPackage ? {} : { ".opencode/plugin/demo.js": text };
    const plugin = isPackage ? [`${NAME}@1.0.0`] : [];
    const config = { ...model.config(), plugin, compaction: { tail_turns: 0 } };
    const home = stack.use(await ExecutableHome.open(executable.path, { config, files }));
    const env = isPackage ? await install(home, text, stack) : {};
    model.requests.length = 0;
    const server = stack.use(await home.serve([], { env }));
    return { model, home, server, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function install(home: ExecutableHome, text: string, stack: AsyncDisposableStack) {
  const temp = stack.use(await tempDirectory());
  const demo = { name: NAME, version: "1.0.0", files: { "index.js": text } };
  const registry = stack.use(
    await packageRegistry(temp.path, [{ ...demo, manifest: { type: "module" } }]),
  );
  const env = { BUN_CONFIG_REGISTRY: registry.url };
  // It installs what it lacks behind the answer, and ends when all is there.
  expect(await home.run(["run", "Install"], { env })).toMatchObject({ stdout: "Installed\n" });
  expect(registry.asked).toContain(NAME);
  return env;
}

/** A plugin that starts slowly joins when it is ready: what it brings is asked for till then. */
async function untilListed(server: ServedProcess, path: string, name: string): Promise<void> {
  while (!JSON.stringify(await server.request("GET", path)).includes(name));
}

async function newSession(server: ServedProcess): Promise<string> {
  return ((await server.request("POST", "/session", { title: "Hooks" })) as { id: string }).id;
}

/** The texts of the answer. */
async function prompt(server: ServedProcess, id: string, text: string): Promise<string[]> {
  const body = { parts: [{ type: "text", text }] };
  const answer = await server.request("POST", `/session/${id}/message`, body);
  const { parts } = answer as { parts: { type: string; text?: string }[] };
  return parts.flatMap((part) => (part.type === "text" && part.text ? [part.text] : []));
}

const LOGIN = `
export const Login = async () => ({
  auth: {
    provider: "scripted",
    async loader(getAuth, provider) {
      const auth = await getAuth();
      if (auth.type !== "oauth") return {};
      return {
        apiKey: "",
        async fetch(input, init) {
          const { access } = await getAuth();
          const headers = new Headers(init.headers);
          headers.set("authorization", "Bearer scripted-key");
          headers.set("x-login", access);
          headers.set("x-name", provider.name);
          return fetch(input, { ...init, headers });
        },
      };
    },
    methods: [{
      type: "oauth",
      label: "Account",
      authorize: async () => ({
        url: "https://login.example/", instructions: "Paste the code", method: "code",
        callback: async (code) =>
          code === "good"
            ? { type: "success", refresh: "r", access: "a-1", expires: Date.now() + 3600000 }
            : { type: "failed" },
      }),
    }],
  },
});`;

test.each(PLACES)("a login of %s is made, and its loader makes the requests", async (where) => {
  await using t = await serve(where, LOGIN, { turns: [{ text: "One" }, { text: "Two" }] });
  const { model, server } = t;
  await untilListed(server, "/provider/auth", "scripted");
  const id = await newSession(server);
  expect(await prompt(server, id, "Before")).toEqual(["One"]);
  const methods = (await server.request("GET", "/provider/auth")) as Record<string, unknown[]>;
  expect(methods["scripted"]).toEqual([{ type: "oauth", label: "Account" }]);
  const begun = await server.request("POST", "/provider/scripted/oauth/authorize", { method: 0 });
  expect(begun).toMatchObject({ url: "https://login.example/", method: "code" });
  const end = { method: 0, code: "good" };
  expect(await server.request("POST", "/provider/scripted/oauth/callback", end)).toBe(true);
  expect(await prompt(server, id, "After")).toEqual(["Two"]);
  const sent = model.requests.map(({ headers }) => [headers["x-login"], headers["x-name"]]);
  expect(sent).toEqual([
    [undefined, undefined],
    ["a-1", "Scripted"],
  ]);
  expect(model.violations).toEqual([]);
});

const COMPACTION = `
export const Short = async ({ directory }) => ({
  tool: { short: { description: "None", args: {}, execute: async () => "" } },
  "experimental.session.compacting": async (input, output) => {
    output.context.push("Keep the names.");
  },
  "experimental.compaction.autocontinue": async (input, output) => {
    await Bun.write(directory + "/compacted.txt", input.sessionID);
    output.enabled = false;
  },
});`;

test.each(PLACES)("a compaction ends the turn where %s says so", async (where) => {
  await using t = await serve(where, COMPACTION, {
    limit: { context: 8_192, output: 1_024 },
    // Summaries take turns; only titles are asked for beside them.
    side: ({ system }) => (system.includes("You name conv") ? { text: "A title" } : undefined),
    turns: [{ text: "Roses", usage: { input: 7_200, output: 100 } }, { text: "About roses." }],
  });
  const { home, model, server } = t;
  await untilListed(server, "/experimental/tool/ids", "short");
  const id = await newSession(server);
  await prompt(server, id, "A poem");
  expect(await prompt(server, id, "More")).toEqual(["About roses."]);
  expect(await Bun.file(`${home.project}/compacted.txt`).text()).toBe(id);
  expect(model.requests).toHaveLength(2);
  expect(model.requests[1]?.request.messages[0]?.text).toEndWith("Keep the names.");
  expect(model.violations).toEqual([]);
});
