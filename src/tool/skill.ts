// skill: gives the model the instructions of a skill and shows what files lie beside them.
import { readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { notFound } from "@/base/error";
import { t, type Static } from "@/base/schema";
import type { Skill } from "@/schema/skill";
import description from "./skill.txt" with { type: "text" };
import { defineTool, type ToolContext, type ToolResult } from "./tool";

const parameters = t.Object({ name: t.String() });

const FILES_MAX = 10;
const DIRECTORIES_MAX = 50;

export const skillTool = defineTool({ id: "skill", description, parameters, run });

async function run(input: Static<typeof parameters>, context: ToolContext): Promise<ToolResult> {
  const { name } = input;
  const skill = await context.findSkill(name);
  if (!skill) throw await unknownSkill(name, context);
  await context.ask({
    permission: "skill",
    patterns: [name],
    always: [name],
    metadata: { name },
  });
  const directory = dirname(skill.location);
  const files = await sampleFiles(directory, skill.location, context.signal);
  return {
    title: `Loaded skill: ${name}`,
    output: format(skill, directory, files),
    metadata: { name, dir: directory },
  };
}

async function unknownSkill(name: string, context: ToolContext): Promise<Error> {
  const names = (await context.listSkills()).map((skill) => skill.name);
  return notFound("Skill", name, `Available skills: ${names.join(", ") || "none"}`);
}

function format(skill: Skill, directory: string, files: readonly string[]): string {
  const lines = [
    `<skill_content name="${skill.name}">`,
    skill.content.trim(),
    "",
    `Base directory of this skill: ${directory}`,
    "Relative paths in it begin there.",
  ];
  if (files.length > 0) {
    lines.push("", "<skill_files>", ...files.map((file) => `<file>${file}</file>`));
    lines.push("</skill_files>");
  }
  return [...lines, "</skill_content>"].join("\n");
}

/** Some files of the directory, nearest first; those who need more can list it. */
async function sampleFiles(root: string, except: string, signal: AbortSignal): Promise<string[]> {
  const files: string[] = [];
  const directories = [root];
  for (let visited = 0; visited < DIRECTORIES_MAX && files.length < FILES_MAX; visited++) {
    const directory = directories.shift();
    if (directory === undefined) break;
    signal.throwIfAborted();
    // A directory that cannot be listed has nothing to show; the text is what matters.
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        if (!/^(\.git|node_modules)$/.test(entry.name)) directories.push(path);
      } else if (path !== except) files.push(relative(root, path));
    }
  }
  return files.slice(0, FILES_MAX);
}
