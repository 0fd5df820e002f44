/*
 * Substitution: `{env:NAME}` and `{file:path}` in the strings of a configuration, keys included.
 *
 * It works on the parsed value, not on the text: comments are no strings, what is put in can never
 * become syntax, and the places of syntax errors stay those of the file. What was put in is not
 * looked at again.
 *
 * A project's file may do this too, once the person has trusted it: before, what would show
 * anything of outside the project is left out by acting.ts.
 */
import { stat, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { Env } from "@/base/env";
import { fileFailure } from "@/base/file";
import { errorMessage } from "@/base/error";
import { configError } from "./jsonc";
import { isRecord } from "./json";
import { formatKeyPath, type KeyPath } from "./key-path";

const FILE_MAX_BYTES = 1024 * 1024;
const PATTERN = /\{(env|file):([^{}]*)\}/g;

export interface SubstituteOptions {
  env: Env;
  /** Where `~/` leads; the system's answer when it is not given. */
  home?: string;
  /** The file or variable that says it, for messages. */
  origin: string;
  /** What relative paths are relative to. */
  directory: string;
  warn: (message: string) => void;
  /** Told of each value that is put in, and of the key it is for. */
  onValue?: (value: string, path: KeyPath) => void;
}

/** A copy of `value` with all substitutions made; AppError invalid names a file that is missing. */
export async function substitute<T>(value: T, options: SubstituteOptions): Promise<T> {
  return (await visit(value, [], options)) as T;
}

async function visit(value: unknown, path: KeyPath, options: SubstituteOptions): Promise<unknown> {
  if (typeof value === "string") return replaceAll(value, path, options);
  if (Array.isArray(value)) {
    return Promise.all(value.map((item, index) => visit(item, [...path, index], options)));
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [
    await replaceAll(key, path, options),
    await visit(item, [...path, key], options),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

async function replaceAll(text: string, path: KeyPath, options: SubstituteOptions) {
  if (!text.includes("{env:") && !text.includes("{file:")) return text;
  const parts = [...text.matchAll(PATTERN)];
  const values = await Promise.all(
    parts.map(([, kind = "", name = ""]) =>
      kind === "env" ? readVariable(name, path, options) : readReference(name, path, options),
    ),
  );
  for (const value of values) options.onValue?.(value, path);
  let next = 0;
  return text.replace(PATTERN, () => values[next++] ?? "");
}

function readVariable(name: string, path: KeyPath, options: SubstituteOptions): string {
  const value = options.env[name];
  if (value !== undefined) return value;
  const where = `${options.origin}: ${formatKeyPath(path)}`;
  options.warn(`${where}: the environment variable ${name} is not set`);
  return "";
}

async function readReference(
  name: string,
  path: KeyPath,
  options: SubstituteOptions,
): Promise<string> {
  const file = resolveReference(name, options);
  try {
    const found = await stat(file);
    // A pipe or a device would never end.
    if (!found.isFile()) throw new Error("it is not a regular file");
    if (found.size > FILE_MAX_BYTES) throw new Error(`it is larger than ${FILE_MAX_BYTES} bytes`);
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    const reason = errorMessage(fileFailure("read", file, error));
    const message = `${formatKeyPath(path)}: {file:${name}}: ${reason}`;
    throw configError("ConfigInvalidError", options.origin, message, undefined, { file });
  }
}

function resolveReference(name: string, options: SubstituteOptions): string {
  if (name.startsWith("~/")) return join(options.home ?? homedir(), name.slice(2));
  return isAbsolute(name) ? name : resolve(options.directory, name);
}
