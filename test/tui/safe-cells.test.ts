import { expect, test } from "bun:test";
import { type OptimizedBuffer, Renderable, RGBA } from "@opentui/core";
import { createTestRenderer } from "@opentui/core/testing";
import { blankControls } from "@/tui/safe-cells";

/** Of each, the last bytes are those of a control character. */
const LOOSE = ["\u031b2J", "q\u00ad\u031b2J", "\ufe0fx", "\u20ddx", "q\u1062\u031b2J"];

class Lines extends Renderable {
  protected override renderSelf(buffer: OptimizedBuffer): void {
    const white = RGBA.fromInts(255, 255, 255, 255);
    for (const [y, line] of [...LOOSE, "日本 e\u0301 👍🏽 ─"].entries()) {
      buffer.drawText(line, 0, y, white);
    }
  }
}

test("no cell holds a control character, and what is none stays", async () => {
  const terminal = await createTestRenderer({ width: 20, height: 8 });
  terminal.renderer.root.add(new Lines(terminal.renderer, { width: 20, height: 8 }));
  terminal.renderer.addPostProcessFn(blankControls);
  await terminal.renderOnce();
  const frame = terminal.captureCharFrame();
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(frame).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(frame).toContain("日本 e\u0301 👍🏽 ─");
  terminal.renderer.destroy();
});
