/*
 * AuthStore: the credentials in auth.json, which this program shares with others of its family.
 * The file is private (0600), replaced in one step, and written by one process at a time, each from
 * what it holds then: nothing that another wrote is lost, entries that we cannot read included.
 * A file that is no JSON is never written over: the next write moves it aside.
 */
import { createHash } from "node:crypto";
import { rename } from "node:fs/promises";
import { dirname } from "node:path";
import { systemClock, type Clock } from "@/base/clock";
import type { Env } from "@/base/env";
import { conflict, errorCode, errorMessage, invalid } from "@/base/error";
import { ensureDirectory, fileFailure, readTextIfExists, writeFileAtomic } from "@/base/file";
import { withFileLock } from "@/base/file-lock";
import type { Logger } from "@/base/log";
import { isValid, parse } from "@/base/schema";
import { Auth } from "@/schema/auth";

export interface AuthStoreOptions {
  /** Of auth.json. */
  path: string;
  env: Env;
  log: Logger;
  clock?: Clock;
}

const CONTENT_VARIABLE = "OPENCODE_AUTH_CONTENT";
const ID_MAX_CHARACTERS = 256;

type Entries = Record<string, unknown>;
type Content = { entries: Entries } | { problem: string };

export class AuthStore {
  readonly #options: AuthStoreOptions;
  /** What was said last of a broken file, so that it is said once. */
  #warned: string | undefined;

  constructor(options: AuthStoreOptions) {
    this.#options = options;
  }

  /**
   * The valid entries by provider id, without trailing slashes, in the order of the file; read anew
   * each time. A broken file counts as empty: `problem` says what is wrong with it.
   */
  async all(): Promise<Record<string, Auth>> {
    const content = await this.#read();
    if ("problem" in content) {
      this.#warn(content.problem);
      return {};
    }
    const valid = Object.entries(content.entries).flatMap(([id, auth]): [string, Auth][] =>
      isValid(Auth, auth) ? [[normalizeID(id), auth]] : [],
    );
    return Object.fromEntries(valid);
  }

  /** The credentials of one provider, or undefined. */
  async get(id: string): Promise<Auth | undefined> {
    const all = await this.all();
    const key = normalizeID(id);
    return Object.hasOwn(all, key) ? all[key] : undefined;
  }

  /** What is wrong with the file, for a person; undefined when it can be read. */
  async problem(): Promise<string | undefined> {
    const content = await this.#read();
    return "problem" in content ? content.problem : undefined;
  }

  /** AppError conflict when the environment stands in for the file, so that nothing is stored. */
  requireWritable(): void {
    const { env, path } = this.#options;
    if (!env[CONTENT_VARIABLE]) return;
    throw conflict(
      `${CONTENT_VARIABLE} is set and replaces ${path}: unset it to change credentials`,
    );
  }

  /** Stores the credentials; AppError invalid for a wrong id or shape. */
  async set(id: string, auth: Auth): Promise<void> {
    const key = checkProviderID(id);
    const checked = parse(Auth, auth, `Credentials of ${key}`);
    await this.#change((entries) => ({ ...without(entries, key), [key]: checked }));
  }

  /**
   * Stores `auth` if the entry is still the `expected` one, and says whether it was: what somebody
   * else has stored or removed meanwhile counts.
   */
  async replace(id: string, expected: Auth, auth: Auth): Promise<boolean> {
    const key = normalizeID(id);
    const checked = parse(Auth, auth, `Credentials of ${key}`);
    let isReplaced = false;
    await this.#change((entries) => {
      const found = Object.entries(entries).find(([name]) => normalizeID(name) === key);
      isReplaced = found !== undefined && Bun.deepEquals(found[1], expected);
      return isReplaced ? { ...without(entries, key), [key]: checked } : undefined;
    });
    return isReplaced;
  }

  /**
   * Runs `work`, of at most 20 s, while nobody else does so for this provider, in this process or
   * another. Reading and writing entries goes on.
   */
  async exclusively<T>(id: string, work: () => Promise<T>): Promise<T> {
    const { path } = this.#options;
    const hash = createHash("sha256").update(normalizeID(id)).digest("hex").slice(0, 16);
    await ensureDirectory(dirname(path));
    return withFileLock(`${path}.${hash}.lock`, systemClock, work);
  }

  /** Removes the credentials; says whether there were any. */
  async remove(id: string): Promise<boolean> {
    const key = normalizeID(id);
    let found = false;
    await this.#change((entries) => {
      const rest = without(entries, key);
      found = Object.keys(rest).length < Object.keys(entries).length;
      return found ? rest : undefined;
    });
    return found;
  }

  async #read(): Promise<Content> {
    const inline = this.#options.env[CONTENT_VARIABLE];
    if (inline) return parseContent(inline, CONTENT_VARIABLE);
    const text = await readTextIfExists(this.#options.path);
    return parseContent(text ?? "{}", this.#options.path);
  }

  /** `change` gives the new entries, or undefined to leave the file as it is. */
  async #change(change: (entries: Entries) => Entries | undefined): Promise<void> {
    const { path } = this.#options;
    this.requireWritable();
    await ensureDirectory(dirname(path));
    // Of real time: other processes hold it as well.
    await withFileLock(`${path}.lock`, systemClock, async () => {
      const content = await this.#read();
      const changed = change("problem" in content ? {} : content.entries);
      if (changed === undefined) return;
      if ("problem" in content) await this.#setAside();
      await writeFileAtomic(path, `${JSON.stringify(changed, undefined, 2)}\n`);
    });
  }

  async #setAside(): Promise<void> {
    const { path, clock = systemClock, log } = this.#options;
    const aside = `${path}.broken-${clock.now()}`;
    try {
      await rename(path, aside);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw fileFailure("move aside", path, error);
    }
    log.warn(`${path} could not be read and was kept as ${aside}`);
  }

  #warn(problem: string): void {
    if (this.#warned === problem) return;
    this.#warned = problem;
    this.#options.log.warn(problem);
  }
}

/** A provider id, or an organisation's address, as it is stored; AppError invalid otherwise. */
export function checkProviderID(id: string): string {
  const key = normalizeID(id.trim());
  const isPossible = key !== "" && key !== "__proto__" && key.length <= ID_MAX_CHARACTERS;
  if (!isPossible || /[\s\p{C}]/u.test(key)) {
    throw invalid(`${JSON.stringify(id)} is not a provider id: use a name such as "anthropic"`);
  }
  return key;
}

function normalizeID(id: string): string {
  return id.replace(/\/+$/, "");
}

/** Entries under the same id with slashes at its end are the same provider's. */
function without(entries: Entries, key: string): Entries {
  return Object.fromEntries(Object.entries(entries).filter(([id]) => normalizeID(id) !== key));
}

function parseContent(text: string, origin: string): Content {
  if (text.trim() === "") return { entries: {} };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { entries: { ...value } };
    }
    return { problem: `${origin} must hold a JSON object; no credentials are read from it` };
  } catch (error) {
    const reason = errorMessage(error);
    return { problem: `${origin} is not valid JSON (${reason}); no credentials are read from it` };
  }
}
