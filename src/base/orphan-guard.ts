// Orphan guard: ends the process group of a program when this process dies without having ended it,
// by SIGKILL for instance. A small shell waits for the end of its input, which our death brings.
// On Linux it ends those that have left the group as well, if they carry a mark. On Windows there
// is none.

/** How long programs may take to leave by themselves after our death. */
const GRACE_SECONDS = 1;
/** Twice: what is started between the look and the kill is found at the second one. */
const SCRIPT = `read -r _
sleep ${GRACE_SECONDS}
kill -s KILL -- "-$0"
[ -n "$1" ] || exit
for round in 1 2; do
  for file in $(grep -slF -e "$1" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill -s KILL "\${pid%/environ}"
  done
done`;

/**
 * Guards the group that `leader` leads, and whatever has `mark` (NAME=value, like no other) in its
 * environment; the function that is given must be called at its end.
 */
export function guardGroup(leader: number, mark = ""): () => void {
  if (process.platform === "win32") return () => {};
  const guard = Bun.spawn(["/bin/sh", "-c", SCRIPT, String(leader), mark], {
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
