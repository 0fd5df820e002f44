// The small pieces that the nouns share: ids, times, counts, free-form objects and references to a
// model. None of them is published as a component of its own. A time is in epoch milliseconds.

import { t, type Static } from "@/base/schema";

export const SessionID = t.String({ pattern: "^ses" });
export const MessageID = t.String({ pattern: "^msg" });
export const PartID = t.String({ pattern: "^prt" });
export const PermissionID = t.String({ pattern: "^per" });
export const QuestionID = t.String({ pattern: "^que" });
export const PtyID = t.String({ pattern: "^pty" });
export const EventID = t.String({ pattern: "^evt_" });

/** Epoch milliseconds. */
export const Timestamp = t.Integer({ minimum: 0 });

/** A whole number of things, zero included. */
export const Count = t.Integer({ minimum: 0 });

/** A whole number of things, zero excluded: limits and sizes. */
export const PositiveCount = t.Integer({ exclusiveMinimum: 0 });

/** An object of which nothing is known: tool inputs, metadata, provider options. */
export const JSONObject = t.Record(t.String(), t.Unknown());
export type JSONObject = Static<typeof JSONObject>;

/** Names to texts: headers, environment variables. */
export const StringMap = t.Record(t.String(), t.String());
export type StringMap = Static<typeof StringMap>;

/** Tool names or patterns, each switched on or off. */
export const ToolSwitches = t.Record(t.String(), t.Boolean());

/** Which model: the pair that names one in messages and prompts. */
export const ModelRef = t.Object({
  providerID: t.String(),
  modelID: t.String(),
});
export type ModelRef = Static<typeof ModelRef>;

/** Tokens of one or more model calls. `input` leaves out the cached ones, which are in `cache`. */
export const TokenUsage = t.Object({
  input: t.Number(),
  output: t.Number(),
  reasoning: t.Number(),
  cache: t.Object({
    read: t.Number(),
    write: t.Number(),
  }),
});
export type TokenUsage = Static<typeof TokenUsage>;

/** Tokens of one model call, with the provider's own total where it gives one. */
export const StepTokenUsage = t.Object({
  total: t.Optional(t.Number()),
  ...TokenUsage.properties,
});
export type StepTokenUsage = Static<typeof StepTokenUsage>;

/** What a turn may use, its subagents included: US dollars, tokens of every kind, and steps. */
export const Budget = t.Object(
  {
    cost: t.Optional(t.Number({ exclusiveMinimum: 0 })),
    tokens: t.Optional(PositiveCount),
    steps: t.Optional(PositiveCount),
  },
  { $id: "Budget" },
);
export type Budget = Static<typeof Budget>;
