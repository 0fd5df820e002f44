// A language server that is not on this machine is offered after an edit, and fetched by a reply.

import { expect, setDefaultTimeout, test } from "bun:test";
import { FAKE_PACKAGE, serverRegistry } from "@test/lsp/server-registry";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";
import { type SessionApp, sessionApp, type SessionAppOptions } from "@test/support/session-app";

setDefaultTimeout(180_000);

const edited = (filePath: string): ScriptedTurn[] => [
  { calls: [{ tool: "write", input: { filePath, content: "ERR\n" } }] },
  { text: "Done" },
];

async function app(options: SessionAppOptions, packages = [FAKE_PACKAGE]) {
  const source = await serverRegistry(packages);
  const env = { ...source.env, ...options.env };
  const t = await sessionApp({ turns: edited("a.sh"), ...options, env });
  return {
    t,
    asked: source.asked,
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]();
      await source[Symbol.asyncDispose]();
    },
  };
}

function answer(t: SessionApp, label: string): void {
  const [request] = t.instance.questions.list();
  if (!request) throw new Error("nothing is asked");
  t.instance.questions.reply(request.id, [[label]]);
}

const question = (t: SessionApp) => t.next("question.asked");
const toast = (t: SessionApp) => t.next("tui.toast.show");

test("the edit is answered first; a reply fetches the server, for later ones", async () => {
  await using at = await app({ turns: ["a.sh", "b.sh"].flatMap(edited) });
  const { t } = at;
  const session = t.create();
  const asked = question(t);
  await t.prompt(session, "Edit");
  expect((await asked).questions).toMatchObject([
    { header: "Language server", options: [{ label: "Fetch it" }, {}, { label: "Never" }] },
  ]);
  expect(at.asked).toEqual([]);
  const told = toast(t);
  const ready = t.next("lsp.updated");
  answer(t, "Fetch it");
  expect(await told).toMatchObject({ variant: "success" });
  await ready;
  await t.prompt(session, "Edit again");
  const [first, second] = t.calls(session).map(({ state }) => JSON.stringify(state));
  expect(first).not.toContain("ERROR");
  expect(second).toContain("ERROR");
});

test("one that cannot be fetched is told of", async () => {
  await using at = await app({}, []);
  const { t } = at;
  const asked = question(t);
  await t.prompt(t.create(), "Edit");
  await asked;
  const told = toast(t);
  answer(t, "Fetch it");
  expect(await told).toMatchObject({
    variant: "error",
    message: expect.stringContaining("The language server bash: it could not be installed"),
  });
});

test("each is asked for once, and never again where a person says so", async () => {
  await using at = await app({
    isStored: true,
    turns: ["a.sh", "b.sh", "c.sh", "d.sh"].flatMap(edited),
  });
  const { t } = at;
  const asked = question(t);
  await t.prompt(t.create(), "Edit");
  await asked;
  answer(t, "Not now");
  await t.prompt(t.create(), "Edit");
  expect(t.told("question.asked")).toHaveLength(1);
  await t.reopen();
  const again = question(t);
  await t.prompt(t.create(), "Edit");
  await again;
  answer(t, "Never");
  await t.reopen();
  await t.prompt(t.create(), "Edit");
  expect(t.instance.questions.list()).toEqual([]);
  expect(at.asked).toEqual([]);
});

test.each<[string, SessionAppOptions]>([
  ["servers are off", { config: { lsp: false } }],
  ["this one is", { config: { lsp: { bash: { disabled: true } } } }],
  ["nothing may be fetched", { env: { OPENCODE_DISABLE_LSP_DOWNLOAD: "1" } }],
])("nobody is asked where %s", async (_, options) => {
  await using at = await app(options);
  await at.t.prompt(at.t.create(), "Edit");
  expect(at.t.told("question.asked")).toEqual([]);
});

test("nobody is asked where nobody answers", async () => {
  await using at = await app({});
  at.t.instance.questions.policy = "reject";
  await at.t.prompt(at.t.create(), "Edit");
  expect(at.t.told("tui.toast.show")).toEqual([]);
  expect(at.asked).toEqual([]);
});
