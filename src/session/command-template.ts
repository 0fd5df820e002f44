// Command templates as prompts: what `/name arguments` says, once its shell commands have run and
// the files and agents it mentions are found. A template may come with a repository that somebody
// else wrote, so what it runs and reads goes through the permissions of the agent that will answer.
import { stat } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { limitReached } from "@/base/error";
import { realpathInside } from "@/base/file";
import type { Agents } from "@/agent/agents";
import type { RunnableCommand } from "@/agent/commands";
import { templateFiller, templateHints } from "@/agent/template";
import type { PartInput } from "@/schema/part";
import { bashTool } from "@/tool/bash";
import { askExternalRead } from "@/tool/external-directory";
import { type FileTarget, resolveTarget } from "@/tool/file-target";
import type { ToolContext } from "@/tool/tool";
import { DIRECTORY } from "./media-type";

/** A command line within a template: `` !`git status` ``. */
const SHELL = /!`([^`\n]+)`/g;
/** `@name` at the start of a word. */
const MENTION = /(?<=^|[\s([{<"'])@([^\s`"'<>()[\]{}]+)/g;
const SHELL_COMMANDS_MAX = 20;
const MENTIONS_MAX = 50;

/**
 * The text with the arguments put in and the shell commands replaced by their output, and a part
 * for each file and agent that is mentioned; other mentions are just text. A mention within the
 * output of a command is none. Runs what it has to in `context`, and throws AppError denied when
 * that is refused, limit for too much of it.
 */
export async function renderTemplate(
  template: string,
  args: string,
  sources: TemplateSources,
): Promise<{ text: string; parts: PartInput[] }> {
  const pieces = splitTemplate(template, args);
  const commands = pieces.filter(({ type }) => type === "shell");
  if (commands.length > SHELL_COMMANDS_MAX) {
    throw limitReached(
      `The command's template runs more than ${SHELL_COMMANDS_MAX} shell commands`,
    );
  }
  let text = "";
  for (const { type, value } of pieces) {
    text += type === "shell" ? await runCommand(value, sources) : value;
  }
  const said = pieces.flatMap(({ type, value }) => (type === "text" ? [value] : []));
  return { text, parts: await findMentions(said.join("\n"), sources) };
}

interface TemplateSources {
  context: ToolContext;
  agents: Agents;
  acts: RunnableCommand["acts"];
}

interface Piece {
  type: "text" | "shell";
  value: string;
}

/** The arguments are put into each piece by itself: none of them can begin a shell command. */
function splitTemplate(template: string, args: string): Piece[] {
  if (templateHints(template).length === 0 && args.trim() !== "") {
    return [...splitTemplate(template, ""), { type: "text", value: `\n\n${args.trim()}` }];
  }
  const fill = templateFiller(template, args);
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of template.matchAll(SHELL)) {
    pieces.push({ type: "text", value: fill(template.slice(end, match.index)) });
    pieces.push({ type: "shell", value: fill(match[1] ?? "") });
    end = match.index + match[0].length;
  }
  return [...pieces, { type: "text", value: fill(template.slice(end)) }];
}

async function runCommand(command: string, { acts, context }: TemplateSources): Promise<string> {
  if (acts === "never") return `!\`${command}\``;
  if (acts === "held") return `(\`${command}\` was not run: this directory is not trusted)`;
  const { output } = await bashTool.run({ command }, context);
  return output.trimEnd();
}

async function findMentions(text: string, sources: TemplateSources): Promise<PartInput[]> {
  const names = new Set(Array.from(text.matchAll(MENTION), (match) => match[1] ?? ""));
  if (names.size > MENTIONS_MAX) {
    throw limitReached(`The command mentions more than ${MENTIONS_MAX} files`);
  }
  const parts: PartInput[] = [];
  for (const name of names) {
    const part = await findMention(name, sources);
    if (part && !parts.some((other) => isSame(other, part))) parts.push(part);
  }
  return parts;
}

/** A sentence may end behind the name. */
async function findMention(
  name: string,
  { context, agents, acts }: TemplateSources,
): Promise<PartInput | undefined> {
  for (const candidate of new Set([name, name.replace(/[.,;:!?]+$/, "")])) {
    if (!/\w/.test(candidate)) continue;
    const file = await findFile(candidate, context, acts === "yes");
    if (file) return file;
    const agent = (await agents.list()).find((one) => one.name === candidate && !one.hidden);
    if (agent) return { type: "agent", name: agent.name };
  }
  return undefined;
}

async function findFile(
  name: string,
  context: ToolContext,
  mayLeave: boolean,
): Promise<PartInput | undefined> {
  const { worktree } = context;
  const target = await resolveTarget(name, { ...context, directory: worktree });
  if (!mayLeave && !(await realpathInside(worktree, target.path))) return undefined;
  const stats = await stat(target.path).catch(() => undefined); // then it is no file
  if (!stats?.isFile() && !stats?.isDirectory()) return undefined;
  await askRead(target, context);
  return {
    type: "file",
    mime: stats.isDirectory() ? DIRECTORY : "text/plain",
    filename: name,
    url: pathToFileURL(target.path).href,
  };
}

async function askRead(target: FileTarget, context: ToolContext): Promise<void> {
  await askExternalRead(target, context);
  await context.ask({
    permission: "read",
    patterns: target.patterns,
    always: ["*"],
    metadata: { filepath: target.path },
  });
}

function isSame(a: PartInput, b: PartInput): boolean {
  if (a.type === "file" && b.type === "file") return a.url === b.url;
  return a.type === "agent" && b.type === "agent" && a.name === b.name;
}
