// The version, answered at once: nothing of the program is loaded for it but this and the output.
import { readEnv } from "@/base/env";
import { version } from "@/base/version";
import { Output } from "./output";

/** Prints the bare version when that is all that is asked for; false when it is not. */
export async function answerVersion(argv: readonly string[]): Promise<boolean> {
  if (argv.length !== 1 || (argv[0] !== "--version" && argv[0] !== "-v")) return false;
  const output = new Output(readEnv());
  output.print(version);
  await output.drain();
  return true;
}
