// MCP servers over and over: what they print without end costs no memory, and no process of any of
// them stays behind.
import { expect, test } from "bun:test";
import { isRunning } from "@/base/process";
import { scripted, testServers } from "@test/mcp/support";

test("100 MB on stderr are read as they come and kept in small part", async () => {
  await using t = await testServers({ mcp: { s: scripted({ stderrMegabytes: 100 }) } });
  const before = process.memoryUsage.rss();
  await t.servers.ready(undefined, 120_000);
  expect(await t.call("s_echo", { text: "still here" })).toBe("still here");
  Bun.gc(true);
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
}, 900_000);

test("after twenty rounds nothing of five servers is left", async () => {
  const pids: number[] = [];
  for (let round = 0; round < 20; round++) {
    await using t = await testServers({
      mcp: {
        plain: scripted(),
        parent: scripted({ hasChild: true }),
        stubborn: scripted({ isStubborn: true, hasChild: true }),
        loud: scripted({ stderrMegabytes: 5 }),
        mute: scripted({ isMute: true }, { timeout: 1_000 }),
      },
    });
    await t.servers.ready(undefined, 120_000);
    for (const name of ["plain", "parent", "stubborn", "loud"]) {
      pids.push(...JSON.parse(await t.call(`${name}_pids`)).filter(Boolean));
    }
    if (round % 2 === 0) await t.call("parent_crash").catch(() => {});
  }
  expect(pids).toHaveLength(20 * 6);
  const running = await Promise.all(pids.map(isRunning));
  expect(running.filter(Boolean)).toEqual([]);
}, 900_000);
