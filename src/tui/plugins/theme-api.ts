// Themes as plugins have them: the colours of now, choosing one, and bringing one of their own,
// which becomes the person's.
import { readFile } from "node:fs/promises";
import { basename, join, resolve, dirname } from "node:path";
import { ensureDirectory, readTextIfExists, writeFileAtomic } from "@/base/file";
import { invalid } from "@/base/error";
import { resolveTheme } from "@/tui/theme/theme-file";
import type { Ui } from "@/tui/ui";

const THEME_BYTES_MAX = 256 * 1024;

/** `api.theme`; paths are relative to `target`, the plugin's file or directory. */
export function themeAPI(ui: Ui, target: string) {
  const { theme, memory, settings } = ui;
  const has = (name: string) => theme.list().some((one) => one.name === name);
  return {
    get current() {
      return { ...theme.colors, thinkingOpacity: theme.thinkingOpacity };
    },
    get selected() {
      return theme.name;
    },
    has,
    set: (name: string) => {
      if (!has(name)) return false;
      theme.choose(name);
      memory.set("theme", { name, instead: settings.theme ?? "" });
      return true;
    },
    install: (path: string) => installTheme(ui, resolve(dirname(target), String(path))),
    mode: () => theme.mode,
    ready: true,
  };
}

/** A theme that is there by that name stays as it is. Throws AppError invalid for what is none. */
export async function installTheme(ui: Ui, path: string): Promise<void> {
  const { environment, theme } = ui;
  const directory = join(environment.configDirectory, "themes");
  const place = join(directory, basename(path));
  if (!place.endsWith(".json")) throw invalid(`${path} is no theme: its name ends with .json`);
  if ((await readTextIfExists(place)) !== undefined) return;
  const text = await readFile(path, "utf8");
  if (text.length > THEME_BYTES_MAX) throw invalid(`${path} is larger than a theme can be`);
  const value: unknown = JSON.parse(text);
  for (const mode of ["dark", "light"] as const) resolveTheme({ name: "", path, value }, mode);
  await ensureDirectory(directory);
  await writeFileAtomic(place, text);
  const own = await environment.loadThemes?.();
  if (own) theme.setOwn(own);
}
