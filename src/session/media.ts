// Media: images and documents on their way into a session, from prompts, tools and MCP servers.
// Each is made to fit what models take, once, before it is stored; one that cannot be is replaced
// by a note that says why, so that it is refused by no provider later.
import type { ImageAttachmentConfig } from "@/schema/config";
import { fitImage, type FitFailure, type ImageLimits } from "@/host/image";
import { mediaType, dataURL } from "@/tool/file-media";
import type { ToolAttachment, ToolResult } from "@/tool/tool";
import { readDataURL } from "./data-url";

const WIDTH_DEFAULT = 2_000;
const HEIGHT_DEFAULT = 2_000;
/** Below the 5 MB of the strictest provider. */
const BASE64_BYTES_DEFAULT = 4_718_592;
/** Of a document, which cannot be made smaller: what the most generous provider takes. */
const DOCUMENT_MAX_BYTES = 32 * 1024 * 1024;

export type FittedFile = { file: ToolAttachment } | { note: string };

const REASONS: Readonly<Record<FitFailure, string>> = {
  unreadable: "it cannot be read as an image",
  "too large": "it is too large",
};

export class Media {
  readonly #settings: () => Promise<ImageAttachmentConfig | undefined>;
  /** One image at a time: each is in memory as a whole. */
  #last: Promise<unknown> = Promise.resolve();

  /** `settings`: `attachment.image` of the configuration. */
  constructor(settings: () => Promise<ImageAttachmentConfig | undefined>) {
    this.#settings = settings;
  }

  /**
   * The file as models take it, or a note in its place. Other files than media stay as they are.
   */
  async fit(file: ToolAttachment): Promise<FittedFile> {
    const isImage = /^image\//i.test(file.mime);
    if (!isImage && file.mime !== "application/pdf") return { file };
    const bytes = readDataURL(file.url);
    if (!bytes) return { file };
    const mime = mediaType(bytes);
    const name = file.filename ?? (isImage ? "an image" : "a document");
    if (mime === "application/pdf") {
      if (bytes.length > DOCUMENT_MAX_BYTES) return leftOut(name, "it is too large");
      return { file: { ...file, mime } };
    }
    if (!isImage) return leftOut(name, "it is no PDF");
    const limits = toLimits(await this.#settings());
    const fitted = await this.#inTurn(() => fitImage(bytes, limits));
    if (typeof fitted === "string") return leftOut(name, REASONS[fitted]);
    const isSame = fitted.bytes === bytes && fitted.mime === file.mime;
    if (isSame) return { file };
    return { file: { ...file, mime: fitted.mime, url: dataURL(fitted.mime, fitted.bytes) } };
  }

  /** The result with its attachments fitted; what is left out is said at the end of its output. */
  async fitResult(result: ToolResult): Promise<ToolResult> {
    if (!result.attachments?.length) return result;
    const fitted = await Promise.all(result.attachments.map((file) => this.fit(file)));
    const notes = fitted.flatMap((one) => ("note" in one ? [one.note] : []));
    const attachments = fitted.flatMap((one) => ("file" in one ? [one.file] : []));
    const output = [result.output, ...notes].filter((text) => text !== "").join("\n");
    return { ...result, output, attachments };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined); // whoever asked for that one is told
    return done;
  }
}

function leftOut(name: string, reason: string): FittedFile {
  return { note: `(${name} is left out: ${reason})` };
}

function toLimits(config: ImageAttachmentConfig = {}): ImageLimits {
  const base64 = config.max_base64_bytes ?? BASE64_BYTES_DEFAULT;
  return {
    resizes: config.auto_resize ?? true,
    maxWidth: config.max_width ?? WIDTH_DEFAULT,
    maxHeight: config.max_height ?? HEIGHT_DEFAULT,
    maxBytes: Math.floor(base64 / 4) * 3,
  };
}
