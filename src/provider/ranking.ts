// Ranking: which of a provider's models to take when nobody has said, for the work and for small
// things beside it (titles, summaries). Pure; needs no network and no prices to give an answer.
import type { Model } from "@/schema/provider";

/** Good at this work and of a bearable price, best first. Matched against the end of the id. */
const FLAGSHIPS: readonly RegExp[] = [
  /claude-sonnet/,
  /gpt-[\d.]+(-sol|-codex)?$/,
  /gemini-[\d.]+-pro(-preview)?$/,
  /claude-opus/,
  /claude/,
  /gpt-\d/,
  /gemini-[\d.]+-flash(-preview)?$/,
  /grok-(\d|build|code)/,
  /kimi-k\d/,
  /mistral-medium/,
  /glm-\d/,
  /deepseek/,
  /qwen.*coder/,
  /devstral|codestral/,
];

/** Made for something else than conversation with tools. */
const OTHER_PURPOSE = new RegExp(
  "image|imagine|veo|omni|embed|rerank|tts|audio|lyria|whisper|transcribe|realtime|-live|" +
    "research|search|translate|guard|moderation|ocr|computer-use",
  "i",
);

/** Editions of a model that are for those who ask for them. */
const EDITION = /[-:](fast|pro|preview|exp|free|chat|customtools|highspeed|turbo|thinking)\b/i;

/** Names of small models: whole words, so that "minimax" is none. */
const SMALL = /(^|[-_./:])(haiku|flashx?|mini|nano|micro|small|lite|luna|instant)([-_./:]|$)/i;

/** Editions of small models that are dearer or of another kind. */
const SMALL_EDITION = /[-:](fast|pro|preview|exp|latest|free|codex|vl|vision)\b/i;

/** The model that is best for the work; one that cannot do it when there is no other. */
export function findBestModel(models: Iterable<Model>): Model | undefined {
  let best: Ranked | undefined;
  for (const model of models) {
    const ranked = rank(model);
    if (best === undefined || compareRanks(ranked, best) < 0) best = ranked;
  }
  return best?.model;
}

interface Ranked {
  model: Model;
  /** Smaller is better; the first that differs decides. */
  ranks: readonly number[];
}

/** Reads the names once: there are thousands of models, and each is compared with others. */
function rank(model: Model): Ranked {
  const isPoor = [!canWork(model), model.status !== "active"].map(Number);
  return { model, ranks: [...isPoor, flagshipRank(model), editionRank(model)] };
}

function compareRanks(a: Ranked, b: Ranked): number {
  for (const [index, own] of a.ranks.entries()) {
    const difference = own - (b.ranks[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return compareNewest(a.model, b.model);
}

/**
 * The newest small model of the same provider and vendor that costs no more than `main`, or `main`
 * itself. A free model is kept: on a machine of one's own, another would have to be loaded first.
 */
export function pickSmallModel(main: Model, models: Iterable<Model>): Model {
  if (isLocal(main) || main.providerID.startsWith("azure")) return main;
  const candidates = [...models].filter(
    (model) =>
      SMALL.test(model.id) &&
      !SMALL_EDITION.test(model.id) &&
      !OTHER_PURPOSE.test(model.id) &&
      model.capabilities.output.text &&
      vendorOf(model.id) === vendorOf(main.id) &&
      priceOf(model) <= priceOf(main),
  );
  const isKin = (model: Model) => stemOf(model.id) === stemOf(main.id);
  const byFamily = (a: Model, b: Model) => Number(isKin(b)) - Number(isKin(a));
  return candidates.toSorted((a, b) => byFamily(a, b) || compareNewest(a, b))[0] ?? main;
}

/** Whether the model can hold a conversation with tools, as far as is known. */
export function canWork(model: Model): boolean {
  const { capabilities } = model;
  return (
    capabilities.toolcall &&
    capabilities.input.text &&
    capabilities.output.text &&
    !OTHER_PURPOSE.test(model.id)
  );
}

function flagshipRank(model: Model): number {
  const index = FLAGSHIPS.findIndex((pattern) => pattern.test(model.id));
  return index < 0 ? FLAGSHIPS.length : index;
}

/** A small one among dated and priced ones is second choice; plain names say nothing. */
function editionRank(model: Model): number {
  if (model.release_date !== "" && SMALL.test(model.id)) return 2;
  return EDITION.test(model.id) ? 1 : 0;
}

/**
 * Newest first; of the same day the one served everywhere before one region's, the plain name
 * before a dated one, and then the last name first.
 */
function compareNewest(a: Model, b: Model): number {
  if (a.release_date !== b.release_date) return a.release_date > b.release_date ? -1 : 1;
  const global = Number(b.id.startsWith("global.")) - Number(a.id.startsWith("global."));
  if (global !== 0) return global;
  if (isEditionOf(a.id, b.id)) return 1;
  if (isEditionOf(b.id, a.id)) return -1;
  return a.id > b.id ? -1 : 1;
}

/** Whether `id` is `plain` with a date or another mark behind it. */
function isEditionOf(id: string, plain: string): boolean {
  return id.startsWith(plain) && /^[-@:]/.test(id.slice(plain.length));
}

function isLocal(model: Model): boolean {
  if (priceOf(model) > 0 || !URL.canParse(model.api.url)) return false;
  const { hostname } = new URL(model.api.url);
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

function priceOf({ cost }: Model): number {
  return cost.input + cost.output;
}

/** The first word of a name: "claude", "gpt". */
function stemOf(id: string): string {
  return /^[a-z]+/i.exec(id.slice(vendorOf(id).length))?.[0].toLowerCase() ?? "";
}

/** Who makes the model, of providers that serve many: "openai/", "us.anthropic.". */
function vendorOf(id: string): string {
  return /^.*\//.exec(id)?.[0] ?? /^([a-z][a-z-]*\.)+/.exec(id)?.[0] ?? "";
}
