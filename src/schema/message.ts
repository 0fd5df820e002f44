// Messages, told apart by `role`, with their parts, and what a client sends to get one: a prompt,
// a slash command or a shell command.

import { t, type Static } from "@/base/schema";
import { SnapshotFileDiff } from "./file";
import { MessageError } from "./message-error";
import { FilePartInput, Part, PartInput } from "./part";
import {
  Count,
  MessageID,
  ModelRef,
  SessionID,
  StepTokenUsage,
  Timestamp,
  ToolSwitches,
} from "./primitive";

export const JSONSchema = t.Record(t.String(), t.Unknown(), { $id: "JSONSchema" });
export type JSONSchema = Static<typeof JSONSchema>;

export const OutputFormatText = t.Object({ type: t.Literal("text") }, { $id: "OutputFormatText" });
export type OutputFormatText = Static<typeof OutputFormatText>;

/** An answer that fits `schema`, asked for again up to `retryCount` times (2, and at most 10). */
export const OutputFormatJsonSchema = t.Object(
  { type: t.Literal("json_schema"), schema: JSONSchema, retryCount: t.Optional(Count) },
  { $id: "OutputFormatJsonSchema" },
);
export type OutputFormatJsonSchema = Static<typeof OutputFormatJsonSchema>;

export const OutputFormat = t.Union([OutputFormatText, OutputFormatJsonSchema], {
  $id: "OutputFormat",
});
export type OutputFormat = Static<typeof OutputFormat>;

/** What a person, or another program, asked. */
export const UserMessage = t.Object(
  {
    id: MessageID,
    sessionID: SessionID,
    role: t.Literal("user"),
    time: t.Object({ created: t.Number({ minimum: 0 }) }),
    format: t.Optional(OutputFormat),
    summary: t.Optional(
      t.Object({
        title: t.Optional(t.String()),
        body: t.Optional(t.String()),
        diffs: t.Array(SnapshotFileDiff),
      }),
    ),
    agent: t.String(),
    model: t.Object({ ...ModelRef.properties, variant: t.Optional(t.String()) }),
    system: t.Optional(t.String()),
    tools: t.Optional(ToolSwitches),
  },
  { $id: "UserMessage" },
);
export type UserMessage = Static<typeof UserMessage>;

/**
 * One model step. All steps of a turn name the same user message in `parentID`. `cost` is in US
 * dollars; `finish` and `time.completed` are absent while the step runs.
 */
export const AssistantMessage = t.Object(
  {
    id: MessageID,
    sessionID: SessionID,
    role: t.Literal("assistant"),
    time: t.Object({ created: Timestamp, completed: t.Optional(Timestamp) }),
    error: t.Optional(MessageError),
    parentID: MessageID,
    modelID: t.String(),
    providerID: t.String(),
    /** The agent's name, as `agent`; kept for older clients. */
    mode: t.String(),
    agent: t.String(),
    path: t.Object({ cwd: t.String(), root: t.String() }),
    /** This message is the summary that a compaction made. */
    summary: t.Optional(t.Boolean()),
    cost: t.Number(),
    tokens: StepTokenUsage,
    /** The answer to a prompt whose format is a JSON schema. */
    structured: t.Optional(t.Unknown()),
    variant: t.Optional(t.String()),
    finish: t.Optional(t.String()),
  },
  { $id: "AssistantMessage" },
);
export type AssistantMessage = Static<typeof AssistantMessage>;

export const Message = t.Union([UserMessage, AssistantMessage], { $id: "Message" });
export type Message = Static<typeof Message>;

/** A message and its parts, in their order. */
export const MessageWithParts = t.Object(
  { info: Message, parts: t.Array(Part) },
  { $id: "MessageWithParts" },
);
export type MessageWithParts = Static<typeof MessageWithParts>;

/** The answer to a prompt: the last assistant message of its turn. */
export const AssistantMessageWithParts = t.Object(
  { info: AssistantMessage, parts: t.Array(Part) },
  { $id: "AssistantMessageWithParts" },
);
export type AssistantMessageWithParts = Static<typeof AssistantMessageWithParts>;

/** `noReply` stores the message and calls no model. */
export const PromptInput = t.Object(
  {
    messageID: t.Optional(MessageID),
    model: t.Optional(ModelRef),
    agent: t.Optional(t.String()),
    noReply: t.Optional(t.Boolean()),
    tools: t.Optional(ToolSwitches),
    format: t.Optional(OutputFormat),
    system: t.Optional(t.String()),
    variant: t.Optional(t.String()),
    parts: t.Array(PartInput),
  },
  { $id: "PromptInput" },
);
export type PromptInput = Static<typeof PromptInput>;

/** Runs a slash command. `model` is written `provider/model`. */
export const CommandInput = t.Object(
  {
    messageID: t.Optional(MessageID),
    agent: t.Optional(t.String()),
    model: t.Optional(t.String()),
    arguments: t.String(),
    command: t.String(),
    variant: t.Optional(t.String()),
    parts: t.Optional(t.Array(FilePartInput)),
  },
  { $id: "CommandInput" },
);
export type CommandInput = Static<typeof CommandInput>;

/**
 * Runs a command line in the session, without a model. What comes of it goes to the model with the
 * next prompt, unless it is `ignored`.
 */
export const ShellInput = t.Object(
  {
    ignored: t.Optional(t.Boolean()),
    messageID: t.Optional(MessageID),
    agent: t.String(),
    model: t.Optional(ModelRef),
    command: t.String(),
  },
  { $id: "ShellInput" },
);
export type ShellInput = Static<typeof ShellInput>;
