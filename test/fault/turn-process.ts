// A process of its own that runs one scripted turn and ends itself by SIGKILL at the nth event of
// it, right after the change that the event tells was committed.
//
// bun turn-process.ts ROOT NTH    prints the number of events when the turn comes to its end
import { App } from "@/app/app";
import { FakeClock } from "@test/support/clock";

async function run(root: string, nth: number): Promise<void> {
  const home = `${root}/home`;
  const directory = `${root}/project`;
  // A clock that stands still: each event comes at the same place in every run.
  const app = await App.open({
    env: { PATH: process.env["PATH"], HOME: home },
    home,
    directory,
    clock: new FakeClock(),
    localServers: [],
    trust: true,
  });
  const instance = await app.instances.get(directory);
  let events = 0;
  instance.bus.subscribe(() => {
    if (++events === nth) process.kill(process.pid, "SIGKILL");
  });
  const session = instance.sessions.create({ title: "Test" });
  await instance.prompts.prompt(session.id, { parts: [{ type: "text", text: "Go" }] });
  await app.close();
  process.stdout.write(`${events}\n`);
}

if (import.meta.main) await run(process.argv[2] ?? "", Number(process.argv[3]));
