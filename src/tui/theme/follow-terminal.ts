// Keeps the theme with the terminal's own colours: asked once the first frame is there, and again
// whenever the terminal says that it became light or dark. A terminal that answers nothing changes
// nothing.

import { CliRenderEvents, type CliRenderer } from "@opentui/core";
import type { Mode } from "./color";
import type { Themes } from "./themes";

const ANSWER_TIMEOUT_MS = 2_000;

/** Until the returned function is called. */
export function followTerminal(renderer: CliRenderer, themes: Themes): () => void {
  let hasEnded = false;
  const ask = async () => {
    const colors = await renderer.getPalette({ timeout: ANSWER_TIMEOUT_MS, size: 16 });
    if (!hasEnded) themes.setTerminal(colors);
  };
  const changed = (mode: Mode) => {
    themes.setTerminalMode(mode);
    void ask();
  };
  const begin = () => {
    if (renderer.themeMode !== null) themes.setTerminalMode(renderer.themeMode);
    void ask();
  };
  renderer.once(CliRenderEvents.FRAME, begin);
  renderer.on(CliRenderEvents.THEME_MODE, changed);
  return () => {
    hasEnded = true;
    renderer.off(CliRenderEvents.FRAME, begin);
    renderer.off(CliRenderEvents.THEME_MODE, changed);
  };
}
