// Plan mode: the plan agent is told that it only plans, the next one that planning is over. With
// plan files it may write that one file, and a person's consent hands it to the build agent.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { NeutralRequest } from "@test/support/scripted-model/turn";
import { type SessionApp, type SessionAppOptions, sessionApp } from "@test/support/session-app";

const env = { OPENCODE_EXPERIMENTAL_PLAN_MODE: "1" };
const write = (filePath: string) => ({
  calls: [{ tool: "write", input: { filePath, content: "# Plan\n" } }],
});
const exit = { calls: [{ tool: "plan_exit", input: {} }] };

const lastUser = (request: NeutralRequest | undefined) =>
  request?.messages.findLast(({ role, results }) => role === "user" && results.length === 0)?.text;
const offered = (t: SessionApp, index: number) =>
  t.model.requests[index]?.request.tools.map(({ name }) => name) ?? [];

/** The path that the reminder names. */
function fileIn(request: NeutralRequest): string {
  return /plan, (\S+\.md);/.exec(lastUser(request) ?? "")?.[1] ?? "";
}

/** Plans with files, and answers the question with `label`. */
async function planned(label: string, options: SessionAppOptions = {}) {
  const t = await sessionApp({
    env,
    git: true,
    ...options,
    turns: [
      (request) => write(fileIn(request)),
      exit,
      { calls: [{ tool: "write", input: { filePath: "a.txt", content: "a" } }] },
      { text: "Done" },
    ],
  });
  const session = t.create();
  const asked = t.next("question.asked");
  const answered = t.prompt(session, "Plan it", { agent: "plan" });
  const question = await asked;
  t.instance.questions.reply(question.id, [[label]]);
  await answered;
  return { t, session, question };
}

test("both ways in and out are told, edits are denied, and nothing of it is stored", async () => {
  await using t = await sessionApp({
    turns: [write("a.txt"), { text: "The plan" }, write("a.txt"), { text: "Built" }],
  });
  const session = t.create();
  await t.prompt(session, "Plan it", { agent: "plan" });
  expect(lastUser(t.model.requests[0]?.request)).toContain("Plan mode is on.");
  expect(t.calls(session)[0]?.state).toMatchObject({ status: "error" });
  expect(existsSync(join(t.directory, "a.txt"))).toBe(false);
  expect(offered(t, 0)).not.toContain("plan_exit");
  await t.prompt(session, "Do it", { agent: "build" });
  const last = t.model.requests.at(-1)?.request;
  expect(lastUser(last)).toContain("The mode has changed from plan to build.");
  expect(lastUser(last)?.match(/<system-reminder>/g)).toHaveLength(1);
  expect(existsSync(join(t.directory, "a.txt"))).toBe(true);
  expect(JSON.stringify(t.history(session))).not.toContain("system-reminder");
});

test("a plan that is approved is carried out by the build agent, in the same turn", async () => {
  const { t, session, question } = await planned("Yes");
  await using _ = t;
  const [name = ""] = await readdir(join(t.directory, ".opencode/plans"));
  expect(name).toMatch(/^\d+-[a-z-]+\.md$/);
  expect(question.questions[0]?.question).toContain(name);
  expect(offered(t, 0)).toContain("plan_exit");
  expect(offered(t, 2)).not.toContain("plan_exit");
  const third = t.model.requests[2]?.request;
  expect(lastUser(third)).toContain("is approved: carry it out.");
  expect(lastUser(third)).toContain(`It is in ${join(t.directory, ".opencode/plans", name)}.`);
  expect(existsSync(join(t.directory, "a.txt"))).toBe(true);
  const agents = t.history(session).map(({ info }) => info.agent);
  expect(agents).toEqual(["plan", "plan", "plan", "build", "build", "build"]);
  expect(t.told("session.idle")).toHaveLength(1);
  expect(t.model.violations).toEqual([]);
});

test("a plan that is not approved is gone on with", async () => {
  const { t, session } = await planned("No, smaller steps");
  await using _ = t;
  expect(t.calls(session)[1]?.state).toMatchObject({
    status: "completed",
    output: expect.stringContaining('"No, smaller steps". Go on planning.'),
  });
  expect(existsSync(join(t.directory, "a.txt"))).toBe(false);
  expect(t.history(session).every(({ info }) => info.agent === "plan")).toBe(true);
});

test("without a repository the plan is kept with the program's own files", async () => {
  const { t } = await planned("No", { git: false });
  await using _ = t;
  const plans = await readdir(join(t.home, ".local/share/opencode/plans"));
  expect(plans).toHaveLength(1);
});

test("a plan that was not written is not asked about, nor one where nobody answers", async () => {
  await using t = await sessionApp({ env, turns: [exit, { text: "Sorry" }, { text: "Plan" }] });
  const session = t.create();
  await t.prompt(session, "Plan it", { agent: "plan" });
  expect(t.calls(session)[0]?.state).toMatchObject({
    status: "error",
    error: expect.stringMatching(/Write the plan into .*\.md first/),
  });
  expect(t.told("question.asked")).toEqual([]);
  t.instance.questions.policy = "reject";
  await t.prompt(session, "Again", { agent: "plan" });
  expect(offered(t, 2)).not.toContain("plan_exit");
});
