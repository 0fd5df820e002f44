// What a command line must be allowed before it runs: directories outside the project that it works
// in, files that may not be read, and then each of its commands. The shell grammar is host's.
import { resolve } from "node:path";
import type { ShellCommand, ShellParse } from "@/host/shell-command";
import { askExternalDirectory } from "./external-directory";
import { type FileTarget, resolveTarget } from "./file-target";
import type { ToolContext } from "./tool";

const CHANGES_DIRECTORY = /^(cd|pushd|popd)$/;
const SHOWS_CONTENT =
  /^(bat|cat|head|less|more|nl|od|source|\.|strings|tac|tail|xxd|base64|cp|scp|rsync|zip|tar)$/;
/** Devices are no files of anybody. */
const DEVICE = /^\/dev\/(null|zero|u?random|tty|std(in|out|err)|fd(\/\d+)?)$/;
const PATHS_MAX = 200;

/** Asks all that `command`, run in `cwd`, needs; throws as context.ask does. */
export async function askBash(
  command: string,
  cwd: string,
  metadata: Record<string, unknown>,
  context: ToolContext,
): Promise<void> {
  const parse = await context.host.shellParser.parse(command);
  context.signal.throwIfAborted();
  const touched = await findTargets(parse, command, cwd, context);
  const place = await resolveTarget(cwd, context);
  await askExternalDirectory([place, ...touched.map(({ target }) => target)], context);
  await askHiddenReads(touched, context);
  await askCommands(parse, command, metadata, context);
}

async function askCommands(
  parse: ShellParse,
  command: string,
  metadata: Record<string, unknown>,
  context: ToolContext,
): Promise<void> {
  const permission = "bash";
  if (!parse.ok) {
    // What else would run is not known: the whole line is the one pattern, and never for good. The
    // commands that were found can still be denied by their rules.
    const alternatives = parse.commands.flatMap((one) => [one.text, ...one.alternatives]);
    const facts = { ...metadata, unparsable: true, reason: parse.reason };
    await context.ask({
      permission,
      patterns: [command],
      always: [],
      metadata: facts,
      alternatives,
      mustAsk: true,
    });
    return;
  }
  const commands = parse.commands.filter((one) => !CHANGES_DIRECTORY.test(one.words[0] ?? ""));
  if (commands.length === 0) return;
  const alternatives = unique(commands.flatMap((one) => one.alternatives));
  await context.ask({
    permission,
    patterns: unique(commands.map((one) => one.text)),
    always: unique(commands.map((one) => one.always)),
    metadata,
    ...(alternatives.length > 0 ? { alternatives } : {}),
  });
}

interface Touched {
  target: FileTarget;
  /** Its content would be shown or copied. */
  shown: boolean;
}

/** The files named by commands and redirections, where they are known before running. */
async function findTargets(
  parse: ShellParse,
  command: string,
  cwd: string,
  context: ToolContext,
): Promise<Touched[]> {
  const bases = [cwd];
  const found: { path: string; shown: boolean }[] = [];
  const add = (path: string | undefined, shown: boolean) => {
    if (path === undefined || path === "" || path === "-" || DEVICE.test(path)) return;
    for (const base of bases) found.push({ path: join(base, path, context), shown });
  };
  for (const one of parse.commands) {
    const shown = SHOWS_CONTENT.test(programName(one));
    for (const path of one.paths) add(path, shown);
    moveBase(one, bases, command, context);
  }
  for (const redirect of parse.redirects) add(redirect.path, !redirect.write);
  const paths = found.slice(0, PATHS_MAX);
  return Promise.all(
    paths.map(async ({ path, shown }) => ({ target: await resolveTarget(path, context), shown })),
  );
}

/** Later relative paths begin where `cd` went; in a subshell it may also be where it was before. */
function moveBase(
  command: ShellCommand,
  bases: string[],
  line: string,
  context: ToolContext,
): void {
  const [name, to] = command.words;
  if ((name !== "cd" && name !== "pushd") || to === undefined || to.startsWith("-")) return;
  const next = join(bases.at(-1) ?? "", to, context);
  if (!/[(|&]/.test(line.replaceAll("&&", ""))) bases.length = 0;
  bases.push(next);
}

function join(base: string, path: string, context: ToolContext): string {
  const home = context.host.paths.home;
  if (path === "~" || path.startsWith("~/")) return resolve(home, path.slice(2));
  return resolve(base, path);
}

function programName(command: ShellCommand): string {
  const name = command.words[0] ?? "";
  return name.slice(name.lastIndexOf("/") + 1);
}

/** `cat .env` is a read of `.env`: the rules for reading hold for it too. */
async function askHiddenReads(touched: readonly Touched[], context: ToolContext): Promise<void> {
  const hidden = touched
    .filter(({ target, shown }) => shown && !target.outside)
    .filter(({ target }) => !target.patterns.every((pattern) => context.mayRead(pattern)));
  const [first] = hidden;
  if (first === undefined) return;
  const patterns = unique(hidden.flatMap(({ target }) => target.patterns));
  const metadata = { filepath: first.target.path };
  await context.ask({ permission: "read", patterns, always: patterns, metadata });
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values.filter((value) => value !== ""))];
}
