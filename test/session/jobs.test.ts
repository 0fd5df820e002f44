// What goes on in the background: it is seen by the whole family of sessions, its end is told once,
// to whom it concerns, and nothing of it is left when its owner is gone.
import { expect, test } from "bun:test";
import { readTextIfExists } from "@/base/file";
import { isRunning } from "@/base/process";
import type { Session } from "@/schema/session";
import type { NeutralRequest, Turn } from "@test/support/scripted-model/turn";
import { type SessionApp, sessionApp } from "@test/support/session-app";

const bash = (command: string, more: object = {}) => ({
  tool: "bash",
  input: { command, background: true, ...more },
});
const job = (input: object = {}) => ({ tool: "job", input });
const task = (prompt: string, more: object = {}) => ({
  tool: "task",
  input: { description: "Work", prompt, subagent_type: "general", background: true, ...more },
});

const last = (request: NeutralRequest) => request.messages.at(-1);
const told = (request: NeutralRequest) =>
  request.messages.filter(({ text }) => text.startsWith("A background job has ended."));

/** Ends as soon as the file is there. */
const untilFile = (file: string) => `until [ -e ${file} ]; do sleep 0.02; done`;

function begin(t: SessionApp, file: string): Promise<number> {
  return Bun.write(`${t.directory}/${file}`, "");
}

