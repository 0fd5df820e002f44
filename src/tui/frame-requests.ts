// What is changed just after a frame was drawn is drawn, too. The renderer takes a frame for still
// to come until a moment after it has been drawn, and forgets a request of that moment: what a
// promise brought would be seen only with the next key.
import type { CliRenderer } from "@opentui/core";

/** Asks again for what was asked in that moment. */
export function keepFrameRequests(renderer: CliRenderer): void {
  const request = renderer.requestRender.bind(renderer);
  let hasJustDrawn = false;
  let isMissed = false;
  renderer.on("frame", () => {
    if (hasJustDrawn) return;
    hasJustDrawn = true;
    setImmediate(() => {
      hasJustDrawn = false;
      if (!isMissed) return;
      isMissed = false;
      // Means nothing where a frame is on its way already.
      if (!renderer.isDestroyed) request();
    });
  });
  renderer.requestRender = () => {
    isMissed ||= hasJustDrawn;
    request();
  };
}
