// Whose fault an uncaught failure is: a plugin's timer that throws is no reason for the program to
// end, as one of its own is.
import { join } from "node:path";
import { isInside } from "@/base/file";

/** A frame of a stack with the path of its file; frames of the runtime itself have none. */
const FRAME = /^\s+at .*?\(?((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^()]*?)(?::\d+){1,2}\)?$/m;

/** The file outside of the program, with its place, that the failure comes from. */
export function foreignOrigin(error: unknown): string | undefined {
  const stack = error instanceof Error ? error.stack : undefined;
  const frame = stack === undefined ? null : FRAME.exec(stack);
  const path = frame?.[1]?.replace(/^file:\/\//, "").replace(/\?.*$/, "");
  return path === undefined || isInside(programRoot(), path) ? undefined : path;
}

/** Where the program's own code is: in the executable, or the directory that holds `src`. */
function programRoot(): string {
  const isSource = import.meta.path.endsWith(".ts");
  return isSource ? join(import.meta.dir, "..", "..") : import.meta.dir;
}
