// Skill lists: skills that a server offers, `<address>/index.json` with their names and files. They
// are kept below the cache directory, each replaced as a whole when its version changes; what could
// not be fetched in time is there as it was the last time.
import { randomBytes } from "node:crypto";
import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorMessage, limitReached } from "@/base/error";
import { ensureDirectory, readTextIfExists } from "@/base/file";
import type { Logger } from "@/base/log";
import { redact } from "@/base/redact";
import { parse, t, type Static } from "@/base/schema";

const ListedSkill = t.Object({
  // They become names of files: nothing that could lead elsewhere.
  name: t.String({ pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$" }),
  files: t.Array(t.String({ minLength: 1, maxLength: 256 }), { minItems: 1, maxItems: 50 }),
  version: t.Optional(t.Union([t.String({ maxLength: 256 }), t.Number()])),
});
type ListedSkill = Static<typeof ListedSkill>;
const SkillList = t.Object({ skills: t.Array(ListedSkill, { maxItems: 100 }) });

/** For one address, all its files together. */
const TIME_LIMIT_MS = 5_000;
const FILE_MAX_BYTES = 1024 * 1024;
/** In a skill's directory: what it was made from. */
const VERSION_FILE = ".version";

export class SkillLists {
  readonly #directory: string;
  readonly #log: Logger;

  constructor(options: { cacheDirectory: string; log: Logger }) {
    this.#directory = join(options.cacheDirectory, "skills");
    this.#log = options.log;
  }

  /**
   * The directory that holds the skills of the list at `address`, brought up to date, in 5 s at
   * most. Never rejects: what fails is a warning in the log, and what was kept stays.
   */
  async fetch(address: string): Promise<string> {
    const hash = new Bun.CryptoHasher("sha256").update(address).digest("hex");
    const directory = join(this.#directory, hash.slice(0, 16));
    try {
      if (!/^https?:\/\//.test(address)) throw new Error("it is no http or https address");
      await this.#update(directory, address.replace(/\/+$/, ""));
    } catch (error) {
      this.#log.warn(redact(`skills.urls: ${address}: ${errorMessage(error)}`));
    }
    return directory;
  }

  async #update(directory: string, address: string): Promise<void> {
    const signal = AbortSignal.timeout(TIME_LIMIT_MS);
    const index = await download(`${address}/index.json`, signal);
    const { skills } = parse(SkillList, JSON.parse(new TextDecoder().decode(index)), "index.json");
    await ensureDirectory(directory);
    await this.#removeOthers(directory, new Set(skills.map(({ name }) => name)));
    await Promise.all(skills.map((skill) => this.#updateSkill(directory, address, skill, signal)));
  }

  async #updateSkill(
    directory: string,
    address: string,
    skill: ListedSkill,
    signal: AbortSignal,
  ): Promise<void> {
    const target = join(directory, skill.name);
    const { version } = skill;
    const wanted = JSON.stringify({ version, files: skill.files });
    // Without a version nobody can tell whether it has changed.
    const kept = await readTextIfExists(join(target, VERSION_FILE));
    if (version !== undefined && kept === wanted) return;
    // Beside the lists, so that nobody looks into it before it is whole.
    const fresh = join(this.#directory, `.${randomBytes(8).toString("hex")}`);
    try {
      const base = `${address}/${skill.name}`;
      for (const file of skill.files) await this.#fetchFile(base, file, fresh, signal);
      await writeFile(join(fresh, VERSION_FILE), wanted, { mode: 0o600 });
      await replaceDirectory(target, fresh);
    } catch (error) {
      this.#log.warn(redact(`skills.urls: ${address}: ${skill.name}: ${errorMessage(error)}`));
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  }

  async #fetchFile(base: string, file: string, fresh: string, signal: AbortSignal): Promise<void> {
    const parts = file.split("/");
    if (parts.some((part) => !/^[\w][\w .@+-]*$/.test(part))) {
      throw new Error(`${JSON.stringify(file)} is no plain path of a file`);
    }
    const content = await download(`${base}/${parts.map(encodeURIComponent).join("/")}`, signal);
    const path = join(fresh, ...parts);
    await ensureDirectory(dirname(path));
    await writeFile(path, content, { mode: 0o600 });
  }

  /** The list is what there is: a skill that it names no more is gone. */
  async #removeOthers(directory: string, names: ReadonlySet<string>): Promise<void> {
    for (const name of await readdir(directory)) {
      if (!names.has(name)) await rm(join(directory, name), { recursive: true, force: true });
    }
  }
}

async function download(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url}: the server answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > FILE_MAX_BYTES) throw limitReached(`${url} is larger than ${FILE_MAX_BYTES} bytes`);
  }
  return Buffer.concat(chunks);
}

/** Puts `fresh` in the place of `target`; readers see the old one or the new one. */
async function replaceDirectory(target: string, fresh: string): Promise<void> {
  const old = `${fresh}.old`;
  await rename(target, old).catch(() => undefined); // there was none
  try {
    await rename(fresh, target);
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}
