// The real clock waits as long as the runtime can, and not at all for what has passed.
import { expect, test } from "bun:test";
import { systemClock } from "@/base/clock";

test("spans that have passed, or that no timer can hold, are waited for in silence", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on("warning", onWarning);
  let fired = false;
  const cancel = systemClock.timer(1e12, () => (fired = true));
  await systemClock.sleep(-50);
  await systemClock.sleep(20);
  cancel();
  process.off("warning", onWarning);
  expect([fired, warnings]).toEqual([false, []]);
});
