import { expect, test } from "bun:test";
import { TextRenderable } from "@opentui/core";
import { createTestRenderer, type TestRendererSetup } from "@opentui/core/testing";
import { keepFrameRequests } from "@/tui/frame-requests";

const PATIENCE_MS = 4_000;

/** A renderer that draws at once what is asked for, with a text that is on its screen. */
async function shown() {
  const setup = await createTestRenderer({ width: 20, height: 3, maxFps: 1_000_000 });
  keepFrameRequests(setup.renderer);
  const text = new TextRenderable(setup.renderer, { content: "first" });
  setup.renderer.root.add(text);
  await drawn(setup, "first");
  await setup.renderer.idle();
  return { setup, text };
}

async function drawn({ captureCharFrame }: TestRendererSetup, content: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!captureCharFrame().includes(content)) {
    if (performance.now() > deadline) throw new Error(`not drawn:\n${captureCharFrame()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("what a promise changes just after a frame is drawn without anything else", async () => {
  const { setup, text } = await shown();
  try {
    // The frame of the first change is drawn before promises go on.
    setImmediate(() => {
      text.content = "second";
      void Promise.resolve().then(() => (text.content = "third"));
    });
    await drawn(setup, "third");
  } finally {
    setup.renderer.destroy();
  }
});

test("a frame that nothing has changed since brings no other", async () => {
  const { setup, text } = await shown();
  const { renderer } = setup;
  try {
    let frames = 0;
    renderer.on("frame", () => (frames += 1));
    setImmediate(() => (text.content = "second"));
    await drawn(setup, "second");
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    await renderer.idle();
    expect(frames).toBe(1);
  } finally {
    renderer.destroy();
  }
});
