// Undoes or redoes in a bench that lies on the disk, and is killed at the given step of the work.
// Arguments: root, "undo" or "redo", and how many steps (calls of the snapshots' store) to live.
import { join } from "node:path";
import { revertBench } from "./revert-bench";

const [root = "", direction = "", steps = "0"] = process.argv.slice(2);
let left = Number(steps);
function step(): void {
  if (left-- <= 0) process.kill(process.pid, "SIGKILL");
}
const options = { root, database: join(root, "sessions.sqlite"), onCommit: step };
await using bench = await revertBench(options);
const { snapshots } = bench;
for (const name of ["put", "read", "readAll", "recordFiles"] as const) {
  const original = snapshots[name].bind(snapshots) as (...args: unknown[]) => Promise<unknown>;
  Object.assign(snapshots, {
    [name]: (...args: unknown[]) => {
      step();
      return original(...args);
    },
  });
}
const { messages } = bench.sessions.messages(bench.session.id);
const first = messages.find(({ info }) => info.role === "user");
if (direction === "undo") await bench.revert(first?.info.id ?? "");
else await bench.unrevert();
