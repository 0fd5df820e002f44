// What a dead process left is ended and free; what a living one runs is its own.
import { expect, test } from "bun:test";
import { processIdentity } from "@/base/process";
import { recover } from "@/session/recover";
import { assistantMessage, session, toolPart } from "@test/storage/fixtures";
import { testRecords } from "./support";

const running = { status: "running", input: {}, time: { start: 1 } } as const;

function leaveUnfinished(t: Awaited<ReturnType<typeof testRecords>>, sessionID: string): void {
  const info = assistantMessage(sessionID, 1, { time: { created: 1 } });
  t.store.putMessage(info);
  t.store.putPart(toolPart(info, 1, running));
}

test("sessions of nobody and of dead owners are ended; twice does nothing more", async () => {
  using t = await testRecords();
  t.store.putSession(session(2));
  for (const id of ["ses_0001", "ses_0002"]) leaveUnfinished(t, id);
  t.store.claimRun("ses_0002", { pid: process.pid, startedAt: "long ago" }, () => true);
  expect(recover(t.store, t.clock).sort()).toEqual(["ses_0001", "ses_0002"]);
  for (const id of ["ses_0001", "ses_0002"]) {
    expect(t.store.listMessages(id).messages).toMatchObject([
      { info: { time: { completed: t.clock.now() } }, parts: [{ state: { status: "error" } }] },
    ]);
    expect(t.store.findRun(id)).toBeUndefined();
  }
  const before = t.store.lastSeq();
  expect(recover(t.store, t.clock)).toEqual([]);
  expect(t.store.lastSeq()).toBe(before);
});

test("a session that a living process runs is left alone", async () => {
  using t = await testRecords();
  leaveUnfinished(t, t.sessionID);
  const owner = processIdentity(process.pid);
  if (!owner) throw new Error("no identity");
  t.store.claimRun(t.sessionID, owner, () => true);
  expect(recover(t.store, t.clock)).toEqual([]);
  expect(t.store.findRun(t.sessionID)).toEqual(owner);
});
