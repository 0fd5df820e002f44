// Names in what hook commands are told. Commands written for other agents know tools as `Bash` and
// arguments as `file_path`: they are told so, beside our own names. Pure.
import type { JSONRecord } from "@/config/json";

const TOOLS: Readonly<Record<string, string>> = {
  apply_patch: "Edit",
  bash: "Bash",
  edit: "Edit",
  glob: "Glob",
  grep: "Grep",
  read: "Read",
  skill: "Skill",
  task: "Task",
  todowrite: "TodoWrite",
  webfetch: "WebFetch",
  websearch: "WebSearch",
  write: "Write",
};

/** The name that commands know the tool by. */
export function commonToolName(id: string): string {
  return Object.hasOwn(TOOLS, id) ? (TOOLS[id] ?? id) : id;
}

/** Whether a matcher, a regular expression of whole names in any case, means the name. */
export function matches(matcher: string | undefined, names: readonly string[]): boolean {
  if (matcher === undefined || matcher === "" || matcher === "*") return true;
  const pattern = new RegExp(`^(?:${matcher})$`, "i");
  return names.some((name) => pattern.test(name));
}

/** The arguments with each `filePath` also as `file_path`. */
export function withSnakeCase(args: JSONRecord): JSONRecord {
  const also = Object.entries(args).map(([key, value]) => [snakeCase(key), value]);
  return { ...Object.fromEntries(also), ...args };
}

/** The arguments that `left` means: names that were added are taken off, their changes kept. */
export function withoutSnakeCase(left: JSONRecord, sent: JSONRecord): JSONRecord {
  const added = Object.keys(sent).filter((key) => snakeCase(key) !== key);
  const result = { ...left };
  for (const key of added) {
    const name = snakeCase(key);
    if (Object.hasOwn(sent, name) || !Object.hasOwn(left, name)) continue;
    const isChanged = JSON.stringify(left[name]) !== JSON.stringify(sent[key]);
    if (isChanged || !Object.hasOwn(left, key)) result[key] = left[name];
    delete result[name];
  }
  return result;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
