// What a hook command says: by its exit code, and by JSON on its output, in the form that is usual
// for such commands. Pure.
import { isRecord, type JSONRecord } from "@/config/json";
import type { ProcessResult } from "@/base/process";

/** What a command decides. */
export interface CommandAnswer {
  /** Why what was about to happen must not, or must go on. */
  block?: string;
  /** Why a person must be asked. */
  ask?: string;
  /** For the model to read. */
  context?: string;
  /** In the place of the arguments of a tool. */
  input?: JSONRecord;
  /** For the person. */
  message?: string;
  /** It did not work, and decides nothing. */
  problem?: string;
}

const REFUSED = 2;
const TEXT_MAX_CHARACTERS = 10_000;

export function readAnswer(command: string, result: ProcessResult): CommandAnswer {
  const said = cut(result.stderr);
  if (result.timedOut) return { problem: "it did not end within its timeout" };
  if (result.exitCode === REFUSED) return { block: said || `The hook ${command} refuses this` };
  if (result.exitCode !== 0) {
    const end = result.exitCode === null ? "it was killed" : `exit code ${result.exitCode}`;
    return { problem: said ? `${end}: ${said}` : end };
  }
  const output = result.stdout.trim();
  if (!output.startsWith("{")) return output === "" ? {} : { context: cut(output) };
  try {
    const parsed: unknown = JSON.parse(output);
    return isRecord(parsed) ? readJSON(parsed, command) : {};
  } catch {
    return { problem: "its output begins as JSON and is none" };
  }
}

function readJSON(answer: JSONRecord, command: string): CommandAnswer {
  const specific = isRecord(answer["hookSpecificOutput"]) ? answer["hookSpecificOutput"] : {};
  const decision = specific["permissionDecision"] ?? answer["decision"];
  const reason =
    text(specific["permissionDecisionReason"]) ??
    text(answer["reason"]) ??
    text(answer["stopReason"]) ??
    `The hook ${command} refuses this`;
  const isBlocked = decision === "deny" || decision === "block" || answer["continue"] === false;
  const context = text(specific["additionalContext"]);
  const input = specific["updatedInput"];
  const message = text(answer["systemMessage"]);
  return {
    ...(isBlocked ? { block: reason } : {}),
    ...(decision === "ask" ? { ask: reason } : {}),
    ...(context === undefined ? {} : { context }),
    ...(isRecord(input) ? { input } : {}),
    ...(message === undefined ? {} : { message }),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? cut(value) : undefined;
}

function cut(value: string): string {
  return value.trim().slice(0, TEXT_MAX_CHARACTERS);
}
