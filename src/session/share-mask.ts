// Share mask: what strangers may read of a text or a value, without secrets and without paths
// outside of the project. Pure.
import { createPathMask, maskPath, type PathMaskOptions } from "./path-mask";
import { createSecretMask, REDACTED } from "@/base/secret-mask";
import { isSecretName } from "@/base/secret-names";

/** Longer texts end here: masking takes time, and nobody reads more. */
const TEXT_MAX_CHARACTERS = 200_000;
const DEPTH_MAX = 12;
const CUT = "\n… (the rest is left out)";
/** Keys whose value is a path as a whole, spaces included. */
const PATH_KEY = /^(?:.*[a-z_])?(?:path|file|filename|dir|directory|cwd|workdir|root)$/i;

export interface ShareMaskOptions extends PathMaskOptions {
  /** Values that are known to be secret. */
  secrets: readonly string[];
}

export interface ShareMask {
  text(text: string): string;
  /** A text that is a path as a whole, spaces included. */
  path(path: string): string;
  /** A copy in which every text, and every key, is masked. */
  value(value: unknown): unknown;
}

export function createShareMask(options: ShareMaskOptions): ShareMask {
  const maskSecrets = createSecretMask(options.secrets);
  const maskPaths = createPathMask(options);
  const text = (original: string) => {
    const cut = original.length > TEXT_MAX_CHARACTERS;
    const kept = cut ? original.slice(0, TEXT_MAX_CHARACTERS) : original;
    return maskPaths(maskSecrets(kept)) + (cut ? CUT : "");
  };
  const path = (original: string) => text(maskPath(original, options));
  const named = (key: string, value: unknown, depth: number): unknown => {
    if (typeof value === "string" && value !== "" && isSecretName(key)) return REDACTED;
    const isPath = typeof value === "string" && PATH_KEY.test(key) && !value.includes("\n");
    return isPath ? path(value) : masked(value, depth);
  };
  const masked = (value: unknown, depth: number): unknown => {
    if (typeof value === "string") return text(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth === 0) return REDACTED;
    if (Array.isArray(value)) return value.map((item) => masked(item, depth - 1));
    const entries = Object.entries(value).map(([key, inner]) => {
      return [text(key), named(key, inner, depth - 1)];
    });
    return Object.fromEntries(entries);
  };
  return { text, path, value: (value) => masked(value, DEPTH_MAX) };
}
