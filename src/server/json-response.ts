// Answers in JSON. Large ones are compressed in a way that the client takes, and to a GET they
// have a tag by which the client asks whether it has them already.
import { promisify } from "node:util";

/** Below this neither is worth its time. */
const LARGE_LENGTH = 4 * 1024;
/** Speed counts more than the last percent. */
export const ZSTD_LEVEL = 1;
const GZIP_LEVEL = 4;

export type Encoding = "zstd" | "gzip" | "identity";

/** A large answer, whichever way it is kept. */
export interface LargeAnswer {
  /** Absent when the client may not keep the answer. */
  tag?: string | undefined;
  encode(encoding: Encoding): Promise<Body>;
}

type Body = string | Buffer;

type Headers = Record<string, string | number>;

const TYPE = { "content-type": "application/json" };

/** The answer `text`, which is JSON. `set` holds the headers that the answer will have besides. */
export async function answerJSON(
  text: string,
  request: Request,
  set: { headers: Headers },
): Promise<Response> {
  if (text.length < LARGE_LENGTH) return new Response(text, { headers: TYPE });
  const isRead = request.method === "GET" || request.method === "HEAD";
  const tag = isRead ? tagOf(text) : undefined;
  return answerLarge({ tag, encode: (encoding) => encodeText(text, encoding) }, request, set);
}

/** As `answerJSON`, for one that is large and may be kept in another form. */
export async function answerLarge(
  answer: LargeAnswer,
  request: Request,
  set: { headers: Headers },
): Promise<Response> {
  set.headers["vary"] = addToken(String(set.headers["vary"] ?? ""), "Accept-Encoding");
  if (answer.tag !== undefined) {
    set.headers["etag"] = answer.tag;
    // It may be kept, by this client alone, and has to be asked for again.
    set.headers["cache-control"] = "private, no-cache";
    if (hasTag(request, answer.tag)) return new Response(null, { status: 304 });
  }
  const encoding = chooseEncoding(request.headers.get("accept-encoding") ?? "");
  const body = await answer.encode(encoding);
  const headers = encoding === "identity" ? TYPE : { ...TYPE, "content-encoding": encoding };
  return new Response(body, { headers });
}

/** `text`, or its bytes, compressed in that way. */
export async function encodeText(text: Body, encoding: Encoding): Promise<Body> {
  if (encoding === "zstd") return Bun.zstdCompress(text, { level: ZSTD_LEVEL });
  if (encoding === "identity") return text;
  const { gzip } = await import("node:zlib");
  return promisify(gzip)(text, { level: GZIP_LEVEL });
}

function chooseEncoding(header: string): Encoding {
  const accepted = acceptedEncodings(header);
  return (["zstd", "gzip"] as const).find((name) => accepted.includes(name)) ?? "identity";
}

/**
 * By which a client asks for what it has. Weak, because the same answer has other bytes in another
 * encoding.
 */
export function tagOf(text: string): string {
  return `W/"${Bun.hash(text).toString(36)}"`;
}

function hasTag(request: Request, tag: string): boolean {
  const wanted = request.headers.get("if-none-match") ?? "";
  return wanted.split(",").some((one) => one.trim() === "*" || weak(one) === weak(tag));
}

function weak(tag: string): string {
  return tag.trim().replace(/^W\//, "");
}

/** The encodings of Accept-Encoding that are not refused by `q=0`. */
function acceptedEncodings(header: string): string[] {
  return header.split(",").flatMap((part) => {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const isRefused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return isRefused ? [] : [name];
  });
}

function addToken(list: string, token: string): string {
  return list === "" ? token : `${list}, ${token}`;
}
