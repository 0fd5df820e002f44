// The documents that a server has been told of: opened, changed as a whole, saved and closed, with
// versions that only rise. The ones used longest ago are closed, so that a server's memory is
// bounded too.
import { toFileURI } from "./file-uri";
import { languageIDOf } from "./language-ids";
import type { ServerFeatures } from "./server-features";

const OPEN_MAX = 64;

export interface OpenDocument {
  version: number;
  text: string;
}

type Notify = (method: string, params: unknown) => void;

export class OpenDocuments {
  readonly #notify: Notify;
  readonly #features: ServerFeatures;
  /** By path, the one used longest ago first. */
  readonly #open = new Map<string, OpenDocument>();
  readonly #onClose: (path: string) => void;

  constructor(features: ServerFeatures, notify: Notify, onClose: (path: string) => void) {
    this.#features = features;
    this.#notify = notify;
    this.#onClose = onClose;
  }

  versionOf(path: string): number | undefined {
    return this.#open.get(path)?.version;
  }

  get paths(): string[] {
    return [...this.#open.keys()];
  }

  /** Tells the server of the file's present text; false when it has it already. */
  sync(path: string, text: string): boolean {
    const known = this.#open.get(path);
    this.#open.delete(path);
    this.#open.set(path, known?.text === text ? known : { version: nextVersion(known), text });
    if (known?.text === text) return false;
    if (this.#features.takesDocuments) this.#tell(path, text, known);
    for (const oldest of this.paths.slice(0, Math.max(0, this.#open.size - OPEN_MAX))) {
      this.close(oldest);
    }
    return true;
  }

  close(path: string): void {
    if (!this.#open.delete(path)) return;
    if (this.#features.takesDocuments) {
      this.#notify("textDocument/didClose", { textDocument: { uri: toFileURI(path) } });
    }
    this.#onClose(path);
  }

  #tell(path: string, text: string, known: OpenDocument | undefined): void {
    const uri = toFileURI(path);
    const version = nextVersion(known);
    if (!known) {
      const languageId = languageIDOf(path);
      this.#notify("textDocument/didOpen", { textDocument: { uri, languageId, version, text } });
      return;
    }
    this.#notify("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [{ text }],
    });
    const { takesSaves } = this.#features;
    if (takesSaves === "no") return;
    const saved = takesSaves === "with text" ? { text } : {};
    this.#notify("textDocument/didSave", { textDocument: { uri }, ...saved });
  }
}

function nextVersion(known: OpenDocument | undefined): number {
  return (known?.version ?? -1) + 1;
}
