// Hooks on what a model answers: its texts once they are whole, and the end of a turn, which a hook
// may put off.
import type { Hooks } from "@/plugin/hooks";
import type { Session } from "@/schema/session";
import type { AnswerMessage } from "./answer-message";

/** A hook that never has enough is not asked any more. */
const CONTINUED_MAX = 10;

/** Has plugins rewrite the texts of the answer. */
export async function completeTexts(answer: AnswerMessage, hooks: Hooks): Promise<void> {
  const name = "experimental.text.complete";
  if (!(await hooks.has(name))) return;
  const { id: messageID, sessionID } = answer.message.info;
  for (const part of [...answer.message.parts]) {
    if (part.type !== "text") continue;
    const { text } = await hooks.run(
      name,
      { sessionID, messageID, partID: part.id },
      { text: part.text },
      { check: (output) => (typeof output.text === "string" ? undefined : "a text that is none") },
    );
    if (text !== part.text) answer.writer.put({ ...part, text });
  }
}

/** What the model is to go on with, though it has nothing more to say; undefined lets it end. */
export async function askToStop(
  { id: sessionID, parentID }: Session,
  turn: { continued: number },
  hooks: Hooks,
): Promise<string | undefined> {
  if (parentID !== undefined || turn.continued >= CONTINUED_MAX) return undefined;
  const input = { sessionID, isContinued: turn.continued > 0 };
  const { prompt } = await hooks.run(
    "session.stop",
    input,
    { prompt: undefined },
    {
      check: ({ prompt }) =>
        prompt === undefined || typeof prompt === "string" ? undefined : "a prompt that is no text",
    },
  );
  if (prompt !== undefined) turn.continued++;
  return prompt;
}
