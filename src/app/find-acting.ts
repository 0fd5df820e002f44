// What a project's own files would do besides its configuration files: definitions in markdown, the
// code of plugins and tools, those of the terminal UI included, and links out of it.
import { findActingLinks } from "@/agent/acting-links";
import { findActingDefinitions } from "@/agent/definitions";
import type { InstructionPlace } from "@/agent/instruction-files";
import type { Logger } from "@/base/log";
import { type Acting, projectPath } from "@/config/acting";
import type { ProjectFiles } from "@/config/load";
import { fingerprint } from "@/config/fingerprint";
import type { ConfigLocation } from "@/config/sources";
import { findActingTuiPlugins } from "@/config/tui-config";
import { findCode, PLUGIN_FOLDERS, TOOL_FOLDERS } from "@/plugin/plugin-files";

interface Place extends InstructionPlace, ConfigLocation {
  log: Logger;
}

/** All of it. Nothing is run. */
export async function findActing(files: ProjectFiles, place: Place): Promise<Acting[]> {
  const { directories } = files;
  const [plugins, tools, faces, definitions, links] = await Promise.all([
    findActingCode("plugin", PLUGIN_FOLDERS, directories, place),
    findActingCode("tool", TOOL_FOLDERS, directories, place),
    findActingTuiPlugins(place, place.worktree),
    findActingDefinitions(directories, place),
    findActingLinks(files, place),
  ]);
  return [...plugins, ...tools, ...faces, ...definitions, ...links];
}

/** A file of code with all that it imports from the project. */
async function findActingCode(
  kind: "plugin" | "tool",
  folders: readonly string[],
  directories: readonly string[],
  { worktree: root }: Place,
): Promise<Acting[]> {
  const own = directories.map((path) => ({ path, isProject: true }));
  const files = await findCode(folders, own);
  return Promise.all(
    files.map(async ({ path }) => {
      const what = projectPath(root, path);
      return { kind, what, origin: what, hash: await fingerprint([what], [path], root) };
    }),
  );
}
