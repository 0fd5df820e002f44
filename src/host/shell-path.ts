// Which arguments of a command are files it touches: for commands that are known to work on files.
// The caller resolves the paths and asks before one leaves the project.
import type { Word } from "./shell-word";
import { programName } from "./shell-wrapper";

const FILE_COMMANDS = new RegExp(
  "^(\\.|bat|cat|cd|chgrp|chmod|chown|cmp|cp|dd|df|diff|du|file|find|head|install|less|link|" +
    "ln|ls|md5sum|mkdir|mkfifo|mknod|more|mv|nl|od|pushd|readlink|realpath|rm|rmdir|rsync|scp|" +
    "sha1sum|sha256sum|shred|source|split|stat|strings|tac|tail|tar|tee|touch|tree|truncate|" +
    "unlink|unzip|wc|xxd|zip)$",
);

/**
 * The arguments of a file command that may be paths, as the shell hands them over (`~/` is left
 * to the caller); undefined for one that is known only at run time. Empty for other commands.
 * An argument that is no path after all (a mode, a count) is harmless: it lies in the project.
 */
export function pathArguments(words: readonly Word[]): (string | undefined)[] {
  const name = programName(words[0]?.value ?? "");
  if (name === "git") return gitDirectories(words);
  if (!FILE_COMMANDS.test(name)) return [];
  const paths: (string | undefined)[] = [];
  let options = true;
  for (const word of words.slice(1)) {
    if (word.value === "--") options = false;
    else if (options && word.value?.startsWith("-")) paths.push(...optionPath(word.value));
    else if (name === "dd") paths.push(word.value?.replace(/^(if|of)=/, ""));
    else paths.push(word.value);
    // find's own language begins with its first option; only what stands before are directories.
    if (name === "find" && /^[-(!]/.test(word.value ?? "")) break;
  }
  return paths;
}

/** `--target=dir`, `-tdir`: the part that may be a path, if there is one. */
function optionPath(option: string): string[] {
  const equals = option.indexOf("=");
  if (option.startsWith("--")) return equals < 0 ? [] : [option.slice(equals + 1)];
  const attached = option.slice(2);
  return /[/~]|^\.\.$/.test(attached) ? [attached] : [];
}

function gitDirectories(words: readonly Word[]): (string | undefined)[] {
  const paths: (string | undefined)[] = [];
  for (let index = 1; index < words.length; index++) {
    const value = words[index]?.value;
    if (value === undefined || !value.startsWith("-")) break;
    const attached = /^--(?:git-dir|work-tree)=(.*)$/s.exec(value)?.[1];
    if (attached !== undefined) paths.push(attached);
    if (value === "-C" || value === "--git-dir" || value === "--work-tree") {
      paths.push(words[++index]?.value);
    } else if (value === "-c" || value === "--namespace") index++;
  }
  return paths;
}
