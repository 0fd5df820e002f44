// Kills a process in the middle of a turn, opens its home again, and looks at what is there.
import { expect } from "bun:test";
import { join } from "node:path";
import { App } from "@/app/app";
import type { NeutralRequest, Turn } from "@test/support/scripted-model/turn";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";
import { tempTree } from "@test/support/temp";

const PROGRAM = join(import.meta.dir, "turn-process.ts");

/** One step with two calls, one without: as a turn, whatever was answered before. */
function answer(request: NeutralRequest): Turn {
  if (request.tools.length === 0) return { text: "Title" };
  const last = request.messages.at(-1);
  if (last?.text === "Again") return { text: "Here I am" };
  if (last?.results.length) return { reasoning: "Hm", text: "Done" };
  return {
    text: "Look",
    calls: [
      { tool: "read", input: { filePath: "a.txt" } },
      { tool: "bash", input: { command: "echo hi" } },
    ],
  };
}

/** Runs the turn to its end in a process; the number of its events. */
export async function countEvents(): Promise<number> {
  return Number(await killAt(Number.POSITIVE_INFINITY));
}

/**
 * Kills the process at its nth event. Then, with the same home: everything in the session has
 * ended, and the next prompt is answered, whose request pairs calls and results. Gives what the
 * process printed.
 */
export async function killAt(nth: number): Promise<string> {
  await using model = scriptedModel({ side: answer });
  await using tree = await tempTree({
    "home/": "",
    "project/a.txt": "x",
    "project/opencode.json": JSON.stringify(model.config()),
  });
  const child = Bun.spawn([process.execPath, PROGRAM, tree.path, String(nth)], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const printed = await child.stdout.text();
  await child.exited;
  expect(child.signalCode).toBe(Number.isFinite(nth) ? "SIGKILL" : null);
  await checkHome(tree.path);
  expect(model.violations).toEqual([]);
  return printed;
}

async function checkHome(root: string): Promise<void> {
  const home = join(root, "home");
  const directory = join(root, "project");
  const env = { PATH: process.env["PATH"], HOME: home };
  const app = await App.open({ env, home, directory, localServers: [], trust: true });
  try {
    const { prompts, sessions } = await app.instances.get(directory);
    expect(app.services.sessionStore.listUnfinished()).toEqual([]);
    const [session] = sessions.list();
    if (!session) throw new Error("the session is gone");
    for (const { info, parts } of sessions.messages(session.id).messages) {
      if (info.role === "assistant") expect(info.time.completed).toBeNumber();
      for (const part of parts) {
        if (part.type === "tool") expect(part.state.status).toBeOneOf(["completed", "error"]);
        if ("time" in part && part.type !== "retry") expect(part.time?.end).toBeNumber();
      }
    }
    const input = { parts: [{ type: "text" as const, text: "Again" }] };
    const { info } = await prompts.prompt(session.id, input);
    expect(info).toMatchObject({ finish: "stop" });
  } finally {
    await app.close();
  }
}
