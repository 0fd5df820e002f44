// Internal errors: bugs. The person gets one line and the name of the log, the log gets the stack.
import { errorMessage } from "@/base/error";
import { Logger } from "@/base/log";
import type { CLIContext } from "./context";

/** Logs `error` with its stack and says on stderr where; never rejects. */
export async function reportInternal(context: CLIContext, error: unknown): Promise<void> {
  const { clock, output, paths } = context;
  const log = Logger.open({ clock, level: "ERROR", directory: paths.log }).child("cli");
  const stack = error instanceof Error ? error.stack : undefined;
  log.error("internal error", { error: errorMessage(error), stack });
  await log.close();
  output.note(`This is a fault of the program; its details are in ${paths.log}`);
}
