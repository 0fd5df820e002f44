// Packages from npm, installed by this very executable, which is a package client too. No script of
// a package runs, time is bounded, and nobody ever sees half of what was installed.
import { join } from "node:path";
import type { Env } from "./env";
import { unavailable } from "./error";
import { replaceDirectory } from "./file";
import { runProcess } from "./process";

const INSTALL_LIMIT_MS = 120_000;
const OUTPUT_MAX_BYTES = 64 * 1024;
const REASON_MAX_CHARACTERS = 1_000;

/**
 * Makes `place` a directory with these packages (name@version) in its `node_modules`, in one step.
 * Throws AppError unavailable that says why they cannot be had, or the signal's reason; `place` is
 * then as it was.
 */
export async function installFromNpm(
  specs: readonly string[],
  place: string,
  { env, signal }: { env: Env; signal: AbortSignal },
): Promise<void> {
  await replaceDirectory(place, async (cwd) => {
    await Bun.write(join(cwd, "package.json"), "{}\n");
    const argv = ["add", "--ignore-scripts", "--no-progress", "--no-summary", ...specs];
    const result = await runProcess([process.execPath, ...argv], {
      cwd,
      env: { ...env, BUN_BE_BUN: "1" },
      signal,
      timeoutMs: INSTALL_LIMIT_MS,
      maxBytes: OUTPUT_MAX_BYTES,
    });
    signal.throwIfAborted();
    if (result.timedOut) throw unavailable(`it was not installed in ${INSTALL_LIMIT_MS / 1_000} s`);
    if (result.exitCode !== 0) {
      const reason = (result.stderr || result.stdout).trim().slice(-REASON_MAX_CHARACTERS);
      throw unavailable(`it could not be installed: ${Bun.stripANSI(reason)}`, { specs });
    }
  });
}
