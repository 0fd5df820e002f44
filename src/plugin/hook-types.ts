// The hooks by their published names: what each is told, and what it may change in place. The
// names and shapes are those of @opencode-ai/plugin, so that plugins written for it work as they
// are; `session.start` and `session.stop` are ours.
import type { Message, UserMessage } from "@/schema/message";
import type { Part, PartInput } from "@/schema/part";
import type { PermissionRequest } from "@/schema/permission";
import type { ModelRef } from "@/schema/primitive";
import type { Model, Provider } from "@/schema/provider";

type Fields = Record<string, unknown>;

interface Chat {
  sessionID: string;
  agent: string;
  model: Model;
  provider: { source: Provider["source"]; info: Provider; options: Fields };
  message: UserMessage;
}

interface Call {
  tool: string;
  sessionID: string;
  callID: string;
}

/** A request for permission, with the names that plugins of former times know it by. */
interface PermissionInput extends PermissionRequest {
  type: string;
  pattern: string[];
  title: string;
  messageID: string;
  callID?: string;
  time: { created: number };
}

interface HookMap {
  /** A prompt is about to be stored. */
  "chat.message": {
    input: {
      sessionID: string;
      agent: string;
      model: ModelRef;
      messageID: string;
      variant?: string;
      /** Of a subagent's session. */
      parentID?: string;
    };
    output: { message: UserMessage; parts: Part[] };
  };
  "chat.params": {
    input: Chat;
    output: {
      temperature: number | undefined;
      topP: number | undefined;
      topK: number | undefined;
      maxOutputTokens: number | undefined;
      options: Fields;
    };
  };
  "chat.headers": { input: Chat; output: { headers: Record<string, string> } };
  /** The rules say that a person is to be asked. */
  "permission.ask": { input: PermissionInput; output: { status: "ask" | "deny" | "allow" } };
  "command.execute.before": {
    input: { command: string; sessionID: string; arguments: string };
    output: { parts: PartInput[] };
  };
  /** What it throws refuses the call. With `ask`, a person is asked before, for this reason. */
  "tool.execute.before": { input: Call; output: { args: unknown; ask?: string | undefined } };
  "tool.execute.after": {
    input: Call & { args: unknown };
    output: { title: string; output: string; metadata: Fields };
  };
  "tool.definition": {
    input: { toolID: string };
    output: { description: string; parameters: Fields };
  };
  "shell.env": {
    input: { cwd: string; sessionID?: string; callID?: string };
    output: { env: Record<string, string> };
  };
  "experimental.chat.messages.transform": {
    input: Record<string, never>;
    output: { messages: { info: Message; parts: Part[] }[] };
  };
  "experimental.chat.system.transform": {
    input: { sessionID: string; model: Model };
    output: { system: string[] };
  };
  "experimental.provider.small_model": {
    input: { provider: Provider };
    output: { model: string | undefined };
  };
  "experimental.session.compacting": {
    input: { sessionID: string };
    output: { context: string[]; prompt: string | undefined };
  };
  "experimental.compaction.autocontinue": {
    input: { sessionID: string };
    output: { enabled: boolean };
  };
  "experimental.text.complete": {
    input: { sessionID: string; messageID: string; partID: string };
    output: { text: string };
  };
  /** The first prompt of a person's session in this process; the model reads `context`. */
  "session.start": {
    input: { sessionID: string; source: "startup" | "resume" };
    output: { context: string[] };
  };
  /** The model has nothing more to say. With a `prompt` it goes on by it. */
  "session.stop": {
    input: { sessionID: string; isContinued: boolean };
    output: { prompt: string | undefined };
  };
}

export type HookName = keyof HookMap;
export type HookInput<N extends HookName> = HookMap[N]["input"];
export type HookOutput<N extends HookName> = HookMap[N]["output"];
