// What of a provider's configuration is secret, so that errors can be cleaned of it: keys, tokens
// and the like, found by their names at any depth of the options.

import type { Provider } from "@/schema/provider";

const SECRET_NAME = /key|secret|token|password|credential|authorization|cookie/i;

/** Shorter texts are no secrets worth the name, and would blot out ordinary words. */
const SECRET_MIN_CHARACTERS = 8;

/** Nested deeper than this no provider keeps a secret. */
const DEPTH_MAX = 4;

/** Whether a header or option of this name may hold a credential. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** The texts that must not appear in anything told or kept about this provider. */
export function secretsOf(provider: Provider): string[] {
  const found = collect("", provider.options, DEPTH_MAX);
  if (provider.key !== undefined) found.push(provider.key);
  return found.filter((secret) => secret.length >= SECRET_MIN_CHARACTERS);
}

function collect(name: string, value: unknown, depth: number): string[] {
  if (typeof value === "string") return isSecretName(name) ? [value] : [];
  if (typeof value !== "object" || value === null || depth === 0) return [];
  return Object.entries(value).flatMap(([key, inner]) => collect(key, inner, depth - 1));
}
