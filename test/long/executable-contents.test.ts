// What the executable carries with it works in an empty home: ripgrep, the shell grammar, the page
// converter, the catalog, and every provider package; and it reads nothing of the project that is
// meant for bun.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { version } from "@/base/version";
import { supportedPackages } from "@/llm/packages";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome } from "@test/support/executable-home";
import {
  type ScriptedModelOptions,
  scriptedModel,
} from "@test/support/scripted-model/scripted-model";
import type { Tree } from "@test/support/temp";

setDefaultTimeout(180_000);

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

/** Makes the model call one tool, and gives what the tool answered and how the run ended. */
async function callTool(
  call: { tool: string; input: unknown },
  options: { config?: Record<string, unknown>; files?: Tree; env?: Record<string, string> } = {},
) {
  const script: ScriptedModelOptions = { turns: [{ calls: [call] }, { text: "done" }] };
  await using model = scriptedModel(script);
  const config = { ...model.config(), ...options.config };
  await using home = await ExecutableHome.open(executable.path, { ...options, config });
  const ended = await home.run(["run", "go"], { env: options.env ?? {} });
  const cache = join(home.home, ".cache/opencode/bin");
  const unpacked = await readdir(cache).catch(() => []); // nothing was unpacked
  const result = model.requests[1]?.request.messages.at(-1)?.results[0]?.text;
  return { ...ended, result, unpacked, loose: await home.looseEntries() };
}

test("--version is the version and nothing else, and leaves nothing", async () => {
  await using home = await ExecutableHome.open(executable.path);
  expect(await home.run(["--version"])).toEqual({
    exitCode: 0,
    stdout: `${version}\n`,
    stderr: "",
  });
  expect(await readdir(home.home)).toEqual([]);
});

test("ripgrep is inside", async () => {
  const files = { "src/a.ts": "const needle = 1;\n", "b.txt": "hay\n" };
  const grep = await callTool({ tool: "grep", input: { pattern: "need.e" } }, { files });
  expect(grep.exitCode).toBe(0);
  expect(grep.result).toContain("src/a.ts");
  expect(grep.unpacked).toEqual([expect.stringContaining("rg")]);
  expect(grep.loose).toEqual([]);
  const glob = await callTool({ tool: "glob", input: { pattern: "**/*.ts" } }, { files });
  expect(glob.result).toContain("src/a.ts");
  expect(glob.result).not.toContain("b.txt");
});

test("the shell grammar is inside: a rule holds for what stands behind sudo", async () => {
  const config = { permission: { bash: { "*": "allow", "rm *": "deny" } } };
  const files = { "x.txt": "keep" };
  const call = (command: string) => ({ tool: "bash", input: { command, description: "c" } });
  const denied = await callTool(call("true && sudo rm x.txt"), { config, files });
  expect(denied.exitCode).toBe(3);
  expect(denied.stderr).toContain("denied: bash");
  const allowed = await callTool(call("ls; echo rm x.txt"), { config, files });
  expect(allowed.exitCode).toBe(0);
  expect(allowed.result).toContain("rm x.txt");
});

test("the page converter is inside", async () => {
  const page = "<html><body><h1>Title</h1><p>Some <b>bold</b> words</p></body></html>";
  await using site = servePage(page);
  const { result } = await callTool({ tool: "webfetch", input: { url: site.url } });
  expect(result).toContain("# Title");
  expect(result).toContain("Some **bold** words");
});

test("the catalog is inside", async () => {
  await using home = await ExecutableHome.open(executable.path);
  const { exitCode, stdout } = await home.run(["models"], { env: { ANTHROPIC_API_KEY: "x" } });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^anthropic\/claude-sonnet-4-5$/m);
});

/** What some packages want besides an address and a key, none of it used by the fake provider. */
const OPTIONS: Readonly<Record<string, Record<string, unknown>>> = {
  "@ai-sdk/amazon-bedrock": { region: "us-east-1" },
  "@ai-sdk/google-vertex": { project: "p", location: "l" },
  "@ai-sdk/google-vertex/anthropic": { project: "p", location: "l" },
};

const REFUSED = { name: "ProviderAuthError" };

/** This one takes no key: what it says of that is said by the package itself, so it was opened. */
const WORDS: Readonly<Record<string, object>> = {
  "@ai-sdk/google-vertex/anthropic": {
    data: { message: expect.stringContaining("Google credentials") },
  },
};

test("every provider package is inside and opens", async () => {
  await using refusing = serveRefusal();
  const provider = Object.fromEntries(
    supportedPackages.map((npm, index) => {
      const options = { baseURL: refusing.url, apiKey: "k", ...OPTIONS[npm] };
      return [`p${index}`, { npm, options, models: { m: { name: "m", tool_call: true } } }];
    }),
  );
  await using home = await ExecutableHome.open(executable.path, { config: { provider } });
  await using server = await home.serve();
  for (const [index, npm] of supportedPackages.entries()) {
    const { id } = (await server.request("POST", "/session", { title: npm })) as { id: string };
    const answer = await server.request("POST", `/session/${id}/message`, {
      model: { providerID: `p${index}`, modelID: "m" },
      parts: [{ type: "text", text: "hi" }],
    });
    const { info } = answer as { info: { error?: { name: string; data: unknown } } };
    expect({ npm, ...info.error }).toMatchObject({ npm, ...(WORDS[npm] ?? REFUSED) });
  }
  expect(refusing.asked()).toBe(supportedPackages.length - Object.keys(WORDS).length);
});

test("what the project keeps for bun is not read", async () => {
  const files = {
    ".env": "SECRET_OF_PROJECT=leaked\nOPENCODE_LOG_LEVEL=nonsense\n",
    ".env.local": "SECRET_OF_PROJECT=leaked\n",
    "bunfig.toml": 'preload = ["./preload.ts"]\n[install]\nauto = "force"\n',
    "preload.ts": 'require("fs").writeFileSync("preloaded", "");\n',
    "package.json": '{ "type": "commonjs", "imports": { "#ripgrep": "./preload.ts" } }\n',
    "tsconfig.json": "{ broken",
  };
  const command = "env; ls";
  const { exitCode, result } = await callTool(
    { tool: "bash", input: { command, description: "Shows" } },
    { files },
  );
  expect(exitCode).toBe(0);
  expect(result).toContain("HOME=");
  expect(result).not.toContain("leaked");
  expect(result).not.toContain("preloaded");
});

function servePage(page: string) {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response(page, { headers: { "content-type": "text/html" } }),
  });
  return { url: server.url.href, [Symbol.asyncDispose]: () => server.stop(true) };
}

/** A provider that knows no key. */
function serveRefusal() {
  let count = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => {
      count += 1;
      return Response.json({ error: { message: "invalid api key" } }, { status: 401 });
    },
  });
  const url = `${server.url.origin}/v1`;
  return { url, asked: () => count, [Symbol.asyncDispose]: () => server.stop(true) };
}
