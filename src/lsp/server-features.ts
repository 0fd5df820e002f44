// What a server can do: as it said at the start, and as it registered since.
import { isValid } from "@/base/schema";
import { RegistrationParams, type ServerCapabilities } from "./protocol";

/** The questions that are put to servers, by the name of the capability that answers them. */
export const FEATURES = {
  hoverProvider: "textDocument/hover",
  definitionProvider: "textDocument/definition",
  implementationProvider: "textDocument/implementation",
  referencesProvider: "textDocument/references",
  documentSymbolProvider: "textDocument/documentSymbol",
  workspaceSymbolProvider: "workspace/symbol",
  callHierarchyProvider: "textDocument/prepareCallHierarchy",
  diagnosticProvider: "textDocument/diagnostic",
} as const;
export type Feature = keyof typeof FEATURES;

const REGISTRATIONS_MAX = 1_000;

export class ServerFeatures {
  readonly #capabilities: ServerCapabilities;
  readonly #registered = new Map<string, string>();

  constructor(capabilities: ServerCapabilities) {
    this.#capabilities = capabilities;
  }

  has(feature: Feature): boolean {
    const said = this.#capabilities[feature];
    if (said !== undefined && said !== null && said !== false) return true;
    return this.wasRegistered(registrationOf(feature));
  }

  wasRegistered(method: string): boolean {
    return this.#registered.values().some((one) => one === method);
  }

  /** Whether documents are to be opened and changed at all. */
  get takesDocuments(): boolean {
    const { textDocumentSync: sync } = this.#capabilities;
    if (sync === undefined) return this.wasRegistered("textDocument/didOpen");
    return typeof sync === "number" ? sync !== 0 : sync.openClose !== false;
  }

  get takesSaves(): "no" | "yes" | "with text" {
    const { textDocumentSync: sync } = this.#capabilities;
    const save = typeof sync === "object" ? sync.save : undefined;
    if (typeof save === "object") return save.includeText ? "with text" : "yes";
    return save || this.wasRegistered("textDocument/didSave") ? "yes" : "no";
  }

  register(params: unknown): void {
    if (!isValid(RegistrationParams, params)) return;
    for (const { id, method } of params.registrations) {
      if (this.#registered.size < REGISTRATIONS_MAX) this.#registered.set(id, method);
    }
  }

  /** `unregisterations` is how the protocol spells it. */
  unregister(params: unknown): void {
    const list: unknown = Object(params).unregisterations;
    if (!Array.isArray(list)) return;
    for (const one of list) this.#registered.delete(String(Object(one).id));
  }
}

/** A call hierarchy is registered under another name than it is asked by. */
function registrationOf(feature: Feature): string {
  return feature === "callHierarchyProvider" ? "textDocument/callHierarchy" : FEATURES[feature];
}
