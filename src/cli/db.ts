// `opencode db path`: where the database is.
import type { CLIContext } from "./context";
import { EXIT } from "./exit-code";

export async function path(context: CLIContext): Promise<number> {
  context.output.print(context.paths.database);
  return EXIT.done;
}
