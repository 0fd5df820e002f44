// Hooks on what is sent to a model: the system prompt, the history, parameters and headers. Nothing
// is copied or changed where nobody listens.
import { isValid, t } from "@/base/schema";
import type { ModelRequest } from "@/llm/model-event";
import type { Hooks } from "@/plugin/hooks";
import { Message, type MessageWithParts, type UserMessage } from "@/schema/message";
import { Part } from "@/schema/part";
import type { Model } from "@/schema/provider";
import { StringMap } from "@/schema/primitive";

const Messages = t.Array(t.Object({ info: Message, parts: t.Array(Part) }));
const Texts = t.Array(t.String());
const Parameters = t.Object({
  temperature: t.Optional(t.Number()),
  topP: t.Optional(t.Number()),
  topK: t.Optional(t.Number()),
  maxOutputTokens: t.Optional(t.Number()),
  options: t.Record(t.String(), t.Unknown()),
});

/** The system prompt as plugins leave it. */
export async function shapeSystem(
  system: string,
  input: { sessionID: string; model: Model },
  hooks: Hooks,
): Promise<string> {
  const name = "experimental.chat.system.transform";
  if (!(await hooks.has(name))) return system;
  const shaped = await hooks.run(
    name,
    input,
    { system: [system] },
    {
      check: (output) => (isValid(Texts, output.system) ? undefined : "a system that is no texts"),
    },
  );
  return shaped.system.join("\n\n");
}

/** What the model is to see of the history, as plugins leave it. */
export async function shapeMessages(
  messages: MessageWithParts[],
  hooks: Hooks,
): Promise<MessageWithParts[]> {
  const name = "experimental.chat.messages.transform";
  if (!(await hooks.has(name))) return messages;
  const shaped = await hooks.run(
    name,
    {},
    { messages },
    {
      check: (output) =>
        isValid(Messages, output.messages) ? undefined : "messages that are none",
    },
  );
  return shaped.messages;
}

/** The request with the parameters and headers that plugins want. */
export async function shapeRequest(
  request: ModelRequest,
  { agent, message }: { agent: string; message: UserMessage },
  hooks: Hooks,
): Promise<ModelRequest> {
  const [hasParams, hasHeaders] = await Promise.all([
    hooks.has("chat.params"),
    hooks.has("chat.headers"),
  ]);
  if (!hasParams && !hasHeaders) return request;
  const { model, provider, sessionID, headers = {}, options = {} } = request;
  const context = { source: provider.source, info: provider, options: provider.options };
  const input = { sessionID, agent, model, provider: context, message };
  const { temperature, topP, topK, maxOutputTokens } = request;
  const params = await hooks.run(
    "chat.params",
    input,
    { temperature, topP, topK, maxOutputTokens, options },
    { check: (output) => (isValid(Parameters, output) ? undefined : "parameters that are none") },
  );
  const sent = await hooks.run(
    "chat.headers",
    input,
    { headers },
    {
      check: (output) => (isValid(StringMap, output.headers) ? undefined : "headers that are none"),
    },
  );
  const { temperature: _, topP: __, topK: ___, maxOutputTokens: ____, ...rest } = request;
  return { ...rest, ...withoutUndefined(params), ...sent };
}

function withoutUndefined(params: Record<string, unknown>): Partial<ModelRequest> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}
