// Slash commands: a template that becomes a prompt.

import { stringEnum, t, type Static } from "@/base/schema";

/** `hints` are the placeholders of the template, such as `$1` and `$ARGUMENTS`. */
export const Command = t.Object(
  {
    name: t.String(),
    description: t.Optional(t.String()),
    agent: t.Optional(t.String()),
    model: t.Optional(t.String()),
    source: t.Optional(stringEnum(["command", "mcp", "skill"])),
    template: t.String(),
    subtask: t.Optional(t.Boolean()),
    hints: t.Array(t.String()),
  },
  { $id: "Command" },
);
export type Command = Static<typeof Command>;
