// Slugs: two words by which a person can name a session. They need not be unique.

const adjectives =
  "amber brave calm clever cosmic crisp eager gentle golden happy hidden jolly kind lucky mellow " +
  "misty nimble noble polite proud quick quiet silent silver smooth sunny swift tidy vivid witty";

const nouns =
  "badger beacon brook canyon cedar comet coral ember falcon fern forest garden glacier harbor " +
  "heron island lantern maple meadow orbit otter panda pebble planet river rocket sparrow tiger";

export function createSlug(): string {
  return `${pick(adjectives)}-${pick(nouns)}`;
}

function pick(words: string): string {
  const list = words.split(" ");
  return list[Math.floor(Math.random() * list.length)] ?? words;
}
