// Server-sent events, from bytes to frames. Pieces of a frame are kept until its end has come.

export interface EventFrame {
  id?: string;
  data: string;
}

/** More than any event; a server that sends more without an end is none of ours. */
const FRAME_MAX_CHARACTERS = 64 * 1024 * 1024;

export class EventFrames {
  readonly #decoder = new TextDecoder();
  #rest = "";

  /** The frames that are whole now. Throws when one has no end. */
  add(bytes: Uint8Array): EventFrame[] {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true }).replaceAll("\r", "");
    const pieces = text.split("\n\n");
    this.#rest = pieces.pop() ?? "";
    if (this.#rest.length > FRAME_MAX_CHARACTERS) throw new Error("an event is too long");
    return pieces.flatMap((piece) => parseFrame(piece));
  }
}

/** Comments and frames without data are none. */
function parseFrame(piece: string): EventFrame[] {
  const data: string[] = [];
  let id: string | undefined;
  for (const line of piece.split("\n")) {
    const [, name, value = ""] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === "data") data.push(value);
    if (name === "id") id = value;
  }
  if (data.length === 0) return [];
  return [{ data: data.join("\n"), ...(id !== undefined && { id }) }];
}
