// Signs of several characters, as a family, a flag or a heart in colour, on terminals that put them
// together in ways of their own: they are as wide as here, or narrower, or fall apart. What such a
// sign leaves of its cells is blank, and what comes after it stands where it belongs.

type Environment = Readonly<Record<string, string | undefined>>;

/** How the terminal draws signs that are joined by a joiner: as one, or one after the other. */
type Joining = "joined" | "apart";

/** What terminals that join no signs leave in the environment, GNOME's and its kin the first. */
const JOINS_NOTHING = ["VTE_VERSION", "XTERM_VERSION", "ALACRITTY_WINDOW_ID"] as const;

/**
 * Undefined for terminals that are taken to join. What is around tmux is known by its own name only
 * since it joins.
 */
export function findJoining(env: Environment): Joining | undefined {
  if (env.TERM_PROGRAM === "tmux") return "joined";
  const isMultiplexed = env.TMUX !== undefined || env.STY !== undefined;
  const isApart = isMultiplexed || JOINS_NOTHING.some((name) => env[name] !== undefined);
  return isApart || /^(tmux|screen|alacritty|linux)/.test(env.TERM ?? "") ? "apart" : undefined;
}

/** The stream, with what is written to it guarded. */
export function guardClusters(stdout: NodeJS.WriteStream, joining: Joining): NodeJS.WriteStream {
  const guard = new ClusterGuard(joining);
  const write = (chunk: Uint8Array | string, ...rest: [((error?: Error | null) => void)?]) =>
    stdout.write(guard.write(Buffer.from(chunk)), ...rest);
  // The renderer replaces the property for a time.
  const property = { value: write, writable: true, configurable: true };
  return Object.create(stdout, { write: property }) as NodeJS.WriteStream;
}

const JOINER = "\u200d";
/** What says how the character before it looks, and the letters of flags. */
const PARTS = /\u200d|\ufe0f|\u20e3|[\u{1f3fb}-\u{1f3ff}]|[\u{1f1e6}-\u{1f1ff}]/u;
/** A frame ends with a sequence; text at the end of a chunk goes on in the next. */
const OPEN_END = /\P{ASCII}$/u;
const TONES = /[\u{1f3fb}-\u{1f3ff}]/gu;
const SAVE = "\u001b7";
const RESTORE = "\u001b8";

export class ClusterGuard {
  readonly #joining: Joining;
  readonly #decoder = new TextDecoder();
  readonly #segmenter = new Intl.Segmenter();
  /** The end of a chunk, where a sign may go on in the next one. */
  #rest = "";

  constructor(joining: Joining) {
    this.#joining = joining;
  }

  write(chunk: Uint8Array): Uint8Array {
    const text = this.#rest + this.#decoder.decode(chunk, { stream: true });
    const isOpen = OPEN_END.test(text);
    this.#rest = "";
    if (!isOpen && !PARTS.test(text)) return Buffer.from(text);
    const clusters = Array.from(this.#segmenter.segment(text), ({ segment }) => segment);
    if (isOpen) this.#rest = clusters.pop() ?? "";
    return Buffer.from(
      clusters.map((one) => (PARTS.test(one) ? this.#guarded(one) : one)).join(""),
    );
  }

  /** Blank first, then drawn, then behind it, however far it went. */
  #guarded(cluster: string): string {
    const columns = Bun.stringWidth(cluster);
    if (columns === 0) return cluster;
    const blank = SAVE + " ".repeat(columns) + RESTORE;
    return `${blank}${this.#drawable(cluster)}${RESTORE}\u001b[${columns}C`;
  }

  /** Never wider than it is to be: a tone that is not applied would be a sign of its own. */
  #drawable(cluster: string): string {
    const toneless = cluster.length > 2 ? cluster.replace(TONES, "") : cluster;
    return this.#joining === "joined" ? toneless : (toneless.split(JOINER)[0] ?? toneless);
  }
}
