// Messages and parts for tests of what shows them, with ids that sort as they are made.

import type { AssistantMessage, MessageWithParts, UserMessage } from "@/schema/message";
import type { Part, ReasoningPart, TextPart, ToolPart } from "@/schema/part";

export const SESSION = "ses_1";
const START = Date.UTC(2026, 0, 1, 12);

/** `msg_0003` for 3. */
export function messageID(n: number): string {
  return `msg_${String(n).padStart(4, "0")}`;
}

export function userMessage(n: number, text: string, extra: Partial<UserMessage> = {}) {
  const id = messageID(n);
  const info: UserMessage = {
    id,
    sessionID: SESSION,
    role: "user",
    time: { created: START + n * 1_000 },
    agent: "build",
    model: { providerID: "scripted", modelID: "main" },
    ...extra,
  };
  return { info, parts: [textPart(id, 1, text)] } satisfies MessageWithParts;
}

export function answerMessage(
  n: number,
  parentID: string,
  parts: (id: string) => Part[],
  extra: Partial<AssistantMessage> = {},
): MessageWithParts & { info: AssistantMessage } {
  const id = messageID(n);
  const info: AssistantMessage = {
    id,
    sessionID: SESSION,
    role: "assistant",
    time: { created: START + n * 1_000, completed: START + n * 1_000 + 2_100 },
    parentID,
    modelID: "main",
    providerID: "scripted",
    mode: "build",
    agent: "build",
    path: { cwd: "/project", root: "/project" },
    cost: 0,
    tokens: { input: 100, output: 20, reasoning: 0, cache: { read: 0, write: 0 } },
    ...extra,
  };
  return { info, parts: parts(id) };
}

function place(messageID: string, n: number) {
  return { id: `prt_${messageID.slice(4)}_${n}`, sessionID: SESSION, messageID };
}

export function textPart(messageID: string, n: number, text: string): TextPart {
  return { ...place(messageID, n), type: "text", text };
}

export function reasoningPart(messageID: string, n: number, text: string): ReasoningPart {
  const time = { start: START, end: START + 2_100 };
  return { ...place(messageID, n), type: "reasoning", text, time };
}

export function toolPart(
  messageID: string,
  n: number,
  tool: string,
  state: Partial<Extract<ToolPart["state"], { status: "completed" }>> & Record<string, unknown>,
): ToolPart {
  const time = { start: START, end: START + 4_200 };
  const completed = {
    status: "completed",
    input: {},
    output: "",
    title: tool,
    metadata: {},
    time,
    ...state,
  } as ToolPart["state"];
  return {
    ...place(messageID, n),
    type: "tool",
    callID: `call_${messageID}_${n}`,
    tool,
    state: completed,
  };
}
