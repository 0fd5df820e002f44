// Answers in JSON. Large ones are compressed in a way that the client takes, and to a GET they
// have a tag by which the client asks whether it has them already.
import { promisify } from "node:util";

/** Below this neither is worth its time. */
const LARGE_LENGTH = 4 * 1024;
/** Speed counts more than the last percent. */
const ZSTD_LEVEL = 1;
const GZIP_LEVEL = 4;

type Headers = Record<string, string | number>;

/** The answer `text`, which is JSON. `set` holds the headers that the answer will have besides. */
export async function answerJSON(
  text: string,
  request: Request,
  set: { headers: Headers },
): Promise<Response> {
  const type = { "content-type": "application/json" };
  if (text.length < LARGE_LENGTH) return new Response(text, { headers: type });
  set.headers["vary"] = addToken(String(set.headers["vary"] ?? ""), "Accept-Encoding");
  const isRead = request.method === "GET" || request.method === "HEAD";
  const validator = isRead ? tagOf(text) : undefined;
  if (validator !== undefined) {
    set.headers["etag"] = validator;
    // It may be kept, by this client alone, and has to be asked for again.
    set.headers["cache-control"] = "private, no-cache";
    if (hasTag(request, validator)) return new Response(null, { status: 304 });
  }
  return compress(text, request, type);
}

async function compress(text: string, request: Request, type: Record<string, string>) {
  const accepted = acceptedEncodings(request.headers.get("accept-encoding") ?? "");
  if (accepted.includes("zstd")) {
    const body = await Bun.zstdCompress(text, { level: ZSTD_LEVEL });
    return new Response(body, { headers: { ...type, "content-encoding": "zstd" } });
  }
  if (accepted.includes("gzip")) {
    const { gzip } = await import("node:zlib");
    const body = await promisify(gzip)(text, { level: GZIP_LEVEL });
    return new Response(body, { headers: { ...type, "content-encoding": "gzip" } });
  }
  return new Response(text, { headers: type });
}

/** Weak, because the same answer has other bytes in another encoding. */
function tagOf(text: string): string {
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
