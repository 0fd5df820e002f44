// External editor: a draft is written to a file, the person's editor gets the terminal, and what it
// leaves is the new draft. Chips are there as their text, and are chips again where it still
// stands. Files of the project are opened in it as well.
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { unavailable } from "@/base/error";
import type { Ui } from "@/tui/ui";
import { chipLabel } from "./chip";
import { chipDraft, type Draft, draftText, plainDraft, replaceRange } from "./draft";
import { dropControls } from "./paste";

const TEXT_MAX_CHARACTERS = 5_000_000;

/** The person's editor; undefined when none is named. */
export function editorCommand(env: Ui["environment"]["env"]): string | undefined {
  return [env["VISUAL"], env["EDITOR"]].find((command) => command?.trim())?.trim();
}

/** The draft as the person leaves it in `command`. Throws as `editText` does. */
export async function editDraft(ui: Ui, command: string, draft: Draft): Promise<Draft> {
  const text = await editText(ui, command, draftText(draft), "prompt.md");
  return chipsAgain(dropControls(text.replaceAll("\r\n", "\n")).replace(/\n+$/, ""), draft);
}

/**
 * The text as the person leaves it in `command`, in a file of this name. Throws AppError
 * unavailable when the editor could not be run or says that it failed, which is how people give up
 * an edit.
 */
export async function editText(
  ui: Ui,
  command: string,
  text: string,
  name: string,
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "opencode-edit-"));
  const path = join(directory, basename(name));
  try {
    await writeFile(path, text, { mode: 0o600 });
    const code = await ui.lendTerminal(() => run(command, [path], ui.environment.env));
    if (code !== 0) throw unavailable(`The editor (${command}) ended with exit code ${code}`);
    return (await readFile(path, "utf8")).slice(0, TEXT_MAX_CHARACTERS);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * A file of the person's own in their editor, at a line where one is named. Throws AppError
 * unavailable when there is no editor, no such file, or the editor failed.
 */
export async function openFile(ui: Ui, path: string, line?: number): Promise<void> {
  const command = editorCommand(ui.environment.env);
  if (command === undefined) throw unavailable("Set $VISUAL or $EDITOR to open files");
  const found = await stat(path).catch(() => undefined); // on another machine, say
  if (!found?.isFile()) throw unavailable(`There is no file ${path} on this machine`);
  const places = placeArguments(command, path, line);
  const code = await ui.lendTerminal(() => run(command, places, ui.environment.env));
  if (code !== 0) throw unavailable(`The editor (${command}) ended with exit code ${code}`);
}

/** Editors with windows want the line behind the path, those of terminals before it. */
function placeArguments(command: string, path: string, line: number | undefined): string[] {
  if (line === undefined) return [path];
  const [program = ""] = command.split(/\s/);
  if (/^(?:code|codium|cursor|windsurf)/.test(basename(program))) return ["-g", `${path}:${line}`];
  if (/^(?:zed|subl|hx)/.test(basename(program))) return [`${path}:${line}`];
  return [`+${line}`, path];
}

async function run(
  command: string,
  args: readonly string[],
  env: Ui["environment"]["env"],
): Promise<number> {
  // By a shell, since people write options in the variable: `code --wait`.
  const words = ["/bin/sh", "-c", `${command} "$@"`, "sh", ...args];
  const stdio = { stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
  return Bun.spawn(words, { ...stdio, env }).exited;
}

/** Labels of chips that are found in the text, in their order, become those chips again. */
export function chipsAgain(text: string, before: Draft): Draft {
  let draft = plainDraft(text);
  let from = 0;
  for (const { chip } of before.chips) {
    const label = chip.type === "paste" ? undefined : chipLabel(chip);
    const at = label === undefined ? -1 : draft.text.indexOf(label, from);
    if (label === undefined || at < 0) continue;
    draft = replaceRange(draft, at, at + label.length, chipDraft(chip));
    from = at + label.length;
  }
  return draft;
}
