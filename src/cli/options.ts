// Options that several commands take, each written once: its flags, its words and its values.
import { type Command, Option } from "commander";
import { positive } from "./option-values";

const REPLAY_LIMIT = "--replay-limit";

const OPTIONS = {
  model: () => new Option("-m, --model <provider/model>", "the model that answers"),
  agent: () => new Option("--agent <name>", "the agent that answers"),
  continue: () => new Option("-c, --continue", "go on with the newest session of the directory"),
  session: () => new Option("-s, --session <id>", "go on with this session"),
  fork: () => new Option("--fork", "go on with a copy of the session (with -c or -s)"),
  auto: () =>
    new Option("--auto", "allow what the rules would ask for; what they deny stays denied"),
  mini: () => new Option("--mini", "keep the transcript in the terminal's own scrollback"),
  noReplay: () => new Option("--no-replay", "with --mini: do not print an opened session again"),
  replayLimit: () =>
    new Option(`${REPLAY_LIMIT} <number>`, "with --mini: print so much of it").argParser(
      positive(REPLAY_LIMIT),
    ),
  hostname: () => new Option("--hostname <host>", "address to listen on (default: 127.0.0.1)"),
} as const satisfies Record<string, () => Option>;

type OptionName = keyof typeof OPTIONS;

/** Which session is gone on with. */
export const WHICH_SESSION = ["continue", "session", "fork"] as const;
/** The face without a screen of its own. */
export const MINI = ["mini", "noReplay", "replayLimit"] as const;

/** Adds the named options, in that order. */
export function addOptions(command: Command, names: readonly OptionName[]): Command {
  for (const name of names) command.addOption(OPTIONS[name]());
  return command;
}
