// What a message is made of: stored parts, told apart by `type`, the states a tool part goes
// through, and the smaller shapes in which a client sends parts.

import { t, type Static } from "@/base/schema";
import { Range } from "./file";
import { APIError } from "./message-error";
import {
  Count,
  JSONObject,
  MessageID,
  ModelRef,
  PartID,
  SessionID,
  StepTokenUsage,
  Timestamp,
} from "./primitive";

/** What every stored part has. */
const stored = { id: PartID, sessionID: SessionID, messageID: MessageID };

/** What every part sent by a client has: an id only where the client chose one. */
const sent = { id: t.Optional(PartID) };

/** A stretch of time that may still be running. */
const OpenTime = t.Object({ start: Timestamp, end: t.Optional(Timestamp) });

const text = {
  type: t.Literal("text"),
  text: t.String(),
  /** Written by the program, not by a person. */
  synthetic: t.Optional(t.Boolean()),
  /** Shown, but never sent to a model. */
  ignored: t.Optional(t.Boolean()),
  time: t.Optional(OpenTime),
  metadata: t.Optional(JSONObject),
};

export const TextPart = t.Object({ ...stored, ...text }, { $id: "TextPart" });
export type TextPart = Static<typeof TextPart>;

export const TextPartInput = t.Object({ ...sent, ...text }, { $id: "TextPartInput" });
export type TextPartInput = Static<typeof TextPartInput>;

export const ReasoningPart = t.Object(
  {
    ...stored,
    type: t.Literal("reasoning"),
    text: t.String(),
    metadata: t.Optional(JSONObject),
    time: OpenTime,
  },
  { $id: "ReasoningPart" },
);
export type ReasoningPart = Static<typeof ReasoningPart>;

/** Where in the prompt's text a part was written: `value` is at `start` up to `end`. */
export const FilePartSourceText = t.Object(
  { value: t.String(), start: t.Number(), end: t.Number() },
  { $id: "FilePartSourceText" },
);
export type FilePartSourceText = Static<typeof FilePartSourceText>;

export const FileSource = t.Object(
  { text: FilePartSourceText, type: t.Literal("file"), path: t.String() },
  { $id: "FileSource" },
);
export type FileSource = Static<typeof FileSource>;

export const SymbolSource = t.Object(
  {
    text: FilePartSourceText,
    type: t.Literal("symbol"),
    path: t.String(),
    range: Range,
    name: t.String(),
    kind: Count,
  },
  { $id: "SymbolSource" },
);
export type SymbolSource = Static<typeof SymbolSource>;

export const ResourceSource = t.Object(
  {
    text: FilePartSourceText,
    type: t.Literal("resource"),
    clientName: t.String(),
    uri: t.String(),
  },
  { $id: "ResourceSource" },
);
export type ResourceSource = Static<typeof ResourceSource>;

/** What a file part stands for: a file, a symbol in one, or a resource of an MCP server. */
export const FilePartSource = t.Union([FileSource, SymbolSource, ResourceSource], {
  $id: "FilePartSource",
});
export type FilePartSource = Static<typeof FilePartSource>;

const file = {
  type: t.Literal("file"),
  mime: t.String(),
  filename: t.Optional(t.String()),
  /** `file:`, `data:`, `http:` or `https:`; any for what `source` says is a resource. */
  url: t.String(),
  source: t.Optional(FilePartSource),
};

export const FilePart = t.Object({ ...stored, ...file }, { $id: "FilePart" });
export type FilePart = Static<typeof FilePart>;

export const FilePartInput = t.Object({ ...sent, ...file }, { $id: "FilePartInput" });
export type FilePartInput = Static<typeof FilePartInput>;

const agent = {
  type: t.Literal("agent"),
  name: t.String(),
  source: t.Optional(t.Object({ value: t.String(), start: Count, end: Count })),
};

/** An agent that the prompt mentions. */
export const AgentPart = t.Object({ ...stored, ...agent }, { $id: "AgentPart" });
export type AgentPart = Static<typeof AgentPart>;

export const AgentPartInput = t.Object({ ...sent, ...agent }, { $id: "AgentPartInput" });
export type AgentPartInput = Static<typeof AgentPartInput>;

const subtask = {
  type: t.Literal("subtask"),
  prompt: t.String(),
  description: t.String(),
  agent: t.String(),
  model: t.Optional(ModelRef),
  /** The slash command it came from. */
  command: t.Optional(t.String()),
};

/** Work that a subagent does before the message's own agent goes on. */
export const SubtaskPart = t.Object({ ...stored, ...subtask }, { $id: "SubtaskPart" });
export type SubtaskPart = Static<typeof SubtaskPart>;

export const SubtaskPartInput = t.Object({ ...sent, ...subtask }, { $id: "SubtaskPartInput" });
export type SubtaskPartInput = Static<typeof SubtaskPartInput>;

