// Trust: what a repository's own files would do, and whether the person lets them.

import { stringEnum, t, type Static } from "@/base/schema";

/** What kind of thing it is that would run, reach or read something. */
export const TrustKind = stringEnum([
  "command",
  "file",
  "formatter",
  "hook",
  "lsp",
  "mcp",
  "model",
  "plugin",
  "program",
  "provider",
  "shell",
  "sharing",
  "telemetry",
  "tool",
  "url",
  "variable",
]);
export type TrustKind = Static<typeof TrustKind>;

/**
 * One thing that acts: `origin` is its file, `what` its key path there, or the file itself; both
 * files relative to the project.
 */
export const TrustItem = t.Object(
  { kind: TrustKind, what: t.String(), origin: t.String() },
  { $id: "TrustItem" },
);
export type TrustItem = Static<typeof TrustItem>;

/**
 * `content` names what the directory holds that acts: it changes with it. `held` is what is held
 * back now, and `summary` says it in one line; both are empty when nothing is.
 */
export const TrustState = t.Object(
  {
    directory: t.String(),
    trusted: t.Boolean(),
    content: t.String(),
    held: t.Array(TrustItem),
    summary: t.String(),
  },
  { $id: "TrustState" },
);
export type TrustState = Static<typeof TrustState>;

/** `content` is what the person saw: other content is not trusted with it. */
export const TrustInput = t.Object({ content: t.Optional(t.String()) }, { $id: "TrustInput" });
export type TrustInput = Static<typeof TrustInput>;
