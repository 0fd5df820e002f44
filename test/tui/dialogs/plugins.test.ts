// Plug-ins of the configuration: one more of them.
import { expect, test } from "bun:test";
import { openInstall } from "@/tui/dialogs/plugins";
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
