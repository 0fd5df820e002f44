// How the program and what it runs are doing: health, paths, language servers, formatters, and the
// log lines that clients add.

import { stringEnum, t, type Static } from "@/base/schema";
import { JSONObject } from "./primitive";

export const Health = t.Object(
  { healthy: t.Literal(true), version: t.String() },
  { $id: "Health" },
);
export type Health = Static<typeof Health>;

/** Absolute directories; `worktree` is `/` outside git. */
export const Path = t.Object(
  {
    home: t.String(),
    state: t.String(),
    config: t.String(),
    worktree: t.String(),
    directory: t.String(),
  },
  { $id: "Path" },
);
export type Path = Static<typeof Path>;

/** `clients` hear what happens here at present. */
export const ServerUse = t.Object({ clients: t.Integer() }, { $id: "ServerUse" });
export type ServerUse = Static<typeof ServerUse>;

/** `root` is relative to the project directory; `errors` are those it has told of, if any. */
export const LSPStatus = t.Object(
  {
    id: t.String(),
    name: t.String(),
    root: t.String(),
    status: stringEnum(["connected", "error"]),
    errors: t.Optional(t.Integer()),
  },
  { $id: "LSPStatus" },
);
export type LSPStatus = Static<typeof LSPStatus>;

export const FormatterStatus = t.Object(
  { name: t.String(), extensions: t.Array(t.String()), enabled: t.Boolean() },
  { $id: "FormatterStatus" },
);
export type FormatterStatus = Static<typeof FormatterStatus>;

export const ExperimentalCapabilities = t.Object(
  { backgroundSubagents: t.Boolean() },
  { $id: "ExperimentalCapabilities" },
);
export type ExperimentalCapabilities = Static<typeof ExperimentalCapabilities>;

/** A line that a client adds to the log. */
export const LogInput = t.Object(
  {
    service: t.String(),
    level: stringEnum(["debug", "info", "error", "warn"]),
    message: t.String(),
    extra: t.Optional(JSONObject),
  },
  { $id: "LogInput" },
);
export type LogInput = Static<typeof LogInput>;

export const UpgradeInput = t.Object({ target: t.String() }, { $id: "UpgradeInput" });
export type UpgradeInput = Static<typeof UpgradeInput>;

export const UpgradeResult = t.Union(
  [
    t.Object({ success: t.Literal(true), version: t.String() }),
    t.Object({ success: t.Literal(false), error: t.String() }),
  ],
  { $id: "UpgradeResult" },
);
export type UpgradeResult = Static<typeof UpgradeResult>;
