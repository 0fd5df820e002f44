// The composition root: what it opens it closes, and two of it can share one database.
import { expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { App } from "@/app/app";
import { listDescendants } from "@/base/process";
import { sessionApp } from "@test/support/session-app";
import { tempDirectory } from "@test/support/temp";

test("closing ends what runs, aborts titles, and leaves no process", async () => {
  await using t = await sessionApp({
    side: (request) => (request.tools.length === 0 ? { fault: "hang-headers" } : undefined),
    turns: [{ calls: [{ tool: "bash", input: { command: "echo up; sleep 600" } }] }],
  });
  const before = await listDescendants(process.pid);
  const session = t.create({});
  const isUp = t.next("message.part.updated", ({ part }) => JSON.stringify(part).includes("up\\n"));
  const answered = t.prompt(session, "Hi");
  await isUp;
  await t.app.close();
  expect((await answered).info).toMatchObject({ error: { name: "MessageAbortedError" } });
  const left = (await listDescendants(process.pid)).filter((pid) => !before.includes(pid));
  expect(left).toEqual([]);
  expect(await t.model.sideRequests[0]?.ended).toEqual({ aborted: true });
  await expect(t.prompt(session, "Hi")).rejects.toMatchObject({ kind: "unavailable" });
});

test("a database that cannot be opened is told, and nothing stays open", async () => {
  await using temp = await tempDirectory();
  await mkdir(join(temp.path, "data.sqlite"));
  const opening = App.open({
    env: {},
    home: temp.path,
    directory: temp.path,
    database: join(temp.path, "data.sqlite"),
  });
  await expect(opening).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("data.sqlite"),
  });
});

test("two apps on one database see each other's sessions and work beside each other", async () => {
  await using t = await sessionApp({
    isStored: true,
    side: ({ tools, messages }) => ({
      text: tools.length === 0 ? "T" : `Re: ${messages[0]?.text}`,
    }),
  });
  await using other = await t.second();
  const mine = t.create();
  const theirs = other.instance.sessions.create({ title: "Theirs" });
  const parts = [{ type: "text" as const, text: "B" }];
  const [a, b] = await Promise.all([
    t.prompt(mine, "A"),
    other.instance.prompts.prompt(theirs.id, { parts }),
  ]);
  const text = ({ parts }: typeof a) => parts.find((part) => part.type === "text")?.text;
  expect([text(a), text(b)]).toEqual(["Re: A", "Re: B"]);
  expect(
    t.instance.sessions
      .list()
      .map(({ id }) => id)
      .sort(),
  ).toEqual([mine.id, theirs.id].sort());
  expect(t.told("session.idle")).toEqual([{ sessionID: mine.id }]);
  expect(t.model.violations).toEqual([]);
});

test("opening ends what a dead process left, and leaves the living alone", async () => {
  await using t = await sessionApp({ isStored: true, turns: [{ fault: "hang-headers" }] });
  const session = t.create();
  const answered = t.prompt(session, "Hi");
  await t.model.waitForRequest(0);
  await using other = await t.second();
  expect(other.instance.sessions.messages(session.id).messages.at(-1)?.info).not.toHaveProperty(
    "error",
  );
  await t.instance.sessions.abort(session.id);
  await answered;
});
