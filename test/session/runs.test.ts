// One run per session, in this process and among all: prompts join it, an abort ends it, and
// exactly one idle follows it.
import { expect, test } from "bun:test";
import { type ProcessIdentity, processIdentity } from "@/base/process";
import { Scope } from "@/base/scope";
import { Runs, type Run } from "@/session/runs";
import { assistant, testRecords, user } from "./support";

async function testRuns(owner: ProcessIdentity | undefined = processIdentity(process.pid)) {
  const t = await testRecords();
  if (!owner) throw new Error("no identity");
  const scope = new Scope("test", t.log);
  const runs = new Runs({ store: t.store, publish: t.publish, log: t.log, scope, owner });
  const statuses = () =>
    t.told.flatMap(({ type, properties }) =>
      type === "session.status" ? [(properties["status"] as { type: string }).type] : [type],
    );
  return { ...t, scope, runs, statuses };
}

const answer = assistant(9);

/** Takes what waits and is done. */
const quick = async (run: Run) => {
  run.takePrompts();
  return answer;
};

/** Works until it is let go or aborted. */
function slow() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const taken: string[] = [];
  const work = async (run: Run) => {
    taken.push(...run.takePrompts().map(({ info }) => info.id));
    const aborted = new Promise<void>((end) => run.signal.addEventListener("abort", () => end()));
    await Promise.race([promise, aborted]);
    taken.push(...run.takePrompts().map(({ info }) => info.id));
    return answer;
  };
  return { work, finish: resolve, taken };
}

test("a run is busy, then idle once, and gives its answer", async () => {
  using t = await testRuns();
  const done = t.runs.submit(t.sessionID, user(1), quick);
  expect(t.runs.isBusy(t.sessionID)).toBe(true);
  expect(t.runs.status()).toEqual({ [t.sessionID]: { type: "busy" } });
  expect(() => t.runs.assertIdle(t.sessionID)).toThrow(/busy/);
  expect(await done).toBe(answer);
  expect(t.runs.status()).toEqual({});
  expect(t.statuses()).toEqual(["busy", "idle", "session.idle"]);
  expect(t.store.findRun(t.sessionID)).toBeUndefined();
});

test("prompts join the run that is there", async () => {
  using t = await testRuns();
  const { work, finish, taken } = slow();
  const first = t.runs.submit(t.sessionID, user(1), work);
  const second = t.runs.submit(t.sessionID, user(2), work);
  finish();
  expect(await Promise.all([first, second])).toEqual([answer, answer]);
  expect(taken).toEqual(["msg_0001", "msg_0002"]);
  expect(t.statuses()).toEqual(["busy", "idle", "session.idle"]);
});

test("a prompt that comes after the last look is worked on all the same", async () => {
  using t = await testRuns();
  const taken: string[][] = [];
  let late: Promise<unknown> | undefined;
  const done = t.runs.submit(t.sessionID, user(1), async (run) => {
    taken.push(run.takePrompts().map(({ info }) => info.id));
    late ??= t.runs.submit(t.sessionID, user(2), quick);
    return answer;
  });
  await Promise.all([done, late]);
  expect(taken).toEqual([["msg_0001"], ["msg_0002"]]);
  expect(t.statuses()).toEqual(["busy", "idle", "session.idle"]);
});

test("an abort resolves when the run is over; of an idle session it is false", async () => {
  using t = await testRuns();
  expect(await t.runs.abort(t.sessionID)).toBe(false);
  const { work } = slow();
  const done = t.runs.submit(t.sessionID, user(1), work);
  expect(await t.runs.abort(t.sessionID)).toBe(true);
  expect(t.runs.isBusy(t.sessionID)).toBe(false);
  await done;
  expect(t.statuses()).toEqual(["busy", "idle", "session.idle"]);
});

test("prompts during an abort wait for its end and share one new run", async () => {
  using t = await testRuns();
  const first = slow();
  const second = slow();
  const done = t.runs.submit(t.sessionID, user(1), first.work);
  const aborted = t.runs.abort(t.sessionID);
  const later = [2, 3].map((n) => t.runs.submit(t.sessionID, user(n), second.work));
  await aborted;
  second.finish();
  await Promise.all([done, ...later]);
  expect([first.taken, second.taken]).toEqual([["msg_0001"], ["msg_0002", "msg_0003"]]);
  expect(t.statuses().filter((status) => status === "idle")).toHaveLength(2);
});

