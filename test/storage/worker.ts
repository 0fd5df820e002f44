// Another process that opens a database: started by fixtures.ts, which tells it what to do in its
// argument, lets it go by a line on stdin and reads one line of JSON.

import { AppError, errorMessage } from "@/base/error";
import { systemClock } from "@/base/clock";
import { Logger } from "@/base/log";
import { openDatabase } from "@/storage/open-database";
import { SessionStore } from "@/storage/session-store";
import { session, type WorkerResult, type WorkerTask } from "./fixtures";

const NOBODY = 65_534;

async function work(task: WorkerTask): Promise<WorkerResult> {
  const seqs: number[] = [];
  const log = Logger.silent();
  const database = await openDatabase(task.path, { clock: systemClock, log });
  const store = new SessionStore(database);
  const first = task.first ?? 0;
  for (let number = first; number < first + (task.count ?? 0); number += 1) {
    seqs.push(store.putSession(session(number)));
  }
  database.close();
  return { pid: process.pid, seqs, keptAside: database.keptAside };
}

const task: WorkerTask = JSON.parse(process.argv[2] ?? "{}");
if (task.unprivileged && process.getuid?.() === 0) process.seteuid?.(NOBODY);
process.stdout.write("ready\n");
await Bun.stdin.stream().getReader().read();
const result = await work(task).catch((error: unknown) => ({
  pid: process.pid,
  seqs: [],
  error: {
    name: error instanceof Error ? error.name : "",
    kind: error instanceof AppError ? error.kind : undefined,
    message: errorMessage(error),
  },
}));
process.stdout.write(`${JSON.stringify(result)}\n`);
