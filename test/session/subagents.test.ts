// A subagent has a session and a run of its own, may do no more than its caller, and ends with it.
import { UNRECORDED } from "@test/support/tool-context";
import { expect, test } from "bun:test";
import type { NeutralRequest, Turn } from "@test/support/scripted-model/turn";
import { type SessionApp, sessionApp } from "@test/support/session-app";

const task = (prompt: string, more: object = {}) => ({
  tool: "task",
  input: { description: "Work", prompt, subagent_type: "general", ...more },
});

/** The parent makes the calls; each child says what it was asked; the parent is done. */
function parentOf(...calls: ReturnType<typeof task>[]) {
  return (request: NeutralRequest): Turn => {
    const first = request.messages[0]?.text ?? "";
    if (!first.startsWith("Delegate")) return { text: `Did ${request.messages.at(-1)?.text}` };
    return request.messages.at(-1)?.results.length ? { text: "All done" } : { calls };
  };
}

const outputs = (t: SessionApp, session: ReturnType<SessionApp["create"]>) =>
  t.calls(session).map(({ state }) => {
    if (state.status === "completed") return state.output;
    return state.status === "error" ? state.error : "";
  });

test("several work side by side, each in its own session", async () => {
  await using t = await sessionApp({ side: parentOf(task("a"), task("b"), task("c")) });
  const session = t.create();
  await t.prompt(session, "Delegate");
  const [a, b, c] = outputs(t, session);
  expect([a, b, c]).toEqual([
    expect.stringContaining("Did a"),
    expect.stringContaining("Did b"),
    expect.stringContaining("Did c"),
  ]);
  expect(t.instance.sessions.children(session.id)).toHaveLength(3);
  expect(t.model.violations).toEqual([]);
});

test("a task goes on in its session; that of another parent is not found", async () => {
  await using t = await sessionApp({ side: parentOf(task("a")) });
  const session = t.create();
  await t.prompt(session, "Delegate");
  const [child] = t.instance.sessions.children(session.id);
  const other = t.create();
  const run = (owner: typeof session) =>
    t.instance.toolbox
      .context(
        { sessionID: owner.id, messageID: "msg_1", callID: "call" },
        {
          session: owner,
          agent: { name: "build", mode: "primary", permission: [], options: {} },
          prompt: promptOf(t, session),
          signal: new AbortController().signal,
        },
        { report: () => undefined, changes: UNRECORDED },
      )
      .then(({ runSubagent }) =>
        runSubagent({
          description: "d",
          prompt: "more",
          agent: "general",
          ...(child && { taskID: child.id }),
        }),
      );
  expect(await run(session)).toMatchObject({ sessionID: child?.id, text: "Did more" });
  expect(t.instance.sessions.children(session.id)).toHaveLength(1);
  await expect(run(other)).rejects.toMatchObject({ kind: "not-found" });
});

test("unknown agents, and those for people, are a result for the model", async () => {
  const calls = [task("a", { subagent_type: "nobody" }), task("b", { subagent_type: "build" })];
  await using t = await sessionApp({ side: parentOf(...calls) });
  const session = t.create();
  await t.prompt(session, "Delegate");
  expect(outputs(t, session)).toEqual([
    expect.stringContaining("Agent not found: nobody"),
    "build is not a subagent",
  ]);
  expect(t.instance.sessions.children(session.id)).toEqual([]);
});

test("agents are nested as deeply as the configuration allows", async () => {
  const nested = (request: NeutralRequest): Turn =>
    request.messages.at(-1)?.results.length ? { text: "up" } : { calls: [task("deeper")] };
  await using t = await sessionApp({
    side: nested,
    config: { subagent_depth: 2, agent: { general: { permission: { task: "allow" } } } },
  });
  const session = t.create();
  await t.prompt(session, "Delegate");
  const [child] = t.instance.sessions.children(session.id);
  const [grandchild] = child ? t.instance.sessions.children(child.id) : [];
  if (!grandchild) throw new Error("no grandchild");
  expect(t.instance.sessions.children(grandchild.id)).toEqual([]);
  expect(outputs(t, grandchild)).toEqual([expect.stringContaining("nested 2 deep")]);
});

