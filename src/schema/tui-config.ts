// What tui.json may say: how the terminal UI looks and which keys it takes. Everything is optional
// and keys that are not known are no fault. Times are in milliseconds.

import { stringEnum, t, type Static } from "@/base/schema";
import { PositiveCount } from "./primitive";

const KeyText = t.Union([t.String(), t.Literal(false)]);

/** How a key is taken: see `Binding` of the keymap. */
export const KeyObject = t.Object({
  key: t.String(),
  event: t.Optional(stringEnum(["press", "release"])),
  preventDefault: t.Optional(t.Boolean()),
  fallthrough: t.Optional(t.Boolean()),
});

export type KeyObject = Static<typeof KeyObject>;

const KeyItem = t.Union([t.String(), KeyObject]);

/** A list with commas, an array, "none" or false, or an object that says how it is taken. */
export const Keybind = t.Union([KeyText, KeyObject, t.Array(KeyItem)]);
export type Keybind = Static<typeof Keybind>;

/** By the name of the key or the id of its action. */
export const Keybinds = t.Record(t.String(), Keybind);
export type Keybinds = Static<typeof Keybinds>;

export const AttentionConfig = t.Object({
  enabled: t.Optional(t.Boolean()),
  notifications: t.Optional(t.Boolean()),
  sound: t.Optional(t.Boolean()),
  volume: t.Optional(t.Number({ minimum: 0, maximum: 1 })),
  sound_pack: t.Optional(t.String()),
  /** By what calls for attention: default, question, permission, error, done, subagent_done. */
  sounds: t.Optional(t.Record(t.String(), t.Union([t.String(), t.Boolean()]))),
});
export type AttentionConfig = Static<typeof AttentionConfig>;

const Extent = t.Union([PositiveCount, t.Literal("auto")]);

export const STATUSLINE_ITEMS = [
  "cwd",
  "branch",
  "model",
  "variant",
  "tokens",
  "percent",
  "cost",
  "time",
  "session",
  "lsp",
  "mcp",
  "custom",
] as const;

export type StatusItem = (typeof STATUSLINE_ITEMS)[number];

/** The items of the status row in their order, or a program whose first line is shown. */
export const StatuslineConfig = t.Union([
  t.Array(stringEnum(STATUSLINE_ITEMS)),
  t.Object({ command: t.String() }),
]);
export type StatuslineConfig = Static<typeof StatuslineConfig>;

const TuiPluginItem = t.Union([
  t.String(),
  t.Tuple([t.String(), t.Record(t.String(), t.Unknown())]),
]);
export type TuiPluginItem = Static<typeof TuiPluginItem>;

export const TuiConfig = t.Object(
  {
    $schema: t.Optional(t.String()),
    theme: t.Optional(t.String()),
    keybinds: t.Optional(Keybinds),
    leader_timeout: t.Optional(PositiveCount),
    attention: t.Optional(AttentionConfig),
    prompt: t.Optional(t.Object({ max_height: t.Optional(Extent), max_width: t.Optional(Extent) })),
    scroll_speed: t.Optional(t.Number({ minimum: 0.001 })),
    scroll_acceleration: t.Optional(t.Object({ enabled: t.Boolean() })),
    diff_style: t.Optional(stringEnum(["auto", "stacked"])),
    cursor: t.Optional(
      t.Object({
        style: t.Optional(stringEnum(["block", "underline", "line", "default"])),
        blinking: t.Optional(t.Boolean()),
      }),
    ),
    mouse: t.Optional(t.Boolean()),
    statusline: t.Optional(StatuslineConfig),
    editor_mode: t.Optional(stringEnum(["normal", "vim"])),
    /** Mini keeps the transcript in the terminal's own scrollback. */
    screen: t.Optional(stringEnum(["full", "mini"])),
    /** Plugins of the terminal UI: a package, a path or a `file:` address; or that, and options. */
    plugin: t.Optional(t.Array(TuiPluginItem)),
    /** By the id of the plugin; it is on unless this says otherwise. */
    plugin_enabled: t.Optional(t.Record(t.String(), t.Boolean())),
  },
  { $id: "TuiConfig" },
);
export type TuiConfig = Static<typeof TuiConfig>;
