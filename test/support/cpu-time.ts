// How much work something is, however busy the machine is: what other programs do beside it does
// not count.

/** The time for which processors worked for this process meanwhile, in milliseconds. */
export async function cpuTime(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
