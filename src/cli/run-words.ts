// Words for what happens in a run: of a tool call and of a failure, for people.
import type { MessageError } from "@/schema/message-error";
import type { ToolPart } from "@/schema/part";
import { oneLine } from "./output";

/** What a call was about: its title, else the first text of its arguments. */
export function describeTool(part: ToolPart): string {
  const { state } = part;
  const title = state.status === "completed" ? state.title : "";
  if (title) return oneLine(title);
  const argument = Object.values(state.input).find((value) => typeof value === "string");
  return typeof argument === "string" ? oneLine(argument) : "";
}

/** The message of a failed answer, with what to do where that is known. */
export function describeError(error: MessageError): string {
  switch (error.name) {
    case "ProviderAuthError": {
      const { providerID, message } = error.data;
      return `${message} (provider ${providerID}; a new key: opencode auth login ${providerID})`;
    }
    case "MessageOutputLengthError": {
      const message = error.data["message"];
      return typeof message === "string" ? message : "The model reached its output limit";
    }
    default:
      return error.data.message;
  }
}
