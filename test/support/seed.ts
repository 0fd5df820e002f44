// The seed of tests that choose at random: the same in every run, so that a run tells of the change
// it is for. `SEED=7 bun run test` is another one.

export function readSeed(): number {
  return Number(process.env["SEED"] ?? 1);
}
