// Where the program starts, and the only file that does something when it is imported. The version
// is answered before anything else is loaded; all other words are the command line's.
import { answerVersion } from "@/cli/version";

if (!(await answerVersion(process.argv.slice(2)))) {
  const { main } = await import("@/cli/cli");
  // Explicit, because a handle that something left open must not keep the process.
  process.exit(await main(process.argv.slice(2)));
}
