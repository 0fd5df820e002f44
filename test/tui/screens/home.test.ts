import { expect, test } from "bun:test";
import { HomeScreen } from "@/tui/screens/home";
import { testScreen } from "@test/support/screen";

test("home shows the prompt box, the directory and the version", async () => {
  await using screen = await testScreen({ width: 80, height: 24 });
  const home = new HomeScreen(screen.ui);
  screen.ui.renderer.root.add(home.root);
  home.resize({ columns: 80, rows: 24 });
  home.update({ ...screen.ui.store.state, directory: "/home/user/proj" });
  const frame = await screen.frame();
  expect(frame).toContain("Ask anything…");
  expect(frame).toContain("~/proj");
  expect(frame).toContain("1.0.0");
});
