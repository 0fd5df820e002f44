// What helps to find out how the program works.
import { expect, test } from "bun:test";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { debugActions } from "@/tui/actions/debug-actions";
import { testScreen } from "@test/support/screen";

test("a heap snapshot is written where the logs are, for nobody else to read", async () => {
  await using screen = await testScreen();
  await debugActions(screen.ui)["app.heap_snapshot"]?.run();
  const { logDirectory } = screen.ui.environment;
  const [name = ""] = await readdir(logDirectory);
  const path = join(logDirectory, name);
  expect(screen.toasts).toEqual([path]);
  const { mode, size } = await stat(path);
  expect(mode & 0o777).toBe(0o600);
  expect(size).toBeGreaterThan(1_000);
});

test("the console opens and closes, and takes what is printed only meanwhile", async () => {
  await using screen = await testScreen();
  const { renderer } = screen.ui;
  const body = debugActions(screen.ui)["app.console"];
  expect(body?.title?.()).toBe("Open console");
  await body?.run();
  expect(renderer.console.visible).toBe(true);
  expect(body?.title?.()).toBe("Close console");
  await body?.run();
  expect(renderer.console.visible).toBe(false);
  expect(renderer.consoleMode).toBe("disabled");
});

test("the documentation has an address where the server has one", async () => {
  await using screen = await testScreen();
  const body = debugActions(screen.ui)["docs.open"];
  expect(body?.when?.()).toBe(false);
  screen.ui.store.dispatch({ type: "facts.loaded", facts: { serverURL: "http://localhost:1" } });
  screen.ui.store.flush();
  expect(body?.when?.()).toBe(true);
});
