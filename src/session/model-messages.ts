// Model messages: the stored history as a model reads it. Pure. Every tool call gets exactly one
// result, whatever happened to it; what a message became for one request it stays for the next,
// so that consecutive requests share their prefix.
import { prompts } from "@/agent/prompts";
import type { ModelMessage, ProviderMetadata } from "@/llm/model-event";
import type { AssistantMessage, MessageWithParts, UserMessage } from "@/schema/message";
import type { FilePart, Part, ReasoningPart, SubtaskPart, TextPart, ToolPart } from "@/schema/part";
import type { Model } from "@/schema/provider";
import { readDataURL } from "./data-url";
import { isTextType } from "./media-type";
import { PLAN_REMINDERS, type PlanReminders } from "./plan-mode";

type Content<Role extends ModelMessage["role"]> = Extract<ModelMessage, { role: Role }>["content"];
type UserContent = Content<"user">[number];
type AssistantContent = Exclude<Content<"assistant">, string>[number];
type ToolContent = Content<"tool">[number];

/** The messages of a request's history, oldest first, without the system prompt. */
export function toModelMessages(
  history: readonly MessageWithParts[],
  model: Model,
  reminders: PlanReminders = PLAN_REMINDERS,
): ModelMessage[] {
  let agentBefore: string | undefined;
  const nameCall = uniqueNames();
  return history.flatMap(({ info, parts }) => {
    if (info.role === "assistant") {
      return assistantMessages(
        info,
        parts.map((part) => withCallID(part, nameCall)),
        model,
      );
    }
    const reminder = agentReminder(info, agentBefore, reminders);
    agentBefore = info.agent;
    return userMessage(parts, model, reminder);
  });
}

/** Some servers number the calls of each answer anew: what was used before gets another name. */
function uniqueNames(): (name: string) => string {
  const used = new Set<string>();
  return (name) => {
    let unique = name;
    for (let n = 2; used.has(unique); n++) unique = `${name}_${n}`;
    used.add(unique);
    return unique;
  };
}

function withCallID(part: Part, nameCall: (name: string) => string): Part {
  if (part.type !== "tool") return part;
  const callID = nameCall(part.callID);
  return callID === part.callID ? part : { ...part, callID };
}

/** Asks the model to wrap up: no further step follows. */
export function lastStepReminder(): ModelMessage {
  return { role: "user", content: [{ type: "text", text: reminderText(prompts.maxSteps) }] };
}

/** What an agent's prompt needs said beside it: that it only plans, or that planning is over. */
function agentReminder(
  info: UserMessage,
  agentBefore: string | undefined,
  reminders: PlanReminders,
): string | undefined {
  if (info.agent === "plan") return reminderText(reminders.plan);
  return agentBefore === "plan" ? reminderText(reminders.build) : undefined;
}

function reminderText(text: string): string {
  return `<system-reminder>\n${text}\n</system-reminder>`;
}

function userMessage(
  parts: readonly Part[],
  model: Model,
  reminder: string | undefined,
): ModelMessage[] {
  const content = parts.flatMap((part): UserContent[] => {
    if (part.type === "text") return part.ignored ? [] : spokenText(part.text);
    if (part.type === "file") return fileContent(part, model);
    if (part.type === "subtask") return [textContent(subtaskText(part))];
    return part.type === "compaction" ? [textContent(SUMMARY_ASKED)] : [];
  });
  if (reminder !== undefined && content.length > 0) content.push(textContent(reminder));
  return content.length > 0 ? [{ role: "user", content }] : [];
}

/** Stands before the summary that a compaction made. */
const SUMMARY_ASKED = "What did we do so far?";

function subtaskText({ agent, description, prompt }: SubtaskPart): string {
  return `(The user gave this task to the agent ${agent}: ${description || prompt})`;
}

function textContent(text: string): { type: "text"; text: string } {
  return { type: "text", text };
}

/** Nothing for a text of white space alone: several providers refuse such a one. */
function spokenText(text: string): { type: "text"; text: string }[] {
  return text.trim() === "" ? [] : [textContent(text)];
}

