// One instance for each directory, whatever way it is asked for, from the first request until it is
// disposed.
import { expect, test } from "bun:test";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { sessionApp } from "@test/support/session-app";

test("requests at the same time share one instance", async () => {
  await using t = await sessionApp();
  const { instances } = t.app;
  const other = join(t.root, "other");
  await mkdir(other);
  const got = await Promise.all(Array.from({ length: 20 }, () => instances.get(other)));
  expect(new Set(got).size).toBe(1);
  expect(await instances.list()).toHaveLength(2);
});

test("a link, a relative path and a slash at the end lead to the same instance", async () => {
  await using t = await sessionApp();
  const { instances } = t.app;
  await symlink(t.directory, join(t.root, "link"));
  const same = await Promise.all([
    instances.get(join(t.root, "link")),
    instances.get("."),
    instances.get(`${t.directory}/`),
  ]);
  expect(same).toEqual([t.instance, t.instance, t.instance]);
  expect(t.instance.directory).toBe(t.directory);
});

test("a directory that is not there, or a file, is not found, and can be made later", async () => {
  await using t = await sessionApp({ files: { "a.txt": "" } });
  const { instances } = t.app;
  const later = join(t.root, "later");
  await expect(instances.get(later)).rejects.toMatchObject({
    kind: "not-found",
    message: expect.stringContaining("later"),
  });
  await expect(instances.get("a.txt")).rejects.toMatchObject({ kind: "not-found" });
  await mkdir(later);
  expect((await instances.get(later)).directory).toBe(later);
});

test("dispose ends what runs and tells it; the next request makes a new one", async () => {
  await using t = await sessionApp({ turns: [{ fault: "hang-headers" }] });
  const session = t.create();
  const answered = t.prompt(session, "Hi");
  await t.model.waitForRequest(0);
  const { signal } = t.instance.scope;
  const begun = new Promise((resolve) => signal.addEventListener("abort", resolve));
  const disposing = t.app.instances.dispose(t.directory);
  await begun;
  const next = t.app.instances.get(t.directory);
  expect(await disposing).toBe(true);
  expect((await answered).info).toMatchObject({ error: { name: "MessageAbortedError" } });
  expect(t.told("server.instance.disposed")).toEqual([{ directory: t.directory }]);
  expect(await next).not.toBe(t.instance);
  expect((await next).sessions.get(session.id)).toMatchObject({ id: session.id });
  await expect(t.prompt(session, "To the old one")).rejects.toMatchObject({ kind: "unavailable" });
  expect(t.history(session)).toHaveLength(2);
});

test("what is not open cannot be disposed; a session's instance is its directory's", async () => {
  await using t = await sessionApp();
  const { instances } = t.app;
  expect(await instances.dispose(join(t.root, "nowhere"))).toBe(false);
  expect(await instances.ofSession(t.create().id)).toBe(t.instance);
  await expect(instances.ofSession("ses_x")).rejects.toMatchObject({ kind: "not-found" });
});

test("once closed, none is made", async () => {
  await using t = await sessionApp();
  await t.app.instances.close();
  expect(await t.app.instances.list()).toEqual([]);
  await expect(t.app.instances.get(t.directory)).rejects.toMatchObject({ kind: "unavailable" });
});
