// What the renderer writes to: the terminal itself, or what holds its output to what the terminal
// can do. The renderer watches the size of none but the terminal itself; here that is made up for.
import type { CliRenderer } from "@opentui/core";
import type { Clock } from "@/base/clock";
import { countWholeClusters } from "@/base/env";
import { findJoining, guardClusters } from "./cluster-guard";
import { findColorDepth, limitColors } from "./theme/color-depth";

/** A window that is dragged has many sizes; the one it comes to rest at is drawn. */
export const SETTLE_MS = 40;

export function terminalOutput(
  env: Readonly<Record<string, string | undefined>>,
): NodeJS.WriteStream {
  const joining = findJoining(env);
  if (joining) countWholeClusters();
  const guarded = joining ? guardClusters(process.stdout, joining) : process.stdout;
  return limitColors(guarded, findColorDepth(env));
}

/** Tells the renderer of each new size of the terminal, until the returned function is called. */
export function followSize(
  renderer: CliRenderer,
  output: NodeJS.WriteStream,
  clock: Clock,
): () => void {
  const { stdout } = process;
  if (output === stdout) return () => undefined;
  let cancel = () => {};
  const changed = () => {
    cancel();
    cancel = clock.timer(SETTLE_MS, () => renderer.resize(stdout.columns, stdout.rows));
  };
  stdout.on("resize", changed);
  return () => {
    cancel();
    stdout.off("resize", changed);
  };
}
