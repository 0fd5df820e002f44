// The answers to what servers ask of us: their configuration, leave to register, to show progress,
// and where the workspace is. They may not change files or open windows.
import { basename } from "node:path";
import { isValid } from "@/base/schema";
import type { JSONObject } from "@/schema/primitive";
import { toFileURI } from "./file-uri";
import { ConfigurationParams } from "./protocol";
import type { ServerFeatures } from "./server-features";

export interface RequestContext {
  root: string;
  settings: JSONObject;
  /** Undefined before the server has said what it can do. */
  features: ServerFeatures | undefined;
}

/** The answer to one request, or undefined for one that is not understood. */
export function answerServer(
  method: string,
  params: unknown,
  { root, settings, features }: RequestContext,
): { result: unknown } | undefined {
  switch (method) {
    case "workspace/configuration":
      return { result: readSections(params, settings) };
    case "client/registerCapability":
      features?.register(params);
      return { result: null };
    case "client/unregisterCapability":
      features?.unregister(params);
      return { result: null };
    case "workspace/workspaceFolders":
      return { result: workspaceFolders(root) };
    case "workspace/applyEdit":
      return { result: { applied: false, failureReason: "edits are not applied here" } };
    case "window/showDocument":
      return { result: { success: false } };
    case "window/workDoneProgress/create":
    case "window/showMessageRequest":
    case "workspace/diagnostic/refresh":
    case "workspace/semanticTokens/refresh":
    case "workspace/inlayHint/refresh":
    case "workspace/codeLens/refresh":
      return { result: null };
    default:
      return undefined;
  }
}

export function workspaceFolders(root: string): { uri: string; name: string }[] {
  return [{ uri: toFileURI(root), name: basename(root) }];
}

function readSections(params: unknown, settings: JSONObject): unknown[] {
  if (!isValid(ConfigurationParams, params)) return [];
  return params.items.map(({ section }) => readSection(settings, section ?? ""));
}

/**
 * The value under the dotted path, null when there is none. The key "" holds what a server that
 * names no section reads; without it that is everything.
 */
function readSection(settings: JSONObject, section: string): unknown {
  if (Object.hasOwn(settings, section)) return settings[section];
  if (section === "") return settings;
  let value: unknown = settings;
  for (const key of section.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return null;
    // Just checked to have the key.
    value = (value as JSONObject)[key];
  }
  return value;
}
