// Key events as the renderer makes them of what a terminal sends.

import { KeyEvent, parseKeypress } from "@opentui/core";

/** What a terminal sends for a key, with or without the kitty protocol. */
export function pressed(bytes: string, useKittyKeyboard = false): KeyEvent {
  const key = parseKeypress(bytes, { useKittyKeyboard });
  if (key === null) throw new Error(`no key: ${JSON.stringify(bytes)}`);
  return new KeyEvent(key);
}
