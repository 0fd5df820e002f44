// Acting: what of a project's configuration would run something, reach somewhere, read outside the
// project or choose who gets the prompt. A table of key paths decides; `splitProject` takes a
// configuration as it is written apart into that and the rest, which works from the first moment.
// Whether the person has trusted it is project-trust.ts.
import { join, resolve } from "node:path";
import { isInside, realpathInside } from "@/base/file";
import type { TrustItem, TrustKind } from "@/schema/trust";
import { fingerprint, referencedFiles } from "./fingerprint";
import { isEqual, isRecord, type JSONRecord } from "./json";
import { formatKeyPath, type KeyPath } from "./key-path";

/** One thing that acts, with the hash of all that decides what it does. */
export interface Acting extends TrustItem {
  hash: string;
}

/** Where a configuration stands. */
export interface ProjectPlace {
  /** The file. */
  origin: string;
  /** What its relative paths are relative to. */
  directory: string;
  /** What is outside of it is outside the project. */
  root: string;
  /** `{env:}` and `{file:}` are just text in it. */
  isPlain?: boolean;
}

export interface SplitConfig {
  /** Without what acts. */
  quiet: JSONRecord;
  acting: Acting[];
}

interface Rule {
  /** `*` is any one key. */
  path: readonly string[];
  kind: TrustKind | ((value: unknown) => TrustKind);
  /** The part of the value that does not act; nothing of it unless given. */
  quiet?(value: unknown, place: ProjectPlace): unknown;
  /** It is known to act, and who would let it looks at the trust: it stays where it is. */
  stays?: boolean;
}

const isURL = (value: unknown) => typeof value === "string" && /^[a-z][a-z+.-]*:\/\//i.test(value);
const unless = (isQuiet: (value: unknown, place: ProjectPlace) => boolean): Rule["quiet"] => {
  return (value, place) => (isQuiet(value, place) ? value : undefined);
};

const RULES: readonly Rule[] = [
  { path: ["shell"], kind: "shell" },
  { path: ["plugin", "*"], kind: "plugin" },
  { path: ["hook"], kind: "hook" },
  { path: ["hooks"], kind: "hook" },
  { path: ["mcp", "*"], kind: "mcp", quiet: unless((value) => isEqual(value, { enabled: false })) },
  { path: ["formatter"], kind: "formatter", quiet: unless((value) => value === false) },
  { path: ["lsp"], kind: "lsp", quiet: unless((value) => value === false || isRecord(value)) },
  { path: ["lsp", "*"], kind: "lsp", quiet: unless((value) => isEqual(value, { disabled: true })) },
  { path: ["provider", "*"], kind: "provider", quiet: quietProvider },
  { path: ["model"], kind: "model" },
  { path: ["small_model"], kind: "model" },
  { path: ["agent", "*", "model"], kind: "model" },
  { path: ["mode", "*", "model"], kind: "model" },
  { path: ["command", "*", "model"], kind: "model" },
  {
    path: ["command", "*", "template"],
    kind: "command",
    quiet: unless((value) => !templateActs(value)),
    stays: true,
  },
  { path: ["skills", "urls", "*"], kind: "url" },
  { path: ["skills", "paths", "*"], kind: "file", quiet: unless(isPathInside) },
  {
    path: ["instructions", "*"],
    kind: (value) => (isURL(value) ? "url" : "file"),
    quiet: unless((value, place) => !isURL(value) && isPathInside(value, place)),
  },
  { path: ["references"], kind: "file" },
  { path: ["reference"], kind: "file" },
  { path: ["share"], kind: "sharing", quiet: unless((value) => value !== "auto") },
  { path: ["autoshare"], kind: "sharing", quiet: unless((value) => value === false) },
  { path: ["enterprise", "url"], kind: "sharing" },
  {
    path: ["experimental", "openTelemetry"],
    kind: "telemetry",
    quiet: unless((value) => value === false),
  },
];

/** A provider's time limits, and the models that are not to be used. */
const PROVIDER_TUNING = ["timeout", "headerTimeout", "chunkTimeout", "setCacheKey"] as const;
const REFERENCE = /\{(env|file):([^{}]*)\}/g;
/** Nothing of a value is left. */
const NOTHING = Symbol("nothing");

