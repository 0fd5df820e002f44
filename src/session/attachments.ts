// Attachments: the files that a person puts into a prompt are read by the read tool, so that the
// model sees them as it sees every file. The person who attaches a file has thereby allowed it; but
// not what a link of a project that is not trusted puts in its place.
import type { Agents } from "@/agent/agents";
import { denied } from "@/base/error";
import { isInside, nearestRealpath, realpathInside } from "@/base/file";
import type { UserMessage } from "@/schema/message";
import { readTool } from "@/tool/read";
import type { ToolResult } from "@/tool/tool";
import type { Sessions } from "./sessions";
import type { Toolbox } from "./toolbox";

export interface AttachedFile {
  filePath: string;
  /** Lines, 1-based. */
  offset?: number;
  limit?: number;
}

interface AttachmentsOptions {
  agents: Agents;
  sessions: Sessions;
  toolbox: Toolbox;
  /** What belongs to the project. */
  root: string;
  /** Whether links of the project may lead out of it. */
  isTrusted(): Promise<boolean>;
  signal: AbortSignal;
}

/** For what is done before a prompt is stored: no part shows it, and no undoing is meant for it. */
export const UNWATCHED = {
  report: () => undefined,
  changes: {
    files: <T>(_: readonly string[], work: () => Promise<T>) => work(),
    tree: <T>(work: () => Promise<T>) => work(),
  },
};

export class Attachments {
  readonly #options: AttachmentsOptions;

  constructor(options: AttachmentsOptions) {
    this.#options = options;
  }

  /** What the read tool gives for the file; throws what it throws. */
  async read(input: AttachedFile, prompt: UserMessage): Promise<ToolResult> {
    await this.#refuseLinkOut(input.filePath);
    const { agents, sessions, toolbox, signal } = this.#options;
    const session = sessions.get(prompt.sessionID);
    const agent = await agents.get(prompt.agent);
    const call = { sessionID: session.id, messageID: prompt.id, callID: "attachment" };
    const owner = { session, agent, prompt, signal, byPerson: {} };
    return readTool.run(input, await toolbox.context(call, owner, UNWATCHED));
  }

  async #refuseLinkOut(path: string): Promise<void> {
    const { root, isTrusted } = this.#options;
    if (!isInside(root, path) || (await realpathInside(root, path)) || (await isTrusted())) return;
    const target = await nearestRealpath(path);
    throw denied(
      `${path} is a link out of the project, which is not trusted, to ${target}: attach that path`,
    );
  }
}
