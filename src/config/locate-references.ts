// References that a configuration names: directories relative to the file that names them, and
// repositories by the address they are cloned from. All become objects whose path is absolute or
// whose repository is an address, so that they mean the same wherever they are merged into. Pure.
import { join, resolve } from "node:path";
import type { Env } from "@/base/env";
import type { Config, ReferenceConfig } from "@/schema/config";

export interface ReferencePlace {
  env: Env;
  home: string;
  /** Of the file that names them. */
  directory: string;
  warn(message: string): void;
}

/** `owner/repository`, which is one of GitHub. */
const SHORT = /^[\w.-]+\/[\w.-]+$/;
const ADDRESS = /^(?:https?|ssh|file):\/\/[^\s-]\S*$|^[\w.-]+@[\w.-]+:[^\s-]\S*$/;
const BRANCH = /^\w[\w./-]*$/;
/** They stand in prompts as `@name/...`. */
const NAME = /^\w[\w.-]{0,63}$/;

/** The configuration with its references located; what cannot be one is left out and told. */
export function locateReferences(config: Config, place: ReferencePlace): Config {
  if (config.references === undefined) return config;
  const references = Object.entries(config.references).flatMap(([name, value]) => {
    const located = NAME.test(name)
      ? locate(value, place)
      : "its name may hold letters, digits and . _ - only, 64 at most";
    if (typeof located !== "string") return [[name, located] as const];
    place.warn(`references.${name} is ignored: ${located}`);
    return [];
  });
  return { ...config, references: Object.fromEntries(references) };
}

/** What it refers to, or why it is none. */
function locate(value: ReferenceConfig, place: ReferencePlace): ReferenceConfig | string {
  const given = typeof value === "string" ? parse(value) : value;
  if ("path" in given) return { ...given, path: locatePath(given.path, place) };
  if (given.branch !== undefined && !BRANCH.test(given.branch)) {
    return `${JSON.stringify(given.branch)} is no name of a branch`;
  }
  const repository = locateRepository(given.repository, place.env);
  if (repository !== undefined) return { ...given, repository };
  return `${JSON.stringify(given.repository)} is no repository: write owner/name or its address`;
}

/** A text alone is a repository where it looks like one; `.`, `/` and `~` begin directories. */
function parse(text: string): Exclude<ReferenceConfig, string> {
  const isPath = /^[./~]/.test(text);
  return !isPath && (SHORT.test(text) || ADDRESS.test(text))
    ? { repository: text }
    : { path: text };
}

function locatePath(path: string, { directory, home }: ReferencePlace): string {
  if (path === "~" || path.startsWith("~/")) return join(home, path.slice(1));
  return resolve(directory, path);
}

function locateRepository(text: string, env: Env): string | undefined {
  if (ADDRESS.test(text)) return text;
  if (!SHORT.test(text) || text.startsWith("-")) return undefined;
  const base = env["OPENCODE_REPO_CLONE_GITHUB_BASE_URL"] ?? "https://github.com";
  return `${base.replace(/\/+$/, "")}/${text.replace(/\.git$/, "")}.git`;
}
