// Where the program starts, and the only file that does something when it is imported. The version
// is answered before anything else is loaded; what is typed meanwhile is kept for the terminal UI;
// all other words are the command line's.
import { opensTerminalUI, TypeAhead } from "@/cli/type-ahead";
import { answerVersion } from "@/cli/version";

const argv = process.argv.slice(2);
if (!(await answerVersion(argv))) {
  const typeAhead = opensTerminalUI(argv) ? TypeAhead.start() : undefined;
  const { main } = await import("@/cli/cli");
  // Explicit, because a handle that something left open must not keep the process.
  process.exit(await main(argv, typeAhead));
}
