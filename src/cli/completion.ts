// `opencode completion`: scripts for bash, zsh and fish, made of the command table, so that they
// know what the program knows. They complete commands, options and the values of choices; files
// are left to the shell.
import type { Command } from "commander";
import { unreachable } from "@/base/assert";
import type { CLIContext } from "./context";
import { EXIT } from "./exit-code";

/** One command, or the root, with the words that lead to it. */
interface Place {
  path: readonly string[];
  commands: readonly Word[];
  options: readonly Word[];
}

interface Word {
  /** All spellings. */
  names: readonly string[];
  description: string;
  /** Of an option: what may follow it, if that is a fixed list. */
  values: readonly string[];
  takesValue: boolean;
}

/** Prints the script; `program` is the root of the command table. */
export function completion(context: CLIContext, shell: string, program: Command): number {
  const places = listPlaces(program, [], program);
  context.output.write(scriptFor(shell as "bash" | "zsh" | "fish", places));
  return EXIT.done;
}

function scriptFor(shell: "bash" | "zsh" | "fish", places: Place[]): string {
  switch (shell) {
    case "bash":
      return bashScript(places);
    case "zsh":
      // zsh runs bash's completion functions itself.
      return `autoload -U +X bashcompinit && bashcompinit\n${bashScript(places)}`;
    case "fish":
      return fishScript(places);
    default:
      return unreachable(shell);
  }
}

function listPlaces(command: Command, path: string[], root: Command): Place[] {
  const own = [...command.options, ...(command === root ? [] : root.options)];
  const options = own
    .filter((option) => !option.hidden)
    .map((option) => ({
      names: [option.long, option.short].filter((name) => name != null),
      description: option.description,
      values: option.argChoices ?? [],
      takesValue: option.required || option.optional,
    }));
  const help = { names: ["--help", "-h"], description: "help", values: [], takesValue: false };
  const commands = command.commands.map((sub) => ({
    names: [sub.name(), ...sub.aliases()],
    description: sub.description(),
    values: [],
    takesValue: false,
  }));
  const place = { path, commands, options: [...options, help] };
  return [
    place,
    ...command.commands.flatMap((sub) => listPlaces(sub, [...path, sub.name()], root)),
  ];
}

function bashScript(places: readonly Place[]): string {
  const words = (list: readonly Word[]) => list.flatMap((word) => word.names).join(" ");
  const groups = places.map(({ path, commands, options }) => {
    const key = path.join(" ");
    return `    "${key}") commands="${words(commands)}"; options="${words(options)}" ;;`;
  });
  const choices = places
    .flatMap(({ options }) => options)
    .filter((option) => option.values.length > 0)
    .map(({ names, values }) => `    ${names.join("|")}) choices+=" ${values.join(" ")}" ;;`);
  const known = places.filter(({ path }) => path.length > 0).map(({ path }) => path.join(" "));
  return `_opencode() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" commands="" options="" choices="" index candidate
  for ((index = 1; index < COMP_CWORD; index++)); do
    candidate="\${path:+$path }\${COMP_WORDS[index]}"
    case "$candidate" in
    ${known.map((one) => `"${one}"`).join("|")}) path="$candidate" ;;
    esac
  done
  case "$path" in
${groups.join("\n")}
  esac
  case "$previous" in
${[...new Set(choices)].join("\n")}
  esac
  if [[ -n $choices ]]; then COMPREPLY=($(compgen -W "$choices" -- "$word"))
  elif [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$word"))
  elif [[ -n $commands ]]; then COMPREPLY=($(compgen -W "$commands" -- "$word"))
  else COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _opencode opencode
`;
}

function fishScript(places: readonly Place[]): string {
  const lines = places.flatMap((place) => {
    const condition = `-n '${fishCondition(place)}'`;
    const commands = place.commands.map(({ names, description }) => {
      const words = `-a '${names.join(" ")}' ${describe(description)}`;
      return `complete -c opencode -f ${condition} ${words}`;
    });
    return [...commands, ...place.options.map((option) => fishOption(option, condition))];
  });
  return `${lines.join("\n")}\n`;
}

/** True behind the words of the place and none of its commands. */
function fishCondition({ path, commands }: Place): string {
  const seen = path.map((name) => `__fish_seen_subcommand_from ${name}`);
  const own = commands.flatMap((command) => command.names).join(" ");
  const unseen = own ? [`not __fish_seen_subcommand_from ${own}`] : [];
  return [...seen, ...unseen].join("; and ");
}

function fishOption({ names, description, values, takesValue }: Word, condition: string): string {
  const flags = names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const choices = values.length > 0 ? ` -f -a '${values.join(" ")}'` : "";
  const needed = takesValue ? ` -r${choices}` : "";
  return `complete -c opencode ${condition} ${flags.join(" ")}${needed} ${describe(description)}`;
}

function describe(text: string): string {
  return `-d '${text.replace(/['\\]/g, "\\$&")}'`;
}
