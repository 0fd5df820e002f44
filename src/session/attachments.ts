// Attachments: what a person puts into a prompt the model sees as it would the result of a call:
// files read by the read tool, resources of MCP servers, no more of them than its window takes. The
// person who attaches a file has thereby allowed it; but not what a link of a project that is not
// trusted puts in its place.
import type { Agents } from "@/agent/agents";
import { denied } from "@/base/error";
import { isInside, nearestRealpath, realpathInside } from "@/base/file";
import type { Providers } from "@/provider/providers";
import type { UserMessage } from "@/schema/message";
import { limitOutput } from "@/tool/limit-output";
import { readTool } from "@/tool/read";
import type { ToolContext, ToolResult } from "@/tool/tool";
import type { Sessions } from "./sessions";
import type { Toolbox } from "./toolbox";

export interface AttachedFile {
  filePath: string;
  /** Lines, 1-based. */
  offset?: number;
  limit?: number;
}

/** What an MCP server gives for the address of a resource. */
export interface ServedResource {
  text: string;
  /** With data URLs. */
  attachments: readonly { mime: string; url: string; filename?: string }[];
}

interface AttachmentsOptions {
  agents: Agents;
  providers: Pick<Providers, "model">;
  sessions: Sessions;
  toolbox: Toolbox;
  /** What belongs to the project. */
  root: string;
  /** Whether links of the project may lead out of it. */
  isTrusted(): Promise<boolean>;
  readResource(server: string, uri: string): Promise<ServedResource>;
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
    return readTool.run(input, await this.#context(prompt));
  }

  /** What the server gives for the resource; throws what it fails with. */
  async readResource(server: string, uri: string, prompt: UserMessage): Promise<ServedResource> {
    const { text, attachments } = await this.#options.readResource(server, uri);
    const result = { title: uri, output: text, metadata: {} };
    const { output } = await limitOutput(result, await this.#context(prompt));
    return { text: output, attachments };
  }

  async #context(prompt: UserMessage): Promise<ToolContext> {
    const { agents, providers, sessions, toolbox, signal } = this.#options;
    const { providerID, modelID } = prompt.model;
    const { model } = await providers.model(providerID, modelID);
    const session = sessions.get(prompt.sessionID);
    const agent = await agents.get(prompt.agent);
    const call = { sessionID: session.id, messageID: prompt.id, callID: "attachment" };
    const owner = { session, agent, model, prompt, signal, byPerson: {} };
    return toolbox.context(call, owner, UNWATCHED);
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
