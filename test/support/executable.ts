// The executable as people get it: built once for a whole run of the tests, however many files ask
// for it, and gone at its end.
//
// The runner gives every run a temporary directory of its own, which the test processes share; the
// first that asks builds there, the others wait. A build that takes longer than a lock is good for
// is made twice, and the first one counts. A test file that is run by hand builds its own.

import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { systemClock } from "@/base/clock";
import { withFileLock } from "@/base/file-lock";

/** What a test that may be the first to ask has to allow for. */
export const BUILD_LIMIT_MS = 180_000;

/** Names a ready executable to be tested instead, for trying one that was built elsewhere. */
const READY = "OPENCODE_TEST_EXECUTABLE";

const ROOT = resolve(import.meta.dir, "../..");

export interface Executable extends AsyncDisposable {
  readonly path: string;
}

/** `const executable = await openExecutable();` in beforeAll; dispose of it in afterAll. */
export async function openExecutable(): Promise<Executable> {
  const ready = process.env[READY];
  if (ready) return { path: resolve(ready), [Symbol.asyncDispose]: () => Promise.resolve() };
  const isShared = process.env["OPENCODE_TEST_RUN"] !== undefined;
  // The leading dot: the runner removes it with the directory and takes it for nobody's litter.
  const name = isShared ? ".executable" : `.executable-${process.pid}`;
  const directory = join(tmpdir(), name);
  const path = join(directory, process.platform === "win32" ? "opencode.exe" : "opencode");
  await withFileLock(`${directory}.lock`, systemClock, async () => {
    if (existsSync(path)) return;
    const own = `${directory}-${process.pid}`;
    await build(own);
    // Whole or not at all. Another one was quicker: it is the same.
    await rename(own, directory).catch(() => rm(own, { recursive: true }));
  });
  return {
    path,
    async [Symbol.asyncDispose]() {
      if (!isShared) await rm(directory, { recursive: true, force: true });
    },
  };
}

async function build(directory: string): Promise<void> {
  const child = Bun.spawn([process.execPath, "build.ts", "--outdir", directory], {
    cwd: ROOT,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) !== 0) throw new Error(`the build failed:\n${stdout}${stderr}`);
}
