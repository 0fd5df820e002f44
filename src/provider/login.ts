// Login: stores the key that a person gives for a provider, after looking whether it can be one.
import { invalid } from "@/base/error";
import type { Catalog } from "@/llm/catalog";
import { checkProviderID, type AuthStore } from "./auth-store";
import { suggest } from "./model-ref";

export interface LoginInput {
  /** An id of the catalog, its name as people write it, or an id that the configuration defines. */
  provider: string;
  key: string;
  /** What the provider wants beside the key, such as `resourceName`. */
  metadata?: Record<string, string>;
}

/** The id that a person means by an id or a name; what nobody knows is taken as it is, checked. */
export function resolveProviderID(catalog: Catalog, text: string): string {
  const wanted = text.trim().toLowerCase();
  const known = catalog
    .listProviders()
    .find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  return known?.id ?? checkProviderID(text);
}

/** Known ids like the one given, for a person who may have mistyped it; empty when it is known. */
export function similarProviders(catalog: Catalog, id: string): string[] {
  if (catalog.findProvider(id) !== undefined) return [];
  return suggest(
    id,
    catalog.listProviders().map((provider) => provider.id),
  );
}

/** Stores the key and returns the provider's id. AppError invalid when it cannot be a key. */
export async function login(auth: AuthStore, catalog: Catalog, input: LoginInput): Promise<string> {
  const id = resolveProviderID(catalog, input.provider);
  const key = input.key.trim();
  if (key === "") throw invalid(`The API key for ${id} is empty`);
  // A pasted line break or a smart quote would break every request's header.
  if (/[^\x21-\x7e]/.test(key)) {
    throw invalid(
      `The API key for ${id} holds spaces or characters that no key has: paste it again`,
    );
  }
  const { metadata } = input;
  await auth.set(id, { type: "api", key, ...(metadata !== undefined && { metadata }) });
  return id;
}
