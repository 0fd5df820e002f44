// Synthetic prompts: user messages that the program writes to have the model go on. They ask for
// what the person's prompt before them asked for, of the same agent and model.
import type { Clock } from "@/base/clock";
import type { IDs } from "@/base/id";
import type { MessageWithParts } from "@/schema/message";
import type { Part } from "@/schema/part";
import type { Conversation, Prompt } from "./conversation";
import type { Records } from "./records";

/** Stores a prompt that says `text` after `prompt`, and adds it to the conversation. */
export function addSyntheticPrompt(
  conversation: Conversation,
  { prompt, text }: { prompt: Prompt; text: string },
  { clock, ids, records }: { clock: Clock; ids: IDs; records: Records },
): void {
  const { summary: _, ...asked } = prompt.info;
  const info = { ...asked, id: ids.create("msg"), time: { created: clock.now() } };
  const owner = { id: ids.create("prt"), sessionID: info.sessionID, messageID: info.id };
  const part: Part = { ...owner, type: "text", text, synthetic: true };
  records.together(() => {
    records.putMessage(info);
    records.putPart(part);
  });
  conversation.add([{ info, parts: [part] }]);
}

/** Whether no person has said anything in it. */
export function isSyntheticPrompt({ info, parts }: MessageWithParts): boolean {
  if (info.role !== "user") return false;
  return parts.every((part) => part.type === "text" && part.synthetic === true);
}
