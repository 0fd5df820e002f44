// The program in a long test: prompts one session again and again, disposes its directory now and
// then, and tells how much memory it has each time. One JSON object a line.
// Arguments: root (with home and project), what is said before the number of a turn, the first and
// the last number, turns between disposals, and the session to go on with, if not a new one.
import { join } from "node:path";
import { App } from "@/app/app";
import { readEnv } from "@/base/env";

const [root = "", words = "", first = "1", last = "1", between = "1", known] =
  process.argv.slice(2);
const QUIET_ROUNDS = 5;
const ROUND_MS = 100;
const directory = join(root, "project");
const home = join(root, "home");

function tell(values: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(values)}\n`);
}

/** What is left when everything that can go has gone: some of it goes a while later. */
async function residentBytes(): Promise<number> {
  let least = Infinity;
  for (let quiet = 0; quiet < QUIET_ROUNDS; quiet++) {
    Bun.gc(true);
    await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
    const { rss } = process.memoryUsage();
    if (rss < least * 0.99) quiet = 0;
    least = Math.min(least, rss);
  }
  return least;
}

const env = { PATH: readEnv()["PATH"], HOME: home, OPENCODE_TRUST: "1" };
const app = await App.open({ env, home, directory, localServers: [] });
const { sessions } = await app.instances.get(directory);
const sessionID = known ?? sessions.create({ title: "Soak" }).id;
for (let turn = Number(first); turn <= Number(last); turn++) {
  const { jobs, prompts } = await app.instances.get(directory);
  const parts = [{ type: "text" as const, text: `${words} ${turn}` }];
  const { info } = await prompts.prompt(sessionID, { agent: "build", parts });
  await jobs.settled(sessionID);
  if (info.role === "assistant" && info.error) tell({ turn, error: info.error });
  if (turn % Number(between) > 0) continue;
  tell({ turn, sessionID, rss: await residentBytes() });
  await app.instances.dispose(directory);
}
await app.close();
