// Who may speak to this server, decided from the request's head before anything else happens, in
// this order: the name it was called by (a rebinding name is refused first), the page it comes from
// (a page on another site can neither read nor write), the password. Event streams, upgrades,
// unknown paths and the document are under the same rules.
import { timingSafeEqual } from "node:crypto";
import { bearer } from "@elysiajs/bearer";
import { Elysia } from "elysia";
import { denied } from "@/base/error";
import { isShareVisit } from "./share-address";

export interface AccessOptions {
  /** The name or address the server is bound to. */
  hostname?: string;
  /** Further names it is reached by. */
  domains?: readonly string[];
  /** Origins allowed besides those that always are; exact. */
  cors?: readonly string[];
}

export interface Password {
  username: string;
  password: string;
}

/** Pages that may use any server of this kind: local ones, and the desktop and web programs. */
const ALLOWED_ORIGINS: readonly RegExp[] = [
  /^http:\/\/(localhost|127\.0\.0\.1):\d{1,5}$/,
  /^tauri:\/\/localhost$/,
  /^https?:\/\/tauri\.localhost$/,
  /^oc:\/\/renderer$/,
  /^https:\/\/([a-z0-9-]+\.)*opencode\.ai$/,
];

const LOOPBACK = /^(localhost|.+\.localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/;

/** Whether only this machine can reach what is bound to `hostname`. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(bracket(hostname.toLowerCase()));
}

export class Access {
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #isOpen: boolean;

  constructor({ hostname = "127.0.0.1", domains = [], cors = [] }: AccessOptions = {}) {
    const origins = cors.map((origin) => origin.trim().replace(/\/$/, "").toLowerCase());
    // A page that may use the server may also be served beside it, by a proxy under its name.
    const proxied = origins.flatMap((origin) => URL.parse(origin)?.hostname ?? []);
    this.#origins = new Set(origins);
    this.#hosts = new Set([hostname, ...domains, ...proxied].map(normalizeHost));
    this.#isOpen = !isLoopback(hostname);
  }

  /** Throws AppError denied for a name or a page that may not. */
  check(request: Request): void {
    const host = hostOf(request);
    if (!this.#isOwnHost(normalizeHost(host))) {
      throw denied(`Refused: this server is not called ${JSON.stringify(host)}`, { host });
    }
    const origin = request.headers.get("origin");
    if (origin !== null && !this.isAllowedOrigin(request)) {
      const advice = "start the server with --cors to allow it";
      throw denied(`Refused: pages of ${origin} may not use this server; ${advice}`, { origin });
    }
    const site = request.headers.get("sec-fetch-site");
    const isForeign = origin === null && (site === "cross-site" || site === "same-site");
    // A link to a shared session may stand anywhere.
    if (isForeign && !isShareVisit(request)) {
      throw denied("Refused: pages of other sites may not use this server");
    }
  }

  /** Whether the request comes from a page that may read the answer. */
  isAllowedOrigin(request: Request): boolean {
    const origin = request.headers.get("origin")?.toLowerCase();
    if (origin === undefined) return false;
    if (this.#origins.has(origin)) return true;
    if (ALLOWED_ORIGINS.some((pattern) => pattern.test(origin))) return true;
    // Our own page; its host has been checked, so it is no rebinding name.
    return (
      /^https?:$/.test(URL.parse(origin)?.protocol ?? "") &&
      URL.parse(origin)?.host === hostOf(request).toLowerCase()
    );
  }

  #isOwnHost(host: string): boolean {
    if (LOOPBACK.test(host) || this.#hosts.has(host)) return true;
    // Bound beyond loopback, any address of the machine will do: an address cannot be rebound.
    return this.#isOpen && ADDRESS.test(host);
  }
}

/** The name and port that the client believes it speaks to. */
function hostOf(request: Request): string {
  return request.headers.get("host") ?? new URL(request.url).host;
}

/** Lower case, without the port and the final dot. */
function normalizeHost(host: string): string {
  const name = bracket(host.toLowerCase()).replace(/:\d*$/, "");
  return name.replace(/\.$/, "");
}

/** An IPv6 address as it stands in a URL. */
function bracket(host: string): string {
  return /^[0-9a-f:.]*:[0-9a-f.]*:[0-9a-f:.]*$/.test(host) ? `[${host}]` : host;
}

/**
 * Says of a request whether it brings the password: by Basic or Bearer, or, where headers cannot be
 * set, as `?auth_token=` with the base64 of `username:password`.
 */
export function passwordCheck({ username, password }: Password) {
  const token = new Elysia().use(bearer()).get("/", ({ bearer }) => bearer ?? "");
  const readToken = async (authorization: string) => {
    const answer = await token.handle(
      new Request("http://localhost/", { headers: { authorization } }),
    );
    return answer.text();
  };
  const isPair = (encoded: string) => {
    const pair = Buffer.from(encoded, "base64").toString("utf8");
    const colon = pair.indexOf(":");
    const isUser = isSame(pair.slice(0, Math.max(colon, 0)), username);
    return isSame(pair.slice(colon + 1), password) && isUser;
  };
  return async (request: Request): Promise<boolean> => {
    const authorization = request.headers.get("authorization") ?? "";
    const basic = /^basic +(\S+)$/i.exec(authorization)?.[1];
    if (basic !== undefined) return isPair(basic);
    if (authorization !== "") return isSame(await readToken(authorization), password);
    const given = new URL(request.url).searchParams.get("auth_token");
    return given !== null && isPair(given);
  };
}

/** In a time that tells nothing of `expected`, its length included. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(text).digest();
}
