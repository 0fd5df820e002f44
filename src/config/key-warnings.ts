// What a person is told of keys that do not do what they may expect: those that nobody knows, with
// the known one that was meant, and those that are understood and change nothing. Pure.
import { didYouMean } from "@/base/text";
import type { UnknownKey } from "@/base/unknown-keys";
import type { Config } from "@/schema/config";

/** Keys of the terminal interface, which has a file of its own. */
const TUI_KEYS: readonly string[] = ["theme", "keybinds", "tui"];

export function describeUnknown({ key, known, path, isAllowed }: UnknownKey): string {
  const name = `the key ${JSON.stringify(path)} is not known`;
  const said = isAllowed
    ? `${name} and goes to the provider as it is.`
    : `${name} and was ignored.`;
  if (path === key && TUI_KEYS.includes(key)) return `${said} It belongs into tui.json.`;
  const meant = didYouMean(key, known);
  return meant === undefined ? said : `${said} Did you mean ${JSON.stringify(meant)}?`;
}

/** One sentence for each key that other programs act on and this one does not. */
export function idleKeys({ autoupdate, experimental, layout }: Config): string[] {
  const told = (key: string, why: string) =>
    `the key ${JSON.stringify(key)} has no effect: ${why}.`;
  return [
    ...(layout === undefined ? [] : [told("layout", "the terminal UI fits itself to its width")]),
    // To be without updates is what everybody gets.
    ...(autoupdate ? [told("autoupdate", "the program is never changed by itself")] : []),
    ...(experimental?.batch_tool
      ? [told("experimental.batch_tool", "models call several tools at once without it")]
      : []),
  ];
}
