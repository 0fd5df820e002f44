// Finds what tests left behind: entries in the temporary directory that was theirs alone, and, on
// Linux, processes that still carry the run's mark in their environment. Such processes are ended,
// because nobody else will.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What bun itself leaves there: caches and native libraries it has unpacked. */
const FROM_BUN = /^(\.|bun-|node-compile-cache)|\.(so|dylib|dll|node)$/;

const SHOWN_MAX = 5;

/** One line for each thing left behind; empty when all is clean. */
export async function findLeftBehind(temp: string, marker: string): Promise<string[]> {
  const processes = await endMarkedProcesses(marker);
  const entries = (await readdir(temp)).filter((name) => !FROM_BUN.test(name));
  return [...processes, ...(await Promise.all(entries.map((name) => describe(temp, name))))];
}

/** With the first of what is in it, which tells who has made it. */
async function describe(temp: string, name: string): Promise<string> {
  const inside = await readdir(join(temp, name), { recursive: true }).catch(() => []); // a file
  const shown = inside.sort((a, b) => b.length - a.length).slice(0, SHOWN_MAX);
  return [`temporary ${name}`, ...shown].join(" ");
}

async function endMarkedProcesses(marker: string): Promise<string[]> {
  if (process.platform !== "linux") return [];
  const ended: string[] = [];
  for (const name of await readdir("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const environment = await readProcessFile(name, "environ");
    if (!environment.includes(`OPENCODE_TEST_RUN=${marker}`)) continue;
    const command = (await readProcessFile(name, "cmdline")).replaceAll("\0", " ").trim();
    ended.push(`process ${pid}: ${command}`);
    endProcess(pid);
  }
  return ended;
}

async function readProcessFile(pid: string, name: string): Promise<string> {
  try {
    return await readFile(join("/proc", pid, name), "utf8");
  } catch {
    // It has ended meanwhile, or belongs to somebody else: not a process of these tests.
    return "";
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself between the look and the signal, which is what is wanted.
  }
}
