// Forks: the messages of one session copied into another, under ids of their own.
import type { IDs } from "@/base/id";
import type { MessageWithParts } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { Records } from "./records";

/** Copies the messages in their order; what names another message of them names its copy. */
export function copyMessages(
  messages: readonly MessageWithParts[],
  sessionID: string,
  { ids, records }: { ids: IDs; records: Records },
): void {
  const copies = new Map(messages.map(({ info }) => [info.id, ids.create("msg")]));
  const copyOf = (id: string) => copies.get(id) ?? id;
  for (const { info, parts } of messages) {
    const own = { id: copyOf(info.id), sessionID };
    if (info.role === "user") records.putMessage({ ...info, ...own });
    else records.putMessage({ ...info, ...own, parentID: copyOf(info.parentID) });
    for (const part of parts) {
      const place = { id: ids.create("prt"), sessionID, messageID: own.id };
      records.putPart(copyPart(part, place, copyOf));
    }
  }
}

function copyPart(
  part: Part,
  place: { id: string; sessionID: string; messageID: string },
  copyOf: (messageID: string) => string,
): Part {
  if (part.type === "compaction" && part.tail_start_id !== undefined) {
    return { ...part, ...place, tail_start_id: copyOf(part.tail_start_id) };
  }
  if (part.type !== "tool" || part.state.status !== "completed") return { ...part, ...place };
  const { sessionID, messageID } = place;
  const attachments = part.state.attachments?.map((file) => ({ ...file, sessionID, messageID }));
  return { ...part, ...place, state: { ...part.state, ...(attachments ? { attachments } : {}) } };
}

/** "Fix it" becomes "Fix it (fork #1)", and that "Fix it (fork #2)". */
export function forkTitle(title: string): string {
  const match = /^(.*) \(fork #(\d+)\)$/.exec(title);
  return `${match?.[1] ?? title} (fork #${Number(match?.[2] ?? 0) + 1})`;
}
