// Plug-ins of the configuration: one more of them.
import { expect, test } from "bun:test";
import { openInstall, openPlugins } from "@/tui/dialogs/plugins";
import { dialogScreen } from "./support";

test("a package is added to what the project names, not to the own of the person", async () => {
  const answers = {
    "GET /config": () => ({ plugin: ["mine", ["theirs", { a: 1 }]] }),
    "GET /global/config": () => ({ plugin: ["mine"] }),
    "PATCH /config": () => ({}),
  };
  await using screen = await dialogScreen({ answers });
  openInstall(screen.ui);
  const { mockInput: keys } = screen.terminal;
  await keys.typeText("rm -rf");
  keys.pressEnter();
  let shown = "";
  while (!shown.includes("That is no package")) shown = await screen.frame();
  for (const _ of "rm -rf") keys.pressBackspace();
  await keys.typeText("@scope/more@1.2.3");
  keys.pressEnter();
  await screen.until(() => screen.toasts.length > 0);
  const sent = screen.sent.find(({ method }) => method === "PATCH");
  expect(sent?.body).toEqual({ plugin: [["theirs", { a: 1 }], "@scope/more@1.2.3"] });
  expect(screen.ui.dialogs.isOpen).toBe(false);
});

test("one is switched off where it is named, and on again while the list is open", async () => {
  const answers = {
    "GET /config": () => ({ plugin: ["mine", "other", ["theirs", { a: 1 }]] }),
    "GET /global/config": () => ({ plugin: ["mine", "other"] }),
    "PATCH /config": () => ({}),
    "PATCH /global/config": () => ({}),
  };
  await using screen = await dialogScreen({ answers });
  const { mockInput: keys } = screen.terminal;
  openPlugins(screen.ui);
  let shown = "";
  while (!shown.includes("✓ mine")) shown = await screen.frame();
  expect(shown).toMatch(/✓ theirs \(with options\) +project/);
  const patched = () =>
    screen.sent.filter(({ method }) => method === "PATCH").map(({ path, body }) => [path, body]);
  keys.pressKey(" ");
  await screen.until(() => screen.toasts.length === 1);
  expect(await screen.frame()).toMatch(/ {2}mine +off/);
  keys.pressKey(" ");
  await screen.until(() => screen.toasts.length === 2);
  keys.pressArrow("up");
  keys.pressKey(" ");
  await screen.until(() => screen.toasts.length === 3);
  expect(patched()).toEqual([
    ["/global/config", { plugin: ["other"] }],
    ["/global/config", { plugin: ["mine", "other"] }],
    ["/config", { plugin: [] }],
  ]);
});
