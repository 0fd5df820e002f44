import { expect, test } from "bun:test";
import { begin, callback, DEVICE, loginHome, type LoginHome, thrownBy } from "./login-home";

test("the device flow waits as long as it is told, slower when asked, and stores", async () => {
  await using home = await loginHome({ intervalSeconds: 2 });
  const { url, method, instructions } = await begin(home, DEVICE);
  expect([url, method]).toEqual([`${home.server.url}/confirm`, "auto"]);
  expect(instructions).toContain("ABCD-EFGH");
  const start = home.clock.now();
  const waiting = callback(home, undefined, DEVICE);
  await polled(home, 2_000);
  home.server.scripted.push({ status: 400, body: { error: "slow_down" } });
  home.server.scripted.push({ status: 503, body: "busy" });
  await polled(home, 2_000);
  await polled(home, 7_000);
  home.server.decide("allow");
  await polled(home, 12_000);
  expect(await waiting).toBe(true);
  expect(home.server.polls.map((at) => at - start)).toEqual([2_000, 23_000]);
  expect(await home.home.auth.get("acme")).toMatchObject({ type: "oauth" });
  expect(home.clock.pending).toBe(0);
});

test("a device code that is refused or runs out ends the login with its reason", async () => {
  await using home = await loginHome({ intervalSeconds: 2, deviceLifeSeconds: 3 });
  await begin(home, DEVICE);
  const refused = thrownBy(callback(home, undefined, DEVICE));
  home.server.decide("deny");
  await polled(home, 2_000);
  expect((await refused).text).toContain("the login was refused");
  await begin(home, DEVICE);
  const ended = thrownBy(callback(home, undefined, DEVICE));
  await polled(home, 2_000);
  await home.clock.waitForPending();
  await home.clock.advance(1_000);
  expect((await ended).text).toContain("the code has ended before it was confirmed");
});

/** Lets the wait of `ms` pass, as soon as it has begun, and waits until the server was asked. */
async function polled({ clock, server }: LoginHome, ms: number): Promise<void> {
  const asked = server.grants.length;
  await clock.waitForPending();
  await clock.advance(ms);
  await server.waitForGrant(asked);
}
