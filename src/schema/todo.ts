// The list of things to do that a model keeps for a session.

import { t, type Static } from "@/base/schema";

/**
 * `status` is pending, in_progress, completed or cancelled and `priority` high, medium or low, but
 * other words that a model chose are kept.
 */
export const Todo = t.Object(
  { content: t.String(), status: t.String(), priority: t.String() },
  { $id: "Todo" },
);
export type Todo = Static<typeof Todo>;
