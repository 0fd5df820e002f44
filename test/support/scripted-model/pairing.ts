// The rule every model API enforces: each tool call of an assistant message has exactly one result,
// right after that message, and no result is without its call. Also what any API says of tools.

import { isJSONObject, objectOf } from "./json";
import type { NeutralMessage, NeutralRequest } from "./turn";

/** What is wrong with the request, in sentences; empty when nothing is. */
export function checkPairing(request: NeutralRequest): string[] {
  return [...checkMessages(request.messages), ...checkArguments(request), ...checkTools(request)];
}

function checkMessages(messages: readonly NeutralMessage[]): string[] {
  const problems: string[] = [];
  const open = new Set<string>();
  const seen = new Set<string>();
  const closeOpen = (at: string) => {
    problems.push(...[...open].map((id) => `${at}: call "${id}" has no result`));
    open.clear();
  };
  messages.forEach((message, index) => {
    const at = `messages[${index}]`;
    const hasResults = message.results.length > 0;
    if (!hasResults) closeOpen(at);
    for (const result of message.results) {
      if (open.delete(result.id)) continue;
      problems.push(`${at}: result "${result.id}" has no open call before it`);
    }
    if (hasResults && message.text !== "") closeOpen(at);
    for (const call of message.calls) {
      if (seen.has(call.id)) problems.push(`${at}: call id "${call.id}" is used twice`);
      seen.add(call.id);
      open.add(call.id);
    }
  });
  closeOpen("the end");
  return problems;
}

function checkArguments(request: NeutralRequest): string[] {
  return request.messages
    .flatMap((message) => message.calls)
    .filter((call) => !isJSONObject(call.input))
    .map((call) => `call "${call.id}" of ${call.tool}: arguments are not a JSON object`);
}

function checkTools(request: NeutralRequest): string[] {
  const names = request.tools.map((tool) => tool.name);
  const bad = names.filter((name) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name));
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const shapeless = request.tools.filter((tool) => objectOf(tool.parameters)["type"] !== "object");
  return [
    ...bad.map((name) => `tool name "${name}" is not allowed`),
    ...twice.map((name) => `tool "${name}" is declared twice`),
    ...shapeless.map((tool) => `parameters of tool "${tool.name}" are not of type object`),
  ];
}
