// Credentials of the environment: which providers a person's variables connect, and with which key.
import type { Env } from "@/base/env";

/** Variables that say where, not who: alone they connect nothing. */
const PLACE = /(_NAME|_ID|_HOST|_ENDPOINT|_URL|_REGION|_LOCATION|_ACCOUNT|_PROJECT)$/;

/**
 * Variables that many have for other purposes (a forge, a cloud). They connect their provider for
 * whoever names it, but nobody chose it by having one: it never becomes the default.
 */
const SHARED: readonly string[] = [
  "AWS_SECRET_ACCESS_KEY",
  "CLOUDFLARE_API_KEY",
  "CLOUDFLARE_API_TOKEN",
  "DATABRICKS_TOKEN",
  "DIGITALOCEAN_ACCESS_TOKEN",
  "GITHUB_TOKEN",
  "GITLAB_TOKEN",
  "GOOGLE_APPLICATION_CREDENTIALS",
  "HETZNER_API_KEY",
  "HF_TOKEN",
  "OVHCLOUD_API_KEY",
  "SCALEWAY_API_KEY",
  "VULTR_API_KEY",
  "WANDB_API_KEY",
];

/** Credentials of more than one part, or in a file: the provider's package reads them itself. */
const NOT_A_KEY: readonly string[] = ["AWS_SECRET_ACCESS_KEY", "GOOGLE_APPLICATION_CREDENTIALS"];

/** Settings that are no secrets, and the option of the provider's package that takes them. */
const OPTIONS: Readonly<Record<string, string>> = {
  AWS_REGION: "region",
  AZURE_COGNITIVE_SERVICES_RESOURCE_NAME: "resourceName",
  AZURE_RESOURCE_NAME: "resourceName",
  GOOGLE_VERTEX_LOCATION: "location",
  GOOGLE_VERTEX_PROJECT: "project",
};

export interface EnvCredential {
  /** Absent where the provider's package finds its credentials by itself. */
  key?: string;
  /** Whether the variable is one that many have for other purposes. */
  isShared: boolean;
}

/** What the environment has for a provider that reads the variables `names`, if anything. */
export function findCredential(names: readonly string[], env: Env): EnvCredential | undefined {
  const found = names.filter((name) => !PLACE.test(name) && isSet(env[name]));
  const name = found.find((candidate) => !NOT_A_KEY.includes(candidate)) ?? found[0];
  if (name === undefined) return undefined;
  const isShared = found.every((candidate) => SHARED.includes(candidate));
  const key = env[name];
  return NOT_A_KEY.includes(name) || key === undefined ? { isShared } : { isShared, key };
}

/** The variables of `names` that hold a secret, for messages that say what to set. */
export function credentialNames(names: readonly string[]): string[] {
  return names.filter((name) => !PLACE.test(name));
}

/** Options of the provider's package that the environment sets. */
export function envOptions(names: readonly string[], env: Env): Record<string, string> {
  const options: Record<string, string> = {};
  for (const name of names) {
    const option = OPTIONS[name];
    const value = env[name];
    if (option !== undefined && value) options[option] = value;
  }
  return options;
}

/** `text` with each `${NAME}` that has a value replaced by it; the others stay. */
export function expandVariables(text: string, values: Env): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => values[name] || whole);
}

/** The variables that `text` still wants. */
export function missingVariables(text: string): string[] {
  return [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = ""]) => name);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== "";
}
