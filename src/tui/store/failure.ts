// Failure: what went wrong last in the open session, why, and what of it is worth handing on. Pure.
import type { AssistantMessage, MessageWithParts } from "@/schema/message";
import type { MessageError } from "@/schema/message-error";
import type { State } from "./state";

export interface Failure {
  error: MessageError;
  message: AssistantMessage;
  /** What had been asked; undefined when it is not loaded. */
  asked: MessageWithParts | undefined;
}

const NO_ACCESS: readonly unknown[] = [401, 403];
const REQUEST_ID = /request-?id$/i;

/** The error that ended the open session, which does nothing since. */
export function newestFailure(state: State): Failure | undefined {
  const { route, status, transcripts, sessions } = state;
  if (route.screen !== "session" || status[route.sessionID]) return undefined;
  if (sessions?.[route.sessionID]?.revert) return undefined;
  const messages = transcripts[route.sessionID]?.messages ?? [];
  const message = messages.at(-1)?.info;
  if (message?.role !== "assistant" || !message.error) return undefined;
  const { error, parentID } = message;
  if (error.name === "MessageAbortedError") return undefined;
  return { error, message, asked: messages.findLast(({ info }) => info.id === parentID) };
}

/** Whether the provider knows the key not, or there is none. */
export function isAuthFailure(error: MessageError): boolean {
  if (error.name === "ProviderAuthError") return true;
  return error.name === "APIError" && NO_ACCESS.includes(error.data.statusCode);
}

/** In a sentence, as far as anything is known beyond the message itself; else empty. */
export function causeOf({ facts }: State, error: MessageError, providerID: string): string {
  if (isAuthFailure(error)) {
    const provider = facts.providers?.providers.find(({ id }) => id === providerID);
    if (provider?.source === "env") return `Key from ${provider.env.join(" or ")}.`;
    if (provider?.source === "api") return "Key that was kept when it was connected.";
    return provider?.source === "config" ? "Key from the configuration." : "";
  }
  if (error.name === "ContextOverflowError") return "/compact makes the session shorter.";
  if (error.name === "MessageOutputLengthError") return "The answer was longer than the model may.";
  if (error.name !== "APIError") return "";
  const { statusCode, isRetryable } = error.data;
  if (statusCode === 429) return "Too many requests, or no credit left.";
  if (statusCode === undefined) return "No answer came from the provider.";
  return isRetryable ? "The provider has trouble; it may pass." : "";
}

/** What to tell a provider: model, status, request id, message and body of what went wrong last. */
export function failureText(state: State): string | undefined {
  const { route, status } = state;
  const now = route.screen === "session" ? status[route.sessionID] : undefined;
  if (now?.type === "retry") return `attempt ${now.attempt}: ${now.message}`;
  const failure = newestFailure(state);
  if (!failure) return undefined;
  const { error, message } = failure;
  const data: Readonly<Record<string, unknown>> = error.data;
  const lines = [
    `model: ${message.providerID}/${message.modelID}`,
    `error: ${error.name}`,
    ...fact("status", data["statusCode"]),
    ...fact("request id", error.name === "APIError" ? requestID(error.data.responseHeaders) : ""),
    ...fact("message", data["message"]),
    ...fact("body", data["responseBody"]),
  ];
  return lines.join("\n");
}

function fact(name: string, value: unknown): string[] {
  return value === undefined || value === "" ? [] : [`${name}: ${String(value)}`];
}

function requestID(headers: Readonly<Record<string, string>> = {}): string {
  const name = Object.keys(headers).find((one) => REQUEST_ID.test(one));
  return name === undefined ? "" : (headers[name] ?? "");
}
