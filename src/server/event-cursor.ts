// Where a client of an event stream wants to go on: the id of the last frame that it has received,
// by the header that browsers send, or by the query where headers cannot be set.
import { type Static, t } from "@/base/schema";

const Cursor = t.Optional(
  t.Integer({ minimum: 0, description: "The id of the last frame that was received" }),
);

export const EventQuery = t.Object({ after: Cursor, lastEventID: Cursor });

/** `after` for a stream; NaN, which no stream can go on from, for an id that is not ours. */
export function cursorOf(request: Request, query: Static<typeof EventQuery>): { after?: number } {
  const header = request.headers.get("last-event-id");
  if (header) return { after: /^\d{1,15}$/.test(header) ? Number(header) : NaN };
  const after = query.after ?? query.lastEventID;
  return after === undefined ? {} : { after };
}
