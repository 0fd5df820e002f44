import { expect, test } from "bun:test";
import { CutText } from "@/tui/views/cut-text";
import { testScreen } from "@test/support/screen";

async function shown(content: string, width: number): Promise<string> {
  await using screen = await testScreen({ width: 40, height: 3 });
  const text = new CutText(screen.ui.renderer, { content, width });
  screen.ui.renderer.root.add(text);
  return (await screen.frame()).trimEnd();
}

test("what has no room ends with an ellipsis in the last column", async () => {
  expect(await shown("Read src/auth.ts", 16)).toBe("Read src/auth.ts");
  expect(await shown("Read src/auth.ts", 10)).toBe("Read src/…");
  expect(await shown("a line\nanother line", 8)).toBe("a line\nanother…");
});

test("a wide character that is cut in two leaves no half", async () => {
  expect(await shown("日本語の題名", 6)).toBe("日本 …");
  expect(await shown("日本語の題名", 5)).toBe("日本…");
});
