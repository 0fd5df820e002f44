// Terminals.

import { stringEnum, t, type Static } from "@/base/schema";
import { Count, PositiveCount, PtyID, StringMap } from "./primitive";

export const Pty = t.Object(
  {
    id: PtyID,
    title: t.String(),
    command: t.String(),
    args: t.Array(t.String()),
    cwd: t.String(),
    status: stringEnum(["running", "exited"]),
    pid: Count,
    exitCode: t.Optional(Count),
  },
  { $id: "Pty" },
);
export type Pty = Static<typeof Pty>;

/** Without a command, the person's shell. */
export const PtyCreateInput = t.Object(
  {
    command: t.Optional(t.String()),
    args: t.Optional(t.Array(t.String())),
    cwd: t.Optional(t.String()),
    title: t.Optional(t.String()),
    env: t.Optional(StringMap),
  },
  { $id: "PtyCreateInput" },
);
export type PtyCreateInput = Static<typeof PtyCreateInput>;

export const PtyUpdateInput = t.Object(
  {
    title: t.Optional(t.String()),
    size: t.Optional(t.Object({ rows: PositiveCount, cols: PositiveCount })),
  },
  { $id: "PtyUpdateInput" },
);
export type PtyUpdateInput = Static<typeof PtyUpdateInput>;

/** A one-time ticket for the WebSocket; `expires_in` is in seconds. */
export const PtyTicketConnectToken = t.Object(
  { ticket: t.String(), expires_in: PositiveCount },
  { $id: "PtyTicketConnectToken" },
);
export type PtyTicketConnectToken = Static<typeof PtyTicketConnectToken>;

/** A shell of this machine. */
export const Shell = t.Object(
  { path: t.String(), name: t.String(), acceptable: t.Boolean() },
  { $id: "Shell" },
);
export type Shell = Static<typeof Shell>;
