// Takes one snapshot of `<root>/project`, to be killed in the middle of it.
import { join } from "node:path";
import { systemClock } from "@/base/clock";
import { Logger } from "@/base/log";
import { resolvePaths } from "@/base/paths";
import { processIdentity } from "@/base/process";
import { KeyedLock } from "@/base/queue";
import { findRepository } from "@/host/git";
import { Snapshots } from "@/host/snapshots";

const root = process.argv[2] ?? "";
const owner = processIdentity(process.pid);
if (!owner) throw new Error("this process is not to be found");
const snapshots = new Snapshots({
  worktree: join(root, "project"),
  repository: await findRepository(join(root, "project")),
  paths: resolvePaths({}, join(root, "home")),
  env: process.env,
  clock: systemClock,
  locks: new KeyedLock(),
  log: Logger.silent(),
  owner,
});
await snapshots.track();
