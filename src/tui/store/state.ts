// State: everything that the terminal UI shows, as one immutable value. Only reduce.ts makes a new
// one; what has not changed stays the same object, so that a view compares with ===.
import type { Connection } from "@/client/transport";
import type { Agent } from "@/schema/agent";
import type { Command } from "@/schema/command";
import type { Config } from "@/schema/config";
import type { SnapshotFileDiff } from "@/schema/file";
import type { MCPStatus } from "@/schema/mcp";
import type { MessageWithParts } from "@/schema/message";
import type { PermissionRequest } from "@/schema/permission";
import type { ModelRef } from "@/schema/primitive";
import type { Project } from "@/schema/project";
import type { ConfigProviders, FoundProvider } from "@/schema/provider";
import type { QuestionRequest } from "@/schema/question";
import type { Session, SessionStatus } from "@/schema/session";
import type { Skill } from "@/schema/skill";
import type { FormatterStatus, LSPStatus, Path } from "@/schema/status";
import type { Todo } from "@/schema/todo";
import type { VcsInfo } from "@/schema/vcs";

export type BaseRoute = { screen: "home" } | { screen: "session"; sessionID: string };

/** The screen in front. The diff viewer, and that of a plugin, lie over what `back` is. */
export type Route =
  BaseRoute | { screen: "diff"; source: DiffSource; back: BaseRoute } | PluginRoute;

/** What a plugin draws, by the name that it gave. */
export interface PluginRoute {
  screen: "plugin";
  name: string;
  params: Readonly<Record<string, unknown>>;
  back: BaseRoute;
}

/** Which changes are looked at: of git, of the open session, of one turn of it, or proposed. */
export type DiffSource =
  | { type: "worktree" }
  | { type: "branch" }
  | { type: "session"; sessionID: string }
  | { type: "turn"; sessionID: string; messageID: string }
  | { type: "patch"; patch: string };

/** What the server knows of the directory; each is undefined until it is loaded. */
export interface Facts {
  path?: Path;
  project?: Project;
  vcs?: VcsInfo;
  config?: Config;
  agents?: readonly Agent[];
  commands?: readonly Command[];
  skills?: readonly Skill[];
  providers?: ConfigProviders;
  /** What the machine has that nobody has chosen. */
  found?: readonly FoundProvider[];
  mcp?: Readonly<Record<string, MCPStatus>>;
  lsp?: readonly LSPStatus[];
  formatters?: readonly FormatterStatus[];
  /** Where other programs reach the server. */
  serverURL?: string;
}

/** The messages of a session that are loaded: a stretch that reaches to the newest one. */
export interface Transcript {
  /** In the order of their ids, which is the order of their making. */
  messages: readonly MessageWithParts[];
  /** How to get the messages before these; undefined when there are none. */
  older?: string;
}

/** What the next prompt is sent with; what is undefined the server chooses. */
export interface Choice {
  agent?: string;
  model?: { providerID: string; modelID: string };
  variant?: string;
}

/** How the transcript is shown. */
export interface ViewSettings {
  thinking: boolean;
  timestamps: boolean;
  genericToolOutput: boolean;
  toolDetails: boolean;
  conceal: boolean;
  sidebar: "auto" | "open" | "closed";
  scrollbar: boolean;
  tips: boolean;
  animations: boolean;
  diffWrap: boolean;
}

export interface State {
  /** The project directory; empty when the server chooses it. */
  directory: string;
  connection: Connection;
  route: Route;
  facts: Facts;
  /** Of the project, by id; undefined until they are loaded. */
  sessions: Readonly<Record<string, Session>> | undefined;
  /** Of those that are not idle. */
  status: Readonly<Record<string, SessionStatus>>;
  /** When each busy session's present turn began, epoch milliseconds. */
  busySince: Readonly<Record<string, number>>;
  transcripts: Readonly<Record<string, Transcript>>;
  todos: Readonly<Record<string, readonly Todo[]>>;
  /** Files that each session changed. */
  diffs: Readonly<Record<string, readonly SnapshotFileDiff[]>>;
  /** What waits for an answer, of all sessions, oldest first. */
  permissions: readonly PermissionRequest[];
  questions: readonly QuestionRequest[];
  choice: Choice;
  /** Models that were chosen before, the last first; undefined until it is known. */
  recentModels: readonly ModelRef[] | undefined;
  /** What the rules ask for is allowed; what they deny stays denied. */
  autoApprove: boolean;
  view: ViewSettings;
}

export function initialState(directory: string): State {
  return {
    directory,
    connection: { state: "connecting" },
    route: { screen: "home" },
    facts: {},
    sessions: undefined,
    status: {},
    busySince: {},
    transcripts: {},
    todos: {},
    diffs: {},
    permissions: [],
    questions: [],
    choice: {},
    recentModels: undefined,
    autoApprove: false,
    view: {
      thinking: false,
      timestamps: false,
      genericToolOutput: false,
      toolDetails: true,
      conceal: true,
      sidebar: "auto",
      scrollbar: false,
      tips: true,
      animations: true,
      diffWrap: true,
    },
  };
}
