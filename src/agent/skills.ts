// Skills: SKILL.md files that a model loads when it needs them. Finds them in all usual places of
// the person and of the project, and reads them when first asked for; a broken one is left out
// with a warning. Whether an agent may load a skill is a permission, and judged elsewhere.
import { realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { Env } from "@/base/env";
import { isInside } from "@/base/file";
import type { Logger } from "@/base/log";
import type { Paths } from "@/base/paths";
import { t } from "@/base/schema";
import { type Fence, trustFence } from "@/config/links";
import type { LoadedConfig } from "@/config/load";
import { projectRoot } from "@/config/sources";
import type { Skill } from "@/schema/skill";
import { readDefinition } from "./markdown-directory";
import { PerConfig, type ConfigSource } from "./per-config";
import { findSkillFiles, skillPlaces } from "./skill-files";
import { SkillLists } from "./skill-lists";

export interface SkillsOptions {
  config: ConfigSource;
  paths: Paths;
  env: Env;
  directory: string;
  worktree: string;
  log: Logger;
}

const SkillFields = t.Object({
  name: t.Optional(t.String()),
  description: t.Optional(t.String()),
});

const SKILLS_MAX = 500;
/** Addresses of lists of skills. */
const LISTS_MAX = 20;
const NAME_MAX_CHARACTERS = 128;
const DESCRIPTION_MAX_CHARACTERS = 1_024;

export class Skills {
  readonly #options: SkillsOptions;
  readonly #root: string;
  readonly #skills: PerConfig<Map<string, Skill>>;
  readonly #lists: SkillLists;

  constructor(options: SkillsOptions) {
    this.#options = options;
    this.#root = projectRoot(options);
    this.#lists = new SkillLists({ cacheDirectory: options.paths.cache, log: options.log });
    this.#skills = new PerConfig(options.config, (loaded) => this.#load(loaded));
  }

  /** All skills by name; of two with one name, the one nearer to the project. */
  async list(): Promise<Skill[]> {
    const skills = await this.#skills.get();
    return [...skills.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async find(name: string): Promise<Skill | undefined> {
    return (await this.#skills.get()).get(name);
  }

  /** The directories of skills outside the project, as found and resolved: agents may read them. */
  async outsideDirectories(): Promise<string[]> {
    const root = await realpath(this.#root).catch(() => this.#root);
    const directories = new Set<string>();
    for (const { location } of await this.list()) {
      const directory = dirname(location);
      const target = await realpath(directory).catch(() => directory); // removed meanwhile
      if (!isInside(this.#root, directory)) directories.add(directory);
      if (!isInside(root, target)) directories.add(target);
    }
    return [...directories];
  }

  async #load(loaded: LoadedConfig): Promise<Map<string, Skill>> {
    const fence = trustFence(this.#root, loaded.trust, this.#options.log);
    const places = await this.#places(loaded);
    const found = await Promise.all(places.map((place) => this.#read(place, fence)));
    const skills = new Map<string, Skill>();
    for (const skill of found.flat()) {
      const known = skills.get(skill.name);
      if (known !== undefined && known.location !== skill.location) {
        const data = { used: skill.location, hidden: known.location };
        this.#options.log.warn(`Two skills are named ${skill.name}`, data);
      }
      if (known !== undefined || skills.size < SKILLS_MAX) skills.set(skill.name, skill);
      else this.#options.log.warn(`Over ${SKILLS_MAX} skills: ${skill.location} is skipped`);
    }
    return skills;
  }

  /** Directories to search, those that override others last. */
  async #places({ config, directories }: LoadedConfig): Promise<string[]> {
    const { paths = [], urls = [] } = config.skills ?? {};
    const listed = [...new Set(urls)].slice(0, LISTS_MAX);
    const fetched = await Promise.all(listed.map((address) => this.#lists.fetch(address)));
    const own = directories.map(({ path }) => path);
    return [...new Set([...fetched, ...skillPlaces(own, paths, this.#options)])];
  }

  async #read(place: string, fence: Fence): Promise<Skill[]> {
    const files = await findSkillFiles(place, fence);
    const skills = await Promise.all(files.map((path) => this.#readSkill(path)));
    return skills.filter((skill) => skill !== undefined);
  }

  async #readSkill(path: string): Promise<Skill | undefined> {
    const { log } = this.#options;
    const file = await readDefinition(path, SkillFields, (message) => log.warn(message));
    if (file === undefined) return undefined;
    const name = file.fields.name?.trim() || basename(dirname(path));
    if (name.length > NAME_MAX_CHARACTERS || /[\s\p{Cc}]/u.test(name)) {
      log.warn(`A skill is skipped: its name is too long or has blanks in it: ${path}`);
      return undefined;
    }
    const description = file.fields.description?.trim().slice(0, DESCRIPTION_MAX_CHARACTERS);
    return { name, ...(description && { description }), location: path, content: file.body };
  }
}
