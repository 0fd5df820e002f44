// A client that a generator makes of /doc: it type-checks under strict rules, and a program that is
// written against its types makes its calls to the running server.

import { expect, test } from "bun:test";
import { join, resolve } from "node:path";
import { tempDirectory, writeTree } from "@test/support/temp";
import { type TestApp, testApp } from "@test/support/test-app";

const GENERATOR = resolve(import.meta.dir, "../../node_modules/.bin/openapi-ts");

const TSCONFIG = {
  compilerOptions: {
    target: "ESNext",
    module: "Preserve",
    moduleResolution: "bundler",
    lib: ["ESNext", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
    types: [],
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
  },
  include: ["."],
};

/** Every value is used as the type that the document gives it. */
const PROGRAM = `
import { createClient } from "./client/client";
import * as sdk from "./client";
import type { Message, Part, Session } from "./client";

declare const process: { argv: string[] };
const client = createClient({ baseUrl: process.argv[2] ?? "" });
const options = { client, throwOnError: true } as const;

const { data: health } = await sdk.globalHealth(options);
const version: string = health.version;
const { data: config } = await sdk.configGet(options);
const model: string | undefined = config.model;
// Leaving the loop does not close the connection, which would keep the program running.
const end = new AbortController();
const { stream } = await sdk.eventSubscribe({ client, signal: end.signal });
const connected = await stream.next();
const { data: session } = await sdk.sessionCreate({ ...options, body: { title: "Generated" } });
const path = { sessionID: session.id };
const { data: answer } = await sdk.sessionPrompt({
  ...options,
  path,
  body: { parts: [{ type: "text", text: "Hello" }], agent: "build" },
});
const info: Message = answer.info;
const texts: string[] = answer.parts.flatMap((part: Part) => {
  return part.type === "text" ? [part.text] : [];
});
const events: string[] = [];
for await (const event of stream) {
  events.push(event.type);
  if (event.type === "session.idle" && event.properties.sessionID === session.id) break;
}
end.abort();
const { data: messages } = await sdk.sessionMessages({ ...options, path, query: { limit: 10 } });
const { data: found } = await sdk.findText({ ...options, query: { pattern: "need" } });
const line: number | undefined = found[0]?.line_number;
const { data: changed } = await sdk.sessionUpdate({ ...options, path, body: { title: "New" } });
const title: Session["title"] = changed.title;
const { data: removed } = await sdk.sessionDelete({ ...options, path });
const gone = await sdk.sessionGet({ client, path });
const failure: string | undefined = gone.error?.data.message;

console.log(JSON.stringify({
  version, model, connected: connected.value, role: info.role, texts, events: new Set(events).size,
  messages: messages.length, line, title, removed, status: gone.response?.status, failure,
}));
`;

/** What the generator and the compiler must refuse, or the types say nothing. */
const WRONG = `
import * as sdk from "./client";
await sdk.sessionPrompt({ path: { sessionID: "ses_x" }, body: { parts: [{ type: "txt" }] } });
await sdk.sessionGet({ path: { id: "ses_x" } });
const { data } = await sdk.vcsGet({ throwOnError: true });
const branch: number = data.branch;
export { branch };
`;

async function run(argv: string[], cwd: string) {
  // Else the generator's loader leaves a cache in the temporary directory.
  const env = { ...process.env, JITI_FS_CACHE: "false" };
  const child = Bun.spawn(argv, { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exitCode: await child.exited, stdout, output: stdout + stderr };
}

/** Generates the client into `directory`/client. */
async function generate(app: TestApp, directory: string): Promise<void> {
  const { body } = await app.request("GET", "/doc");
  await writeTree(directory, {
    "doc.json": JSON.stringify(body),
    "tsconfig.json": JSON.stringify(TSCONFIG),
    "package.json": JSON.stringify({ type: "module" }),
  });
  const input = ["--input", "doc.json", "--output", "client", "--client", "@hey-api/client-fetch"];
  const made = await run([process.execPath, GENERATOR, ...input, "--no-log-file"], directory);
  expect(made).toMatchObject({ exitCode: 0 });
}

function check(directory: string) {
  return run([process.execPath, "check", "--no-script"], directory);
}

test("a generated client type-checks, and its calls work", async () => {
  await using app = await testApp({
    files: { "src/a.txt": "needle\n" },
    turns: [{ text: "Hi there." }],
  });
  await using directory = await tempDirectory();
  await generate(app, directory.path);
  await writeTree(directory.path, { "program.ts": PROGRAM });
  expect(await check(directory.path)).toMatchObject({ exitCode: 0 });
  const program = join(directory.path, "program.ts");
  const url = app.server.url.origin;
  const { exitCode, stdout, output } = await run([process.execPath, program, url], directory.path);
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(stdout)).toMatchObject({
    model: "scripted/main",
    connected: { type: "server.connected" },
    role: "assistant",
    texts: ["Hi there."],
    messages: 2,
    line: 1,
    title: "New",
    removed: true,
    status: 404,
    failure: expect.stringContaining("ses_"),
  });
  await writeTree(directory.path, { "program.ts": WRONG });
  const refused = await check(directory.path);
  expect(refused.exitCode).not.toBe(0);
  for (const line of [3, 4, 6]) expect(refused.output).toContain(`program.ts(${line},`);
}, 120_000);
