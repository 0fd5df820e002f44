// Random requests for every operation of /doc, each answer judged by what /doc declares for it.
// The environment gives SEED to repeat a run, COUNT for the requests of each operation, and ONLY
// for the operations whose ids contain it, whose failures are then made as small as can be.

import fc from "fast-check";
import { errorMessage } from "@/base/error";
import type { Operation } from "@test/support/contract";
import { readSeed } from "@test/support/seed";
import { arbitraryRequest, type FuzzRequest, recipeRequest } from "./requests";
import { FuzzWorld } from "./world";

/** After all others: they change what the others find. */
const LAST: readonly string[] = [
  ...["auth.set", "auth.remove", "config.update", "global.config.update"],
  ...["instance.dispose", "global.dispose"],
];
const QUOTE_MAX = 400;

/** One text for each operation that failed, and for what was found broken at the end. */
export async function fuzz(count: number): Promise<string[]> {
  const seed = readSeed();
  const runs = Number(process.env["COUNT"] ?? count);
  const only = process.env["ONLY"] ?? "";
  console.log(`random requests with SEED=${seed} COUNT=${runs}${only && ` ONLY=${only}`}`);
  await using world = await FuzzWorld.open();
  const chosen = world.contract.operations.filter(({ id }) => id.includes(only));
  const ordered = chosen.toSorted((a, b) => LAST.indexOf(a.id) - LAST.indexOf(b.id));
  const failures: string[] = [];
  for (const operation of ordered) {
    const failure = await fuzzOperation(world, operation, { seed, runs, shrinks: only !== "" });
    if (failure !== undefined) failures.push(failure);
  }
  return [...failures, ...(await world.faults())];
}

async function fuzzOperation(
  world: FuzzWorld,
  operation: Operation,
  { seed, runs, shrinks }: { seed: number; runs: number; shrinks: boolean },
): Promise<string | undefined> {
  const source = await world.source();
  const recipe = await world.recipe(operation);
  const requests = arbitraryRequest(operation, world.bodyOf(operation), { source, recipe });
  const property = fc.asyncProperty(requests, (request) => world.send(operation, request));
  const result = await fc.check(property, {
    seed,
    numRuns: runs,
    // Without one that succeeds, all others may be refused for the same reason.
    examples: [[recipeRequest(operation, recipe)]],
    // To find the smallest request that fails takes long; it is worth it for the chosen ones alone.
    endOnFailure: !shrinks,
  });
  if (!result.failed) return undefined;
  const [request] = result.counterexample ?? [];
  const reason = errorMessage(result.errorInstance);
  const asked = request ? format(request) : "";
  return `${operation.id}: ${asked}\n  ${reason}\n  SEED=${seed} ONLY=${operation.id}`;
}

function format({ method, path, body }: FuzzRequest): string {
  const text = body === undefined ? "" : ` ${body.slice(0, QUOTE_MAX)}`;
  return `${method} ${path.slice(0, QUOTE_MAX)}${text}`;
}
