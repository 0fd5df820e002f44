// Rest: when much has been drawn and then nothing for a while, what it left behind is collected.
// The engine does that by itself only when there is more of it than of what is kept: whoever has
// scrolled through a long session would sit before half as much memory again.
import type { CliRenderer } from "@opentui/core";
import type { Clock } from "@/base/clock";

/** Frames after which there is something to collect: some ten seconds of text that streams. */
const FRAMES_MIN = 200;
/** Nobody types, and nothing streams. */
const QUIET_MS = 2_000;

export interface Rest {
  renderer: Pick<CliRenderer, "on" | "off">;
  clock: Clock;
  collect(): void;
}

/** Until the returned function is called. While little has been drawn there is no timer. */
export function collectAtRest({ renderer, clock, collect }: Rest): () => void {
  let frames = 0;
  let lastAt = 0;
  let cancel: (() => void) | undefined;
  const look = () => {
    cancel = undefined;
    const waitMs = lastAt + QUIET_MS - clock.now();
    if (waitMs > 0) {
      cancel = clock.timer(waitMs, look);
      return;
    }
    frames = 0;
    collect();
  };
  const drawn = () => {
    lastAt = clock.now();
    if (++frames >= FRAMES_MIN) cancel ??= clock.timer(QUIET_MS, look);
  };
  renderer.on("frame", drawn);
  return () => {
    renderer.off("frame", drawn);
    cancel?.();
  };
}
