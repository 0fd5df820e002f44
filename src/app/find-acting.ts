// What a project's own files would do besides its configuration files: definitions in markdown, and
// the code of plugins and tools.
import { findActingDefinitions } from "@/agent/definitions";
import type { Logger } from "@/base/log";
import { type Acting, projectPath } from "@/config/acting";
import { fingerprint } from "@/config/fingerprint";
import { findCode, PLUGIN_FOLDERS, TOOL_FOLDERS } from "@/plugin/plugin-files";

interface Place {
  directory: string;
  worktree: string;
  log: Logger;
}

/** All of it in `directories`, the project's directories of configuration. Nothing is run. */
export async function findActing(directories: readonly string[], place: Place): Promise<Acting[]> {
  const [plugins, tools, definitions] = await Promise.all([
    findActingCode("plugin", PLUGIN_FOLDERS, directories, place),
    findActingCode("tool", TOOL_FOLDERS, directories, place),
    findActingDefinitions(directories, place),
  ]);
  return [...plugins, ...tools, ...definitions];
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
