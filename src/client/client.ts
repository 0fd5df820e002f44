// Client: the operations of the server, one typed line each, by group. They answer values, or
// reject with an AppError in the server's words. What is not here, the terminal UI does not need.
import type { Agent } from "@/schema/agent";
import type {
  ApiKey,
  Auth,
  KeyVerdict,
  OAuthAuthorizeInput,
  OAuthCallbackInput,
  ProviderAuthAuthorization,
  ProviderAuthMethod,
} from "@/schema/auth";
import type { Command } from "@/schema/command";
import type { Config } from "@/schema/config";
import type { FileContent, FileNode, SnapshotFileDiff } from "@/schema/file";
import type {
  McpAuthorization,
  McpLogLine,
  MCPStatus,
  McpResource,
  McpResourceTemplate,
} from "@/schema/mcp";
import type { CommandInput, MessageWithParts, PromptInput, ShellInput } from "@/schema/message";
import type { PermissionReplyInput, PermissionRequest } from "@/schema/permission";
import type { Project, ProjectDirectories } from "@/schema/project";
import type { ConfigProviders, FoundProvider, ProviderList } from "@/schema/provider";
import type { QuestionReplyInput, QuestionRequest } from "@/schema/question";
import type {
  ForkInput,
  RevertInput,
  Session,
  SessionCreateInput,
  SessionStatus,
  SessionUpdateInput,
  SummarizeInput,
} from "@/schema/session";
import type { Skill } from "@/schema/skill";
import type {
  FormatterStatus,
  Health,
  LogInput,
  LSPStatus,
  Path,
  ServerUse,
} from "@/schema/status";
import type { Todo } from "@/schema/todo";
import type { TrustState } from "@/schema/trust";
import type { VcsFileDiff, VcsFileStatus, VcsInfo } from "@/schema/vcs";
import type { Worktree } from "@/schema/worktree";
import { Caller, type Query } from "./call";
import type { Transport } from "./transport";

/** Newest first are at most `limit` messages taken, and given oldest first. */
interface MessagePage {
  messages: MessageWithParts[];
  /** What to ask with as `before` for older ones; undefined when there are none. */
  older?: string;
}

export type Client = ReturnType<typeof createClient>;

/** The operations, about `directory`; without one about the server's own. */
export function createClient(transport: Transport, directory?: string) {
  const call = new Caller(transport, directory);
  return {
    listen: transport.listen.bind(transport),
    /** One request as it is, for clients that others have made. */
    send: transport.send.bind(transport),
    /** From now on the operations are about this directory. */
    enter: (other: string) => void (call.directory = other),
    ...sessionOperations(call),
    ...projectOperations(call),
    ...modelOperations(call),
    ...toolOperations(call),
  };
}

function sessionOperations(call: Caller) {
  const of = (id: string, rest = "") => `/session/${encodeURIComponent(id)}${rest}`;
  return {
    session: {
      list: (query?: Query) => call.get<Session[]>("/session", query),
      status: () => call.get<Record<string, SessionStatus>>("/session/status"),
      create: (input: SessionCreateInput = {}) => call.post<Session>("/session", input),
      get: (id: string) => call.get<Session>(of(id)),
      update: (id: string, input: SessionUpdateInput) => call.patch<Session>(of(id), input),
      remove: (id: string) => call.remove<boolean>(of(id)),
      children: (id: string) => call.get<Session[]>(of(id, "/children")),
      todo: (id: string) => call.get<Todo[]>(of(id, "/todo")),
      fork: (id: string, input: ForkInput = {}) => call.post<Session>(of(id, "/fork"), input),
      abort: (id: string) => call.post<boolean>(of(id, "/abort")),
      /** Sends what the session waits for to the background; false when that is nothing. */
      release: (id: string) => call.post<boolean>(`/experimental${of(id, "/background")}`),
      move: (id: string, directory: string) =>
        call.post<Session>(`/experimental${of(id, "/move")}`, { directory }),
      /** Sends a request that waits to be tried again now; false when none does. */
      retry: (id: string) => call.post<boolean>(`/experimental${of(id, "/retry")}`),
      summarize: (id: string, input: SummarizeInput) =>
        call.post<boolean>(of(id, "/summarize"), input),
      diff: (id: string, messageID?: string) =>
        call.get<SnapshotFileDiff[]>(of(id, "/diff"), { messageID }),
      revert: (id: string, input: RevertInput) => call.post<Session>(of(id, "/revert"), input),
      unrevert: (id: string) => call.post<Session>(of(id, "/unrevert")),
      share: (id: string) => call.post<Session>(of(id, "/share")),
      unshare: (id: string) => call.remove<Session>(of(id, "/share")),
    },
    message: {
      page: (id: string, query: { limit: number; before?: string }, signal?: AbortSignal) =>
        messagePage(call, of(id, "/message"), { ...query }, signal),
      get: (id: string, messageID: string) =>
        call.get<MessageWithParts>(of(id, `/message/${messageID}`)),
      remove: (id: string, messageID: string) =>
        call.remove<boolean>(of(id, `/message/${messageID}`)),
      /** Answers when the prompt is stored; its turn is told by events. */
      prompt: (id: string, input: PromptInput) => call.post<void>(of(id, "/prompt_async"), input),
      /** Answers when the turn has ended. */
      command: (id: string, input: CommandInput) =>
        call.post<MessageWithParts>(of(id, "/command"), input),
      shell: (id: string, input: ShellInput) =>
        call.post<MessageWithParts>(of(id, "/shell"), input),
    },
    permission: {
      list: () => call.get<PermissionRequest[]>("/permission"),
      reply: (id: string, input: PermissionReplyInput) =>
        call.post<boolean>(`/permission/${id}/reply`, input),
    },
    question: {
      list: () => call.get<QuestionRequest[]>("/question"),
      reply: (id: string, input: QuestionReplyInput) =>
        call.post<boolean>(`/question/${id}/reply`, input),
      reject: (id: string) => call.post<boolean>(`/question/${id}/reject`),
    },
  };
}

