// Pages of messages: a page is the newest so many before a cursor, which clients get from the page
// before and need not understand.
import { invalid } from "@/base/error";
import { isID } from "@/base/id";
import type { MessageWithParts } from "@/schema/message";

/** What a service wants to know of the page; AppError invalid for a cursor that is not ours. */
export function pageOf(query: { limit?: number; before?: string }): {
  limit?: number;
  before?: string;
} {
  const { limit, before } = query;
  if (before === undefined) return limit ? { limit } : {};
  if (!limit) throw invalid("before: needs a limit", { kind: "Query", path: "before" });
  const messageID = Buffer.from(before, "base64url").toString("utf8");
  if (!isID("msg", messageID)) {
    const message = "before: expected the X-Next-Cursor of an earlier answer";
    throw invalid(message, { kind: "Query", path: "before" });
  }
  return { limit, before: messageID };
}

/** The headers that lead from a page of `messages`, oldest first, to the older ones. */
export function linkNext(
  request: Request,
  messages: readonly MessageWithParts[],
): Record<string, string> {
  const oldest = messages[0]?.info.id ?? "";
  const cursor = Buffer.from(oldest).toString("base64url");
  const url = new URL(request.url);
  url.searchParams.set("before", cursor);
  // Credentials are not repeated in an answer.
  url.searchParams.delete("auth_token");
  return { "x-next-cursor": cursor, link: `<${url.href}>; rel="next"` };
}