test("a failure reaches all callers, is told, and leaves the session idle and usable", async () => {
  using t = await testRuns();
  const fail = async () => {
    await Promise.resolve();
    throw new Error("bug");
  };
  const both = [1, 2].map((n) => t.runs.submit(t.sessionID, user(n), fail));
  expect(await Promise.allSettled(both)).toMatchObject([
    { reason: { message: "bug" } },
    { reason: { message: "bug" } },
  ]);
  expect(t.statuses()).toEqual(["busy", "session.error", "idle", "session.idle"]);
  expect(await t.runs.submit(t.sessionID, user(3), quick)).toBe(answer);
});

test("work that throws at once is a failure like any other", async () => {
  using t = await testRuns();
  const fail = () => {
    throw new Error("bug");
  };
  await expect(t.runs.submit(t.sessionID, user(1), fail)).rejects.toThrow("bug");
  expect(t.runs.status()).toEqual({});
});

test("a session that a living process runs is busy; that of a dead one is taken over", async () => {
  const other = Bun.spawn(["sleep", "600"], { stdout: "ignore" });
  const holder = processIdentity(other.pid);
  using t = await testRuns();
  if (!holder) throw new Error("no identity");
  t.store.claimRun(t.sessionID, holder, () => true);
  const busy = { kind: "busy", message: expect.stringContaining(String(other.pid)) };
  await expect(t.runs.submit(t.sessionID, user(1), quick)).rejects.toMatchObject(busy);
  expect(() => t.runs.claim(t.sessionID)).toThrow(/another process/);
  expect(() => t.runs.assertIdle(t.sessionID)).toThrow(/another process/);
  expect(t.told).toEqual([]);
  other.kill("SIGKILL");
  await other.exited;
  expect(await t.runs.submit(t.sessionID, user(1), quick)).toBe(answer);
});

test("closing aborts what runs, and nothing begins after it", async () => {
  using t = await testRuns();
  const { work } = slow();
  const done = t.runs.submit(t.sessionID, user(1), work);
  const closing = t.scope.close();
  const late = t.runs.submit(t.sessionID, user(2), work);
  await Promise.all([done, closing]);
  await expect(late).rejects.toMatchObject({ kind: "unavailable" });
  expect(t.runs.status()).toEqual({});
});

test("what is begun besides is alone; prompts meanwhile are answered behind it", async () => {
  using t = await testRuns();
  const gate = Promise.withResolvers<void>();
  const first = t.runs.begin(t.sessionID, () => gate.promise.then(() => answer), quick);
  await expect(t.runs.begin(t.sessionID, quick, quick)).rejects.toMatchObject({ kind: "busy" });
  const prompt = t.runs.submit(t.sessionID, user(1), quick);
  gate.resolve();
  expect(await first).toBe(answer);
  await prompt;
  expect(t.statuses()).toEqual(["busy", "idle", "session.idle"]);
});

test("a prompt that comes behind it does not keep its result back", async () => {
  using t = await testRuns();
  const gate = Promise.withResolvers<void>();
  const two = slow();
  const own = assistant(7);
  const first = t.runs.begin(t.sessionID, () => gate.promise.then(() => own), two.work);
  const prompt = t.runs.submit(t.sessionID, user(1), two.work);
  gate.resolve();
  expect(await first).toBe(own);
  two.finish();
  expect(await prompt).toBe(answer);
});

test("what is prepared for a prompt is stopped with the session, which is not busy", async () => {
  using t = await testRuns();
  const stopped = t.runs.prepare(
    t.sessionID,
    (signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  expect(t.runs.isBusy(t.sessionID)).toBe(false);
  await t.runs.abort(t.sessionID);
  await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  expect(await t.runs.prepare(t.sessionID, async () => "done")).toBe("done");
  const closing = t.runs.prepare(
    t.sessionID,
    (signal) => new Promise((resolve) => signal.addEventListener("abort", resolve)),
  );
  await t.scope.close();
  await closing;
});
