// Models by name: `provider/model`, as configuration, command line and lists write them.
import { AppError } from "@/base/error";
import { editDistance } from "@/base/text";
import type { ModelRef } from "@/schema/primitive";

const SUGGESTIONS_MAX = 3;

/** The provider ends at the first slash; undefined when either part is missing. */
export function findModelRef(text: string): ModelRef | undefined {
  const slash = text.indexOf("/");
  if (slash <= 0 || slash === text.length - 1) return undefined;
  return { providerID: text.slice(0, slash), modelID: text.slice(slash + 1) };
}

/** As findModelRef; AppError invalid that names `where` the text stands. */
export function parseModelRef(text: string, where: string): ModelRef {
  const ref = findModelRef(text);
  if (ref !== undefined) return ref;
  throw new AppError(
    "invalid",
    "BadRequest",
    `${where}: ${JSON.stringify(text)} is not a model: write provider/model, ` +
      "as `opencode models` lists them",
  );
}

/** The candidates that were most likely meant, best first. */
export function suggest(word: string, candidates: readonly string[]): string[] {
  const wanted = word.toLowerCase();
  const ranked = candidates.map((candidate) => {
    const name = candidate.toLowerCase();
    const distance = editDistance(wanted, name);
    const isPart = wanted.length > 2 && (name.includes(wanted) || wanted.includes(name));
    return { candidate, score: isPart ? Math.min(distance, 1) : distance };
  });
  const limit = Math.max(1, Math.floor(word.length / 3));
  return ranked
    .filter(({ score }) => score <= limit)
    .toSorted((a, b) => a.score - b.score || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, SUGGESTIONS_MAX)
    .map(({ candidate }) => candidate);
}