test("by default a subagent starts none and writes no list", async () => {
  await using t = await sessionApp({ side: parentOf(task("a")) });
  await t.prompt(t.create(), "Delegate");
  const offered = t.model.sideRequests[1]?.request.tools.map(({ name }) => name);
  expect(offered).toContain("edit");
  expect(offered).not.toContain("task");
  expect(offered).not.toContain("todowrite");
});

test("tools of primary agents are no subagent's", async () => {
  await using t = await sessionApp({
    side: parentOf(task("a")),
    config: { experimental: { primary_tools: ["write", "webfetch"] } },
  });
  await t.prompt(t.create(), "Delegate");
  const [own, child] = t.model.sideRequests.map(({ request }) => {
    return request.tools.map(({ name }) => name);
  });
  expect(own).toEqual(expect.arrayContaining(["edit", "write", "webfetch"]));
  expect(child).toContain("read");
  for (const name of ["edit", "write", "webfetch"]) expect(child).not.toContain(name);
});

test("what the calling agent or its session may not do, the subagent may not either", async () => {
  await using t = await sessionApp({
    side: parentOf(task("a", { subagent_type: "helper" })),
    config: { agent: { helper: { mode: "subagent", description: "Helps" } } },
  });
  const session = t.create({
    title: "Test",
    permission: [{ permission: "webfetch", pattern: "*", action: "deny" }],
  });
  await t.prompt(session, "Delegate", { agent: "plan" });
  const child = t.model.sideRequests.find(({ request }) => request.messages[0]?.text === "a");
  const offered = child?.request.tools.map(({ name }) => name);
  expect(offered).toContain("bash");
  for (const name of ["edit", "write", "webfetch"]) expect(offered).not.toContain(name);
});

test("a subagent's failure is a result for its caller, at a limit with what it said", async () => {
  const answers: Record<string, Turn> = {
    fails: { status: 400 },
    silent: { calls: [{ tool: "bash", input: { command: "ls" } }] },
  };
  const delegate = parentOf(
    task("fails"),
    task("silent"),
    task("long", { subagent_type: "short" }),
  );
  await using t = await sessionApp({
    config: {
      permission: { bash: "ask" },
      agent: { short: { mode: "subagent", description: "s", steps: 2 } },
    },
    side: (request) => {
      const [first, second] = request.messages;
      if (first?.text === "long" && !second) return { calls: [{ tool: "glob", input: {} }] };
      return answers[first?.text ?? ""] ?? delegate(request);
    },
  });
  const asked = t.next("permission.asked");
  const session = t.create();
  const answered = t.prompt(session, "Delegate");
  t.instance.permissions.reply((await asked).id, "reject");
  await answered;
  expect(outputs(t, session)).toEqual([
    expect.stringContaining("The subagent failed: "),
    expect.stringContaining("ended without an answer"),
    expect.stringContaining("Did "),
  ]);
});

test("an abort before the child's run has begun stops it all the same", async () => {
  await using t = await sessionApp({ side: parentOf(task("a")) });
  const session = t.create();
  const created = t.next("session.created", ({ info }) => info.parentID === session.id);
  const answered = t.prompt(session, "Delegate");
  await created;
  await t.instance.sessions.abort(session.id);
  expect((await answered).info).toMatchObject({ error: { name: "MessageAbortedError" } });
  expect(t.instance.runs.status()).toEqual({});
  expect(t.model.sideRequests.map(({ request }) => request.messages[0]?.text)).toEqual([
    "Delegate",
  ]);
});

function promptOf(t: SessionApp, session: ReturnType<SessionApp["create"]>) {
  const [first] = t.history(session);
  if (first?.info.role !== "user") throw new Error("no prompt");
  return first.info;
}

test("one that is stopped by itself is a result for its caller, which goes on", async () => {
  await using t = await sessionApp({
    side: (request): Turn => {
      const first = request.messages[0]?.text ?? "";
      if (first === "a") return { text: ["Half", new Promise(() => {})] };
      return request.messages.at(-1)?.results.length
        ? { text: "Then not" }
        : { calls: [task("a")] };
    },
  });
  const session = t.create();
  const begun = t.next("message.part.delta");
  const answered = t.prompt(session, "Delegate");
  await t.instance.sessions.abort((await begun).sessionID);
  expect((await answered).parts).toContainEqual(expect.objectContaining({ text: "Then not" }));
  expect(outputs(t, session)).toEqual([
    expect.stringMatching(/^<task id="ses_\w+" state="error">.*The subagent failed: Aborted/s),
  ]);
});
