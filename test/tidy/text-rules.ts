// Rules about the text of every tracked file, and about which files there are.

import { TOP_LEVEL } from "@test/tidy/layers";
import type { RepositoryFile } from "@test/tidy/repository";
import type { Violation } from "@test/tidy/source";

const MAX_COLUMNS = 100;

interface Pattern {
  rule: string;
  pattern: RegExp;
  files: RegExp;
  message: string;
}

// Each pattern is written so that it does not match its own source.
const PATTERNS: readonly Pattern[] = [
  {
    rule: "developer's path",
    pattern: /(?<![\w.\-/}*@])\/(?:work|root|Users\/(?!user\b)\w+|home\/(?!user\b)\w+)\//,
    files: /./,
    message: "names a directory of somebody's machine: use a relative path, or /home/user",
  },
  {
    rule: "open end",
    pattern: /\b(?:TO[D]O|FIX[M]E)\b/,
    files: /./,
    message: "do it now, or say in plain words what is so and why",
  },
  {
    rule: "host in lockfile",
    pattern: /https?:\/\//,
    files: /^bun\.lock$/,
    message: "installed through another registry: remove the host, leave the empty string",
  },
  {
    rule: "skipped test",
    pattern: /\b(?:test|it|describe)\.(?:only|todo)\b/,
    files: /^test\/.*\.test\.ts$/,
    message: "a test runs with all others: finish it or remove it",
  },
  {
    rule: "trailing space",
    pattern: /[ \t]+$/,
    files: /\.(?:ts|json|md|toml|yml)$/,
    message: "remove it",
  },
];

/** No tracked text holds what one of the patterns finds. */
export function checkPatterns(files: readonly RepositoryFile[]): Violation[] {
  return files.flatMap(({ path, text }) => {
    const patterns = PATTERNS.filter((one) => one.files.test(path));
    return (text ?? "")
      .split("\n")
      .flatMap((content, index) =>
        patterns
          .filter(({ pattern }) => pattern.test(content))
          .map(({ rule, message }) => ({ path, line: index + 1, rule, message })),
      );
  });
}

/** Lines of code fit in 100 columns, unless they hold a URL. */
export function checkWidth(files: readonly RepositoryFile[]): Violation[] {
  return files
    .filter(({ path }) => path.endsWith(".ts"))
    .flatMap(({ path, text }) =>
      (text ?? "").split("\n").flatMap((content, index) => {
        if (content.length <= MAX_COLUMNS || content.includes("://")) return [];
        const message = `${content.length} columns: break it at ${MAX_COLUMNS}`;
        return [{ path, line: index + 1, rule: "line width", message }];
      }),
    );
}

/** The top of the repository holds the permitted names only. */
export function checkTopLevel(paths: readonly string[]): Violation[] {
  const names = [...new Set(paths.map((path) => path.split("/")[0] ?? path))];
  return names
    .filter((name) => !TOP_LEVEL.includes(name))
    .map((path) => ({
      path,
      line: 1,
      rule: "top level",
      message: "put it where it belongs below src or test",
    }));
}

/** The table in src/README.md is the literal of the tidy test. */
export function checkTable(readme: string, table: readonly string[]): Violation[] {
  const lines = readme.split("\n");
  const start = lines.indexOf(table[0] ?? "");
  const end = start < 0 ? -1 : lines.findIndex((line, at) => at > start && !line.startsWith("|"));
  const shown = start < 0 ? [] : lines.slice(start, end < 0 ? undefined : end);
  const at = Array.from({ length: Math.max(shown.length, table.length) }, (_, index) => index).find(
    (index) => shown[index] !== table[index],
  );
  if (at === undefined) return [];
  const expected = table[at] ?? "the table ends here";
  return [
    {
      path: "src/README.md",
      line: Math.max(1, start + at + 1),
      rule: "layer table",
      message: `differs from test/tidy/layers.ts, which has: ${expected}`,
    },
  ];
}
