// Prompt parts: what a client sends becomes stored parts. A file named by a `file:` URL is read
// once, now, by the read tool, so that history keeps what the model saw, and so is a resource of an
// MCP server; the person who attaches it has thereby allowed it.
import { fileURLToPath } from "node:url";
import { errorMessage, invalid, limitReached } from "@/base/error";
import type { IDs } from "@/base/id";
import type {
  FilePart,
  FilePartInput,
  Part,
  PartInput,
  ResourceSource,
  TextPart,
} from "@/schema/part";
import type { UserMessage } from "@/schema/message";
import type { AttachedFile, Attachments } from "./attachments";
import { readDataURL } from "./data-url";
import type { Media } from "./media";
import { isTextType } from "./media-type";

interface PromptPartsOptions {
  ids: IDs;
  attachments: Attachments;
  media: Media;
}

type Owner = Pick<Part, "sessionID" | "messageID">;

const DATA_URL_MAX_CHARACTERS = 48 * 1024 * 1024;
const PARTS_MAX = 500;

export class PromptParts {
  readonly #options: PromptPartsOptions;

  constructor(options: PromptPartsOptions) {
    this.#options = options;
  }

  /**
   * The stored parts of a prompt, in the order of their ids. Throws AppError invalid for a URL that
   * is none and for an id that is given twice, limit for too many parts.
   */
  async resolve(inputs: readonly PartInput[], message: UserMessage): Promise<Part[]> {
    checkInputs(inputs);
    const owner = { sessionID: message.sessionID, messageID: message.id };
    const resolved = await Promise.all(
      inputs.map((input, index) => this.#resolve(input, owner, message, `parts[${index}]`)),
    );
    const fitted = await Promise.all(resolved.flat().map((part) => this.#fit(part, owner)));
    const { ids } = this.#options;
    // Ids are given in the order of the parts, whatever finished first.
    const parts = fitted.map((part) => ({ ...part, id: part.id || ids.create("prt") }));
    // As the store lists them: the model sees the same now and after a restart.
    return parts.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Media as models take them, or a note in their place. */
  async #fit(part: Part, owner: Owner): Promise<Part> {
    if (part.type !== "file") return part;
    const { filename, mime, url } = part;
    const fitted = await this.#options.media.fit({ mime, url, ...(filename && { filename }) });
    if ("file" in fitted) return { ...part, ...fitted.file };
    return { ...synthetic(fitted.note, owner), id: part.id };
  }

  async #resolve(
    input: PartInput,
    owner: Owner,
    message: UserMessage,
    path: string,
  ): Promise<Part[]> {
    switch (input.type) {
      case "text":
        return [{ ...input, ...owner, id: input.id ?? "" }];
      case "file":
        return this.#resolveFile(input, owner, message, path);
      case "agent": {
        const text = `Use the task tool with the agent "${input.name}" for what is asked above.`;
        return [{ ...input, ...owner, id: input.id ?? "" }, synthetic(text, owner)];
      }
      case "subtask":
        return [{ ...input, ...owner, id: input.id ?? "" }];
    }
  }

  async #resolveFile(
    input: FilePartInput,
    owner: Owner,
    message: UserMessage,
    path: string,
  ): Promise<Part[]> {
    const part: FilePart = { ...input, ...owner, id: input.id ?? "" };
    if (input.source?.type === "resource") {
      return this.#readResource(part, input.source, owner, message);
    }
    const url = parseURL(input.url, path);
    if (url.protocol === "data:") return dataParts(part, owner);
    if (url.protocol === "http:" || url.protocol === "https:") return [part];
    if (url.protocol !== "file:") {
      throw invalid(`${path}.url: expected a file:, data:, http: or https: URL`, { path });
    }
    return this.#readFile(part, readInput(url, path), owner, message);
  }

  async #readResource(
    part: FilePart,
    { clientName: server, uri }: ResourceSource,
    owner: Owner,
    message: UserMessage,
  ): Promise<Part[]> {
    const input = JSON.stringify({ server, uri });
    const call = synthetic(
      `Called the mcp_resource tool with the following input: ${input}`,
      owner,
    );
    try {
      const read = this.#options.attachments.readResource(server, uri, message);
      const { text, attachments } = await read;
      const files = attachments.map((file, at): Part => {
        return { ...part, ...file, id: at === 0 ? part.id : "" };
      });
      const own: Part[] = files.length > 0 ? files : [asText(part)];
      return [call, ...(text === "" ? [] : [synthetic(text, owner)]), ...own];
    } catch (error) {
      const failure = `The mcp_resource tool failed: ${errorMessage(error)}`;
      return [call, synthetic(failure, owner), asText(part)];
    }
  }

  async #readFile(
    part: FilePart,
    input: AttachedFile,
    owner: Owner,
    message: UserMessage,
  ): Promise<Part[]> {
    const call = `Called the read tool with the following input: ${JSON.stringify(input)}`;
    try {
      const result = await this.#options.attachments.read(input, message);
      const [attachment] = result.attachments ?? [];
      if (attachment) return [synthetic(call, owner), { ...part, ...attachment }];
      return [synthetic(call, owner), synthetic(result.output, owner), asText(part)];
    } catch (error) {
      // The prompt is still worth answering: the model is told what could not be read.
      const failure = `The read tool failed: ${errorMessage(error)}`;
      return [synthetic(call, owner), synthetic(failure, owner)];
    }
  }
}

function checkInputs(inputs: readonly PartInput[]): void {
  if (inputs.length > PARTS_MAX) {
    throw limitReached(`parts: at most ${PARTS_MAX}, but ${inputs.length} are given`);
  }
  const given = inputs.flatMap(({ id }) => (id ? [id] : []));
  const twice = given.find((id, index) => given.indexOf(id) !== index);
  if (twice) throw invalid(`parts: the id ${twice} is given twice`, { path: "parts" });
}

function parseURL(text: string, path: string): URL {
  if (text.length > DATA_URL_MAX_CHARACTERS) {
    throw invalid(`${path}.url: the file is too large to be sent with a prompt`, { path });
  }
  const url = URL.parse(text);
  if (!url) throw invalid(`${path}.url: expected a URL, got ${text.slice(0, 80)}`, { path });
  return url;
}

/** `?start=a&end=b` selects lines, both 1-based and included. */
function readInput(url: URL, path: string): AttachedFile {
  const start = Number(url.searchParams.get("start") ?? Number.NaN);
  const end = Number(url.searchParams.get("end") ?? Number.NaN);
  const plain = new URL(url);
  plain.search = "";
  plain.hash = "";
  const filePath = localPath(plain, path);
  if (!Number.isInteger(start) || start < 1) return { filePath };
  const limit = Number.isInteger(end) && end >= start ? { limit: end - start + 1 } : {};
  return { filePath, offset: start, ...limit };
}

function localPath(url: URL, path: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw invalid(`${path}.url: ${errorMessage(error)}`, { path }, error);
  }
}

/** Whatever the client took it for, it was text, which stands beside it. */
function asText(part: FilePart): FilePart {
  return isTextType(part.mime) ? part : { ...part, mime: "text/plain" };
}

function dataParts(part: FilePart, owner: Owner): Part[] {
  if (!isTextType(part.mime)) return [part];
  const text = readDataURL(part.url)?.toString("utf8") ?? "";
  const call = `The user attached ${part.filename ?? "a file"}:`;
  return [synthetic(call, owner), synthetic(text, owner), part];
}

function synthetic(text: string, owner: Owner): TextPart {
  return { ...owner, id: "", type: "text", text, synthetic: true };
}
