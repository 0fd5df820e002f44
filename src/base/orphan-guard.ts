// Orphan guard: ends the process group of a program when this process dies without having ended it,
// by SIGKILL for instance. A small shell waits for the end of its input, which our death brings.
// On Windows there is none.

/** How long programs may take to leave by themselves after our death. */
const GRACE_SECONDS = 1;
const SCRIPT = `read -r _; sleep ${GRACE_SECONDS}; kill -s KILL -- "-$0"`;

/** Guards the group that `leader` leads; the function that is given must be called at its end. */
export function guardGroup(leader: number): () => void {
  if (process.platform === "win32") return () => {};
  const guard = Bun.spawn(["/bin/sh", "-c", SCRIPT, String(leader)], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
    env: {},
    // Not reached by the signals that a terminal sends to our group.
    detached: true,
  });
  guard.unref();
  return () => guard.kill("SIGKILL");
}