async function messagePage(
  call: Caller,
  path: string,
  query: Query,
  signal?: AbortSignal,
): Promise<MessagePage> {
  const answer = await call.call<MessageWithParts[]>("GET", path, { query, signal });
  const older = answer.headers.get("x-next-cursor");
  return { messages: answer.value, ...(older !== null && { older }) };
}

function projectOperations(call: Caller) {
  return {
    health: () => call.get<Health>("/global/health"),
    use: () => call.get<ServerUse>("/experimental/server"),
    path: () => call.get<Path>("/path"),
    project: {
      current: () => call.get<Project>("/project/current"),
      list: () => call.get<Project[]>("/project"),
      directories: (id: string) => call.get<ProjectDirectories>(`/project/${id}/directories`),
      trust: () => call.get<TrustState>("/project/trust"),
      grantTrust: (content: string) => call.post<TrustState>("/project/trust", { content }),
    },
    vcs: {
      get: () => call.get<VcsInfo>("/vcs"),
      status: () => call.get<VcsFileStatus[]>("/vcs/status"),
      diff: (mode: "git" | "branch", context = 3) =>
        call.get<VcsFileDiff[]>("/vcs/diff", { mode, context }),
      apply: (patch: string) => call.post<{ applied: boolean }>("/vcs/apply", { patch }),
    },
    config: {
      get: () => call.get<Config>("/config"),
      update: (patch: Config) => call.patch<Config>("/config", patch),
      getGlobal: () => call.get<Config>("/global/config"),
      updateGlobal: (patch: Config) => call.patch<Config>("/global/config", patch),
    },
    file: {
      list: (path: string) => call.get<FileNode[]>("/file", { path }),
      read: (path: string) => call.get<FileContent>("/file/content", { path }),
      find: (query: { query: string; limit?: number; dirs?: string }, signal?: AbortSignal) =>
        call.get<string[]>("/find/file", query, signal),
    },
    worktree: {
      list: () => call.get<string[]>("/experimental/worktree"),
      create: () => call.post<Worktree>("/experimental/worktree", {}),
      remove: (worktree: string) =>
        call.remove<boolean>("/experimental/worktree", { directory: worktree }),
    },
    log: (input: LogInput) => call.post<boolean>("/log", input),
  };
}

function modelOperations(call: Caller) {
  return {
    agents: () => call.get<Agent[]>("/agent"),
    commands: () => call.get<Command[]>("/command"),
    skills: () => call.get<Skill[]>("/skill"),
    provider: {
      /** Those that can be used, with their models. */
      connected: () => call.get<ConfigProviders>("/config/providers"),
      all: () => call.get<ProviderList>("/provider"),
      /** Those that the machine has without anybody having chosen them. */
      found: () => call.get<FoundProvider[]>("/experimental/provider/found"),
      methods: () => call.get<Record<string, ProviderAuthMethod[]>>("/provider/auth"),
      authorize: (id: string, input: OAuthAuthorizeInput) =>
        call.post<ProviderAuthAuthorization | null>(`/provider/${id}/oauth/authorize`, input),
      finish: (id: string, input: OAuthCallbackInput) =>
        call.post<boolean>(`/provider/${id}/oauth/callback`, input),
      /** Whether the provider takes the key, which is not kept. */
      check: (id: string, key: ApiKey) => call.post<KeyVerdict>(`/provider/${id}/check`, key),
      setAuth: (id: string, auth: Auth) => call.put<boolean>(`/auth/${id}`, auth),
      removeAuth: (id: string) => call.remove<boolean>(`/auth/${id}`),
    },
  };
}

function toolOperations(call: Caller) {
  return {
    lsp: () => call.get<LSPStatus[]>("/lsp"),
    formatters: () => call.get<FormatterStatus[]>("/formatter"),
    toolIDs: () => call.get<string[]>("/experimental/tool/ids"),
    mcp: {
      status: () => call.get<Record<string, MCPStatus>>("/mcp"),
      connect: (name: string) => call.post<boolean>(`/mcp/${encodeURIComponent(name)}/connect`),
      disconnect: (name: string) =>
        call.post<boolean>(`/mcp/${encodeURIComponent(name)}/disconnect`),
      log: (name: string) =>
        call.get<McpLogLine[]>(`/experimental/mcp/${encodeURIComponent(name)}/log`),
      resources: () => call.get<Record<string, McpResource>>("/experimental/resource"),
      resourceTemplates: () =>
        call.get<Record<string, McpResourceTemplate>>("/experimental/resource/template"),
      /** Begins a login, and says where to send the person. */
      authorize: (name: string) =>
        call.post<McpAuthorization>(`/mcp/${encodeURIComponent(name)}/auth`),
    },
  };
}