/** The call is still being written by the model; `raw` is its arguments so far. */
export const ToolStatePending = t.Object(
  { status: t.Literal("pending"), input: JSONObject, raw: t.String() },
  { $id: "ToolStatePending" },
);
export type ToolStatePending = Static<typeof ToolStatePending>;

export const ToolStateRunning = t.Object(
  {
    status: t.Literal("running"),
    input: JSONObject,
    title: t.Optional(t.String()),
    metadata: t.Optional(JSONObject),
    time: t.Object({ start: Timestamp }),
  },
  { $id: "ToolStateRunning" },
);
export type ToolStateRunning = Static<typeof ToolStateRunning>;

/** `time.compacted` is set when the output is no longer sent to the model. */
export const ToolStateCompleted = t.Object(
  {
    status: t.Literal("completed"),
    input: JSONObject,
    output: t.String(),
    title: t.String(),
    metadata: JSONObject,
    time: t.Object({ start: Timestamp, end: Timestamp, compacted: t.Optional(Timestamp) }),
    attachments: t.Optional(t.Array(FilePart)),
  },
  { $id: "ToolStateCompleted" },
);
export type ToolStateCompleted = Static<typeof ToolStateCompleted>;

export const ToolStateError = t.Object(
  {
    status: t.Literal("error"),
    input: JSONObject,
    error: t.String(),
    metadata: t.Optional(JSONObject),
    time: t.Object({ start: Timestamp, end: Timestamp }),
  },
  { $id: "ToolStateError" },
);
export type ToolStateError = Static<typeof ToolStateError>;

/** Told apart by `status`: pending, running, then completed or error, which are final. */
export const ToolState = t.Union(
  [ToolStatePending, ToolStateRunning, ToolStateCompleted, ToolStateError],
  { $id: "ToolState" },
);
export type ToolState = Static<typeof ToolState>;

/** A tool call and, in time, its result. `callID` is the provider's. */
export const ToolPart = t.Object(
  {
    ...stored,
    type: t.Literal("tool"),
    callID: t.String(),
    tool: t.String(),
    state: ToolState,
    metadata: t.Optional(JSONObject),
  },
  { $id: "ToolPart" },
);
export type ToolPart = Static<typeof ToolPart>;

/** A model step begins; `snapshot` is the git tree of the worktree at that time. */
export const StepStartPart = t.Object(
  { ...stored, type: t.Literal("step-start"), snapshot: t.Optional(t.String()) },
  { $id: "StepStartPart" },
);
export type StepStartPart = Static<typeof StepStartPart>;

/** A model step ended. `cost` is in US dollars. */
export const StepFinishPart = t.Object(
  {
    ...stored,
    type: t.Literal("step-finish"),
    reason: t.String(),
    snapshot: t.Optional(t.String()),
    cost: t.Number(),
    tokens: StepTokenUsage,
  },
  { $id: "StepFinishPart" },
);
export type StepFinishPart = Static<typeof StepFinishPart>;

export const SnapshotPart = t.Object(
  { ...stored, type: t.Literal("snapshot"), snapshot: t.String() },
  { $id: "SnapshotPart" },
);
export type SnapshotPart = Static<typeof SnapshotPart>;

/** Files (absolute paths) that changed during a step; `hash` is the tree before it. */
export const PatchPart = t.Object(
  { ...stored, type: t.Literal("patch"), hash: t.String(), files: t.Array(t.String()) },
  { $id: "PatchPart" },
);
export type PatchPart = Static<typeof PatchPart>;

export const RetryPart = t.Object(
  {
    ...stored,
    type: t.Literal("retry"),
    attempt: Count,
    error: APIError,
    time: t.Object({ created: Timestamp }),
  },
  { $id: "RetryPart" },
);
export type RetryPart = Static<typeof RetryPart>;

/** Marks the user message whose answer is a summary of what went before. */
export const CompactionPart = t.Object(
  {
    ...stored,
    type: t.Literal("compaction"),
    /** Begun by the program, not asked for by a person. */
    auto: t.Boolean(),
    /** Begun because a request did not fit into the model's context. */
    overflow: t.Optional(t.Boolean()),
    /** The first message that is kept as it is, behind the summary. */
    tail_start_id: t.Optional(MessageID),
  },
  { $id: "CompactionPart" },
);
export type CompactionPart = Static<typeof CompactionPart>;

/** Any stored part, told apart by `type`. */
export const Part = t.Union(
  [
    TextPart,
    SubtaskPart,
    ReasoningPart,
    FilePart,
    ToolPart,
    StepStartPart,
    StepFinishPart,
    SnapshotPart,
    PatchPart,
    AgentPart,
    RetryPart,
    CompactionPart,
  ],
  { $id: "Part" },
);
export type Part = Static<typeof Part>;

/** Any part that a client may send in a prompt. */
export const PartInput = t.Union([TextPartInput, FilePartInput, AgentPartInput, SubtaskPartInput]);
export type PartInput = Static<typeof PartInput>;