/** Text files have been read into a text part beside them; others go where the model takes them. */
function fileContent(part: FilePart, model: Model): UserContent[] {
  const { filename, mime, url } = part;
  const name = filename ?? "a file";
  const isRemote = /^https?:/i.test(url);
  if (isTextType(mime)) {
    return isRemote ? [textContent(`(The user attached ${name}: ${url})`)] : [];
  }
  const { input } = model.capabilities;
  const isTaken = mime.startsWith("image/") ? input.image : mime === "application/pdf" && input.pdf;
  const data = isTaken ? mediaData(url) : undefined;
  if (data) return [{ type: "file", mediaType: mime, data, ...(filename ? { filename } : {}) }];
  const reason = isTaken ? "its content is not here" : "this model does not read such files";
  return [textContent(`(${name}, ${mime}, is left out: ${reason})`)];
}

/** Undefined for a URL that no provider could follow. */
function mediaData(url: string) {
  if (/^https?:/i.test(url)) {
    const parsed = URL.parse(url);
    return parsed ? { type: "url" as const, url: parsed } : undefined;
  }
  const content = readDataURL(url);
  return content && { type: "data" as const, data: content.toString("base64") };
}

function assistantMessages(
  info: AssistantMessage,
  parts: readonly Part[],
  model: Model,
): ModelMessage[] {
  const isSameModel = info.providerID === model.providerID && info.modelID === model.id;
  const content = parts.flatMap((part): AssistantContent[] => {
    if (part.type === "text") return spoken(part, isSameModel);
    if (part.type === "reasoning") return thought(part, isSameModel);
    return part.type === "tool" ? [callContent(part, isSameModel)] : [];
  });
  // Reasoning alone (an answer cut off) is no message that providers take.
  if (!content.some((part) => part.type !== "reasoning")) return [];
  const calls = parts.filter((part) => part.type === "tool");
  const messages: ModelMessage[] = [{ role: "assistant", content }];
  if (calls.length > 0) messages.push({ role: "tool", content: calls.map(resultContent) });
  return [...messages, ...attachedMedia(calls, model)];
}

function spoken(part: TextPart, isSameModel: boolean): AssistantContent[] {
  if (part.ignored) return [];
  return spokenText(part.text).map((text) => ({
    ...text,
    ...providerOptions(part.metadata, isSameModel),
  }));
}

/** Another model's reasoning is not this one's: it is left out, its signatures would be refused. */
function thought(part: ReasoningPart, isSameModel: boolean): AssistantContent[] {
  if (!isSameModel || (!part.text && !part.metadata)) return [];
  return [{ type: "reasoning", text: part.text, ...providerOptions(part.metadata, isSameModel) }];
}

function callContent(part: ToolPart, isSameModel: boolean): AssistantContent {
  return {
    type: "tool-call",
    toolCallId: part.callID,
    toolName: part.tool,
    input: part.state.input,
    ...providerOptions(part.metadata, isSameModel),
  };
}

function resultContent(part: ToolPart): ToolContent {
  const { state } = part;
  const result = { type: "tool-result" as const, toolCallId: part.callID, toolName: part.tool };
  switch (state.status) {
    case "completed":
      return { ...result, output: { type: "text", value: shownOutput(state) } };
    case "error":
      return { ...result, output: { type: "error-text", value: state.error || "It failed" } };
    default:
      // Only a part that another process is writing can be met here.
      return { ...result, output: { type: "error-text", value: "Interrupted: no result" } };
  }
}

function shownOutput(state: { output: string; time: { compacted?: number } }): string {
  if (state.time.compacted !== undefined) return "(old output left out to save space)";
  return state.output.trim() === "" ? "(no output)" : state.output;
}

/** Images that tools returned: many providers take none in a result, so they follow it. */
function attachedMedia(calls: readonly ToolPart[], model: Model): ModelMessage[] {
  const media = calls.flatMap(({ state }) =>
    state.status === "completed" && state.time.compacted === undefined
      ? (state.attachments ?? []).flatMap((file) => fileContent(file, model))
      : [],
  );
  if (media.length === 0) return [];
  return [{ role: "user", content: [textContent("Attached media from tool result:"), ...media] }];
}

function providerOptions(
  metadata: Record<string, unknown> | undefined,
  isSameModel: boolean,
): { providerOptions?: Record<string, Record<string, never>> } {
  if (!metadata || !isSameModel) return {};
  // Stored as it came from the provider package, and handed back to the same one.
  return { providerOptions: metadata as ProviderMetadata as Record<string, Record<string, never>> };
}
