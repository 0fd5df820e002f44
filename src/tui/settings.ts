// The settings of tui.json, and those of the environment, as they are understood: defaults filled
// in, keys bound.

import { type Env, flag } from "@/base/env";
import type { TuiConfig } from "@/schema/tui-config";
import { createBindings } from "./keymap/bindings";
import { LEADER_TIMEOUT_MS } from "./keymap/keymap";
import type { TuiSettings } from "./ui";

const SCROLL_SPEED = 3;

/** AppError invalid names a key that cannot be bound. */
export function readSettings(config: TuiConfig, env: Env = {}): TuiSettings {
  const { prompt, theme, statusline, attention, cursor } = config;
  const extent = (value: number | "auto" | undefined) => (value === "auto" ? undefined : value);
  const promptMaxHeight = extent(prompt?.max_height);
  const promptMaxWidth = extent(prompt?.max_width);
  return {
    keybinds: config.keybinds ?? {},
    bindings: createBindings(config.keybinds ?? {}),
    leaderTimeoutMs: config.leader_timeout ?? LEADER_TIMEOUT_MS,
    scrollSpeed: config.scroll_speed ?? SCROLL_SPEED,
    scrollAcceleration: config.scroll_acceleration?.enabled ?? false,
    diffStyle: config.diff_style ?? "auto",
    editorMode: config.editor_mode ?? "normal",
    mouse: (config.mouse ?? true) && !flag(env, "OPENCODE_DISABLE_MOUSE"),
    title: !flag(env, "OPENCODE_DISABLE_TERMINAL_TITLE"),
    copyOnSelect: !flag(env, "OPENCODE_EXPERIMENTAL_DISABLE_COPY_ON_SELECT"),
    screen: config.screen ?? "full",
    attention: attention ?? {},
    cursor: cursor ?? {},
    ...(theme !== undefined && { theme }),
    ...(statusline !== undefined && { statusline }),
    ...(promptMaxHeight !== undefined && { promptMaxHeight }),
    ...(promptMaxWidth !== undefined && { promptMaxWidth }),
  };
}