/** The id that a command writes into a file. */
async function writtenPid(t: SessionApp): Promise<number> {
  for (;;) {
    const text = await readTextIfExists(`${t.directory}/pid`);
    if (text?.endsWith("\n")) return Number(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The next time that the session is idle. */
function idle(t: SessionApp, session: Session): Promise<unknown> {
  return t.next("session.idle", ({ sessionID }) => sessionID === session.id);
}

function outputs(t: SessionApp, session: Session): string[] {
  return t.calls(session).map(({ state }) => {
    if (state.status === "completed") return state.output;
    return state.status === "error" ? state.error : "";
  });
}

test("the end of a command is told to an idle session once, and it goes on", async () => {
  await using t = await sessionApp({
    turns: [
      { calls: [bash(`${untilFile("go")}; echo built; exit 2`)] },
      { text: "Waiting" },
      { text: "It failed" },
      { text: "Yes?" },
    ],
  });
  const session = t.create();
  await t.prompt(session, "Build it");
  const [{ id, status } = expect.unreachable()] = t.instance.jobs.list(session.id);
  expect(status).toBe("running");
  const over = idle(t, session);
  await begin(t, "go");
  await over;
  const request = t.model.requests.at(-1)?.request ?? expect.unreachable();
  expect(told(request)).toHaveLength(1);
  expect(last(request)?.text).toMatch(
    new RegExp(
      `<job id="${id}" status="failed" seconds="\\d+">\nbuilt\n\\(Exit code 2\\)\n</job>$`,
    ),
  );
  expect(t.history(session).at(-1)?.parts).toContainEqual(
    expect.objectContaining({ text: "It failed" }),
  );
  await t.prompt(session, "Go on");
  expect(told(t.model.requests.at(-1)?.request ?? expect.unreachable())).toHaveLength(1);
  expect(t.model.violations).toEqual([]);
});

test("an end in the middle of a turn is told with its next step", async () => {
  await using t = await sessionApp({
    turns: [
      { calls: [bash(untilFile("go"))] },
      { calls: [{ tool: "bash", input: { command: `touch go; ${untilFile("told")}` } }] },
      { text: "Both done" },
    ],
  });
  const session = t.create();
  const waits = t.next("message.updated", ({ info }) => info.role === "user" && isTold(info.id));
  const isTold = (id: string) => t.history(session).some(({ info }) => info.id !== id);
  const answered = t.prompt(session, "Do both");
  await waits;
  await begin(t, "told");
  await answered;
  const request = t.model.requests.at(-1)?.request ?? expect.unreachable();
  expect(t.model.requests).toHaveLength(3);
  expect(told(request)).toHaveLength(1);
  expect(t.told("session.idle")).toHaveLength(1);
  expect(t.model.violations).toEqual([]);
});

test("the model lists its jobs, waits for one, and stops one", async () => {
  const id = (command: string) =>
    t.instance.jobs.list(sessionID).find(({ title }) => title.startsWith(command))?.id;
  let sessionID = "";
  await using t: SessionApp = await sessionApp({
    turns: [
      { calls: [bash("sleep 300"), bash(`${untilFile("go")}; echo steady`)] },
      { calls: [job()] },
      () => ({ calls: [job({ id: id("until"), wait: 60_000 })] }),
      () => ({ calls: [job({ id: id("sleep"), stop: true })] }),
      { calls: [job({ id: "shell_nothing" })] },
      { text: "Done" },
    ],
  });
  const session = t.create();
  sessionID = session.id;
  // An end that comes before somebody waits for it would be told, and not be new any more.
  const waits = t.next("message.part.updated", ({ part }) => {
    const state = part.type === "tool" ? part.state : undefined;
    return state?.status === "running" && "wait" in state.input;
  });
  const answered = t.prompt(session, "Go");
  await waits;
  await begin(t, "go");
  await answered;
  const [, , list, waited, stopped, missing] = outputs(t, session);
  expect(list).toMatch(/^shell_\w+ shell running \d+s: .*\nshell_\w+ shell running/);
  expect(waited).toMatch(/status="completed" seconds="\d+">\nsteady\n\(Exit code 0\)\n<\/job>$/);
  expect(stopped).toContain('status="stopped"');
  expect(missing).toMatch(/Job not found: shell_nothing. There are: shell_\w+, shell_\w+/);
  // What was waited for or stopped is not told again.
  expect(t.history(session).filter(({ info }) => info.role === "user")).toHaveLength(1);
});

test("tasks in the background are told with their answers, and nobody waits", async () => {
  const gate = Promise.withResolvers<void>();
  await using t = await sessionApp({
    side: (request): Turn => {
      const first = request.messages[0]?.text ?? "";
      if (first === "a" || first === "b") return { text: [`Did ${first}`], gate: gate.promise };
      if (told(request).length > 0) return { text: `Heard ${told(request).length}` };
      const isBegun = (request.messages.at(-1)?.results.length ?? 0) > 0;
      return isBegun ? { text: "They work" } : { calls: [task("a"), task("b")] };
    },
  });
  const session = t.create();
  await t.prompt(session, "Delegate");
  expect(outputs(t, session)).toEqual([
    expect.stringMatching(/<task id="ses_\w+" state="running">/),
    expect.stringMatching(/<task id="ses_\w+" state="running">/),
  ]);
  const jobs = t.instance.jobs.list(session.id);
  expect(jobs.map(({ kind, status }) => [kind, status])).toEqual([
    ["task", "running"],
    ["task", "running"],
  ]);
  gate.resolve();
  await t.instance.jobs.settled(session.id);
  const texts = t
    .history(session)
    .flatMap(({ parts }) => parts.flatMap((part) => (part.type === "text" ? [part.text] : [])));
  for (const name of ["a", "b"]) {
    expect(texts.filter((text) => text.includes(`Did ${name}`))).toHaveLength(1);
  }
  expect(texts.at(-1)).toBe("Heard 2");
  expect(t.model.violations).toEqual([]);
});

test("a person sends a running task to the background, and the agent goes on", async () => {
  const gate = Promise.withResolvers<void>();
  await using t = await sessionApp({
    side: (request): Turn => {
      if (request.messages[0]?.text === "a") return { text: "Did a", gate: gate.promise };
      if (told(request).length > 0) return { text: "Heard" };
      const isRunning = request.messages.at(-1)?.results[0]?.text.includes('state="running"');
      return isRunning ? { text: "Meanwhile" } : { calls: [task("a", { background: false })] };
    },
  });
  const session = t.create();
  expect(t.instance.jobs.release(session.id)).toBe(false);
  const begun = t.next("session.status", ({ sessionID }) => sessionID !== session.id);
  const answered = t.prompt(session, "Delegate");
  await begun;
  expect(t.instance.jobs.release(session.id)).toBe(true);
  expect((await answered).parts).toContainEqual(expect.objectContaining({ text: "Meanwhile" }));
  gate.resolve();
  await t.instance.jobs.settled(session.id);
  expect(t.history(session).at(-1)?.parts).toContainEqual(
    expect.objectContaining({ text: "Heard" }),
  );
});

test("stopping the session stops its tasks and wakes nobody; commands go on", async () => {
  await using t = await sessionApp({
    side: (request): Turn => {
      const first = request.messages[0]?.text;
      if (first === "a") return { text: ["Half", new Promise(() => {})] };
      return request.messages.at(-1)?.results.length
        ? { text: "Delegated" }
        : { calls: [task("a"), bash("echo $$ > pid; exec sleep 300")] };
    },
  });
  const session = t.create();
  const begun = t.next("message.part.delta");
  await t.prompt(session, "Delegate");
  await begun;
  await t.instance.sessions.abort(session.id);
  await t.instance.jobs.settled(session.id);
  expect(t.instance.jobs.list(session.id).map(({ status }) => status)).toEqual([
    "stopped",
    "running",
  ]);
  expect(t.history(session).filter(({ info }) => info.role === "user")).toHaveLength(1);
  const pid = await writtenPid(t);
  expect(await isRunning(pid)).toBe(true);
  await t.instance.sessions.remove(session.id);
  while (await isRunning(pid)) await Bun.sleep(5);
  expect(t.instance.jobs.list(session.id)).toEqual([]);
});

test("jobs end with the directory, those that ignore a polite signal too", async () => {
  const t = await sessionApp({
    turns: [
      { calls: [bash('trap "" TERM; echo $$ > pid; while :; do sleep 0.05; done')] },
      { text: "On" },
    ],
  });
  const session = t.create();
  await t.prompt(session, "Serve");
  const pid = await writtenPid(t);
  expect(await isRunning(pid)).toBe(true);
  await t[Symbol.asyncDispose]();
  expect(await isRunning(pid)).toBe(false);
}, 180_000);

test("too many jobs are refused before they begin", async () => {
  const calls = Array.from({ length: 16 }, () => bash("sleep 300"));
  await using t = await sessionApp({
    turns: [{ calls }, { calls: [bash("touch here"), task("a")] }, { text: "Done" }],
  });
  const session = t.create();
  await t.prompt(session, "Go");
  for (const output of outputs(t, session).slice(16))
    expect(output).toContain("16 background jobs");
  expect(await Bun.file(`${t.directory}/here`).exists()).toBe(false);
  expect(t.instance.sessions.children(session.id)).toEqual([]);
}, 180_000);

test("of many tasks at once eight work, and the others wait for their turn", async () => {
  const gates = Array.from({ length: 12 }, () => Promise.withResolvers<void>());
  const arrived = new Set<string>();
  const eight = Promise.withResolvers<void>();
  const calls = gates.map((_, n) => task(`task ${n}`, { background: false }));
  await using t = await sessionApp({
    side: (request): Turn => {
      const first = request.messages[0]?.text ?? "";
      if (!first.startsWith("task ")) {
        return request.messages.at(-1)?.results.length ? { text: "All done" } : { calls };
      }
      if (arrived.add(first).size === 8) eight.resolve();
      return { text: `Did ${first}`, gate: gates[Number(first.slice(5))]?.promise };
    },
  });
  const session = t.create();
  const answered = t.prompt(session, "Delegate");
  await eight.promise;
  expect(Object.keys(t.instance.runs.status())).toHaveLength(9);
  expect(arrived.size).toBe(8);
  for (const gate of gates) gate.resolve();
  await answered;
  expect(arrived.size).toBe(12);
  expect(outputs(t, session).every((output) => output.includes("Did task"))).toBe(true);
}, 180_000);