/** Takes a configuration, as it is written, apart. Reads files to know what they say now. */
export async function splitProject(value: JSONRecord, place: ProjectPlace): Promise<SplitConfig> {
  const found: Finding[] = [];
  const quiet = await visit(value, [], place, found);
  const acting = await Promise.all(found.map((finding) => describe(finding, place)));
  return { quiet: isRecord(quiet) ? withoutEmptyCommands(quiet) : {}, acting };
}

interface Finding {
  kind: TrustKind;
  path: KeyPath;
  value: unknown;
}

async function visit(
  value: unknown,
  path: KeyPath,
  place: ProjectPlace,
  found: Finding[],
): Promise<unknown> {
  const rule = RULES.find((one) => matches(one.path, path));
  const quiet = rule?.quiet ? rule.quiet(value, place) : rule ? undefined : value;
  if (rule && !isEqual(quiet, value)) {
    const kind = typeof rule.kind === "string" ? rule.kind : rule.kind(value);
    found.push({ kind, path, value });
    if (!rule.stays) return quiet === undefined ? NOTHING : quiet;
  }
  if (typeof value === "string") return visitText(value, path, place, found);
  if (Array.isArray(value)) {
    const items = value.map((item, index) => visit(item, [...path, index], place, found));
    return (await Promise.all(items)).filter((item) => item !== NOTHING);
  }
  return isRecord(value) ? visitRecord(value, path, place, found) : value;
}

async function visitRecord(
  record: JSONRecord,
  path: KeyPath,
  place: ProjectPlace,
  found: Finding[],
): Promise<JSONRecord> {
  const entries = await Promise.all(
    Object.entries(record).map(async ([key, value]) => {
      const name = await visitText(key, [...path, key], place, found);
      return [key, name === NOTHING ? NOTHING : await visit(value, [...path, key], place, found)];
    }),
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== NOTHING));
}

/** A text whose references would show what is outside the project is left out. */
async function visitText(text: string, path: KeyPath, place: ProjectPlace, found: Finding[]) {
  const references = place.isPlain ? [] : text.matchAll(REFERENCE);
  for (const [, kind, name = ""] of references) {
    const isQuiet = kind === "file" && (await isFileInside(name.trim(), place));
    if (isQuiet) continue;
    found.push({ kind: kind === "env" ? "variable" : "file", path, value: text });
    return NOTHING;
  }
  return text;
}

async function isFileInside(name: string, place: ProjectPlace): Promise<boolean> {
  if (name.startsWith("~")) return false;
  return realpathInside(place.root, resolve(place.directory, name));
}

/** A pattern of the project's own files. Relative ones are also looked for in each level above. */
function isPathInside(value: unknown, { root }: ProjectPlace): boolean {
  if (typeof value !== "string" || value.startsWith("~") || value.includes("..")) return false;
  return !value.startsWith("/") || isInside(root, join(value));
}

function matches(pattern: readonly string[], path: KeyPath): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((key, index) => key === "*" || key === path[index])
  );
}

function quietProvider(value: unknown): unknown {
  if (!isRecord(value)) return undefined;
  const { blacklist, options } = value;
  const tuning = isRecord(options)
    ? Object.entries(options).filter(([key]) => PROVIDER_TUNING.some((known) => known === key))
    : [];
  const quiet = {
    ...(blacklist === undefined ? {} : { blacklist }),
    ...(tuning.length === 0 ? {} : { options: Object.fromEntries(tuning) }),
  };
  return Object.keys(quiet).length === 0 ? undefined : quiet;
}

/** It runs a shell command, or mentions a file that may be outside the project. */
function templateActs(value: unknown): boolean {
  if (typeof value !== "string") return false;
  return /!`[^`\n]+`/.test(value) || /@(~|\/|\S*\.\.)/.test(value);
}

/** A command without its template is none. */
function withoutEmptyCommands(config: JSONRecord): JSONRecord {
  const { command } = config;
  if (!isRecord(command)) return config;
  const whole = Object.entries(command).filter(
    ([, value]) => !isRecord(value) || value["template"] !== undefined,
  );
  return { ...config, command: Object.fromEntries(whole) };
}

async function describe({ kind, path, value }: Finding, place: ProjectPlace): Promise<Acting> {
  const files = referencedFiles(value, place);
  const hash = await fingerprint([place.origin, path, value], files, place.root);
  const what = formatKeyPath(path);
  return { kind, what, origin: projectPath(place.root, place.origin), hash };
}

/** The path of a file below the root, as people read it. */
export function projectPath(root: string, path: string): string {
  return isInside(root, path) ? path.slice(root.length).replace(/^\/+/, "") || "." : path;
}
