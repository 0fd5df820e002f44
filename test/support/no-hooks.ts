// Hooks that nobody listens to.

import { Hooks } from "@/plugin/hooks";
import { FakeClock } from "@test/support/clock";

export function noHooks(): Hooks {
  return new Hooks({ sources: async () => [], report: () => {}, clock: new FakeClock() });
}
