// The test runner's command line: which files it asks for, and what goes on to bun test.

export interface RunOptions {
  long: boolean;
  /** A test file runs when its path contains one of these; without words all do. */
  words: string[];
  passedOn: string[];
}

/** Options of bun test whose value is the next argument. */
const WITH_VALUE = ["-t", "--test-name-pattern", "--timeout", "--retry", "--seed"] as const;

export function parseArguments(argv: readonly string[]): RunOptions {
  const options: RunOptions = { long: false, words: [], passedOn: [] };
  let valueFollows = false;
  for (const argument of argv) {
    if (valueFollows) options.passedOn.push(argument);
    else if (argument === "--long") options.long = true;
    else if (argument.startsWith("-")) options.passedOn.push(argument);
    else options.words.push(argument.replace(/^\.\//, ""));
    valueFollows = !valueFollows && WITH_VALUE.some((option) => option === argument);
  }
  return options;
}

/** The files to run, in order. Files of test/long are run by `--long` only, and alone. */
export function selectFiles(
  files: readonly string[],
  options: { long: boolean; words: readonly string[] },
): string[] {
  return files
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.startsWith("test/long/") === options.long)
    .filter(
      (file) => options.words.length === 0 || options.words.some((word) => file.includes(word)),
    )
    .toSorted();
}
