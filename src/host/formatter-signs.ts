// By what a project shows that it uses a formatter: files that are there, and what stands in them.
// Looked at anew each time; only texts are kept, for as long as their files stay the same.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Formatter, FormatterSign } from "./formatter-table";

const TEXTS_MAX = 100;
/** A manifest beyond this is none that a person wrote. */
const TEXT_MAX_BYTES = 1024 * 1024;
const DEPENDENCIES: readonly string[] = [
  ...["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"],
  ...["require", "require-dev"],
];

interface KeptText {
  stamp: string;
  text: string;
}

export class FormatterSigns {
  readonly #texts = new Map<string, KeptText>();

  /** The first of the directories that shows a sign; undefined when none does. */
  async findRoot(
    signs: readonly FormatterSign[],
    levels: readonly string[],
  ): Promise<string | undefined> {
    for (const level of levels) {
      const shown = await Promise.all(signs.map((sign) => this.#isShown(sign, level)));
      if (shown.includes(true)) return level;
    }
    return undefined;
  }

  /** The option with its value, as arguments; none where no file gives one. */
  async readOption(option: Formatter["option"], levels: readonly string[]): Promise<string[]> {
    if (!option) return [];
    for (const level of levels) {
      const value = option.value.exec((await this.#read(join(level, option.file))) ?? "")?.[1];
      if (value !== undefined) return [option.name, value];
    }
    return [];
  }

  async #isShown({ file, text, dependency }: FormatterSign, level: string): Promise<boolean> {
    const path = join(level, file);
    if (text) return text.test((await this.#read(path)) ?? "");
    if (dependency !== undefined) return dependsOn((await this.#read(path)) ?? "", dependency);
    const found = await stat(path).catch(() => undefined); // not there: no sign
    return found?.isFile() === true;
  }

  async #read(path: string): Promise<string | undefined> {
    const found = await stat(path).catch(() => undefined); // not there: it says nothing
    if (!found?.isFile() || found.size > TEXT_MAX_BYTES) return undefined;
    const stamp = `${found.mtimeMs} ${found.ctimeMs} ${found.size} ${found.ino}`;
    const kept = this.#texts.get(path);
    if (kept?.stamp === stamp) return kept.text;
    // What may not be read says nothing either.
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) this.#keep(path, { stamp, text });
    return text;
  }

  #keep(path: string, kept: KeptText): void {
    this.#texts.delete(path);
    this.#texts.set(path, kept);
    for (const [oldest] of this.#texts) {
      if (this.#texts.size <= TEXTS_MAX) break;
      this.#texts.delete(oldest);
    }
  }
}

function dependsOn(manifest: string, name: string): boolean {
  try {
    const parsed: unknown = JSON.parse(manifest);
    return DEPENDENCIES.some((key) => Object.hasOwn(Object(Object(parsed)[key]), name));
  } catch {
    return false; // not a manifest that anybody could use, or being written just now
  }
}
