// Plug-ins: those that there are, switched on and off, and one more of them.
import { expect, test } from "bun:test";
import { openInstall, openPlugins } from "@/tui/dialogs/plugins";
import { dialogScreen } from "./support";

test("one is installed, for the project or for all; what is no module says so", async () => {
  await using screen = await dialogScreen();
  const asked: unknown[] = [];
  const install = async (spec: string, where: { global: boolean }) => {
    asked.push([spec, where.global]);
    if (spec.includes(" ")) throw new Error("that is neither a package nor a path");
    return { directory: "/there", tui: "tui.json", server: "opencode.json" };
  };
  Object.assign(screen.ui.plugins, { install });
  openInstall(screen.ui);
  const { mockInput: keys } = screen.terminal;
  await keys.typeText("rm -rf");
  keys.pressEnter();
  let shown = "";
  while (!shown.includes("that is neither")) shown = await screen.frame();
  for (const _ of "rm -rf") keys.pressBackspace();
  keys.pressKey("g", { meta: true });
  await keys.typeText("@scope/more@1.2.3");
  keys.pressEnter();
  await screen.until(() => screen.toasts.length > 0);
  expect(asked).toEqual([
    ["rm -rf", false],
    ["@scope/more@1.2.3", true],
  ]);
  expect(screen.toasts).toEqual([
    "@scope/more@1.2.3 is in tui.json, and in opencode.json, at work from the next start on",
  ]);
  expect(screen.ui.dialogs.isOpen).toBe(false);
});

test("one of the terminal UI says how it is, and is switched by its id", async () => {
  await using screen = await dialogScreen({
    answers: { "GET /config": () => ({}), "GET /global/config": () => ({}) },
  });
  let isOn = true;
  const about = { id: "acme.demo", source: "npm", spec: "acme", target: "/acme" } as const;
  const list = () => [
    { ...about, enabled: isOn, active: isOn },
    { ...about, id: "bad", spec: "bad", enabled: true, active: false, fault: "no luck" },
  ];
  const setEnabled = async (_: string, next: boolean) => (isOn = next);
  Object.assign(screen.ui.plugins, { list, setEnabled });
  openPlugins(screen.ui);
  const frame = await screen.frame();
  expect(frame).toMatch(/✓ acme\.demo +at work/);
  expect(frame).toMatch(/✗ bad +not at work/);
  expect(frame).toContain("no luck");
  screen.terminal.mockInput.pressKey(" ");
  await screen.until(() => !isOn);
  expect(await screen.frame()).toMatch(/acme\.demo +off/);
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
