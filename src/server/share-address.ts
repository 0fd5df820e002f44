// Share addresses: the one address at which a shared session is read, /share/ with the session's id
// and a secret behind it. Who has it needs no password, and gets nothing else by it. It is stored
// with the session alone, compared in constant time, and never written to the log.
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { App } from "@/app/app";
import type { Instance } from "@/app/instance";
import { errorMessage, unavailable } from "@/base/error";
import type { Session } from "@/schema/session";

/** 144 bits, 24 characters. */
const SECRET_BYTES = 18;
const SHARE_ID = /^(.{1,64})-([\w-]{24})$/;
/** In the address as it was sent: that is what leads to a route, dots and all. */
const PATH = /^[a-z]+:\/\/[^/?#]*\/share\/([^/?#]+)\/?(?:[?#]|$)/i;

/** What is needed of Bun's server; null when there is no socket. */
type Socket = { url: URL } | null;

/** The session's address below `origin`, with the secret it has or a new one. */
export function shareAddress(origin: string, session: Session): string {
  const secret = secretOf(session) ?? randomBytes(SECRET_BYTES).toString("base64url");
  return `${origin}/share/${encodeURIComponent(`${session.id}-${secret}`)}`;
}

/** The session that is shared under this id, the last part of its address; read anew each time. */
export function findShared(app: App, shareID: string): Session | undefined {
  const sessionID = SHARE_ID.exec(shareID)?.[1];
  if (sessionID === undefined) return undefined;
  const session = app.services.sessionStore.findSession(sessionID);
  return session && isSharedAs(session, shareID) ? session : undefined;
}

export function isSharedAs(session: Session, shareID: string): boolean {
  const given = SHARE_ID.exec(shareID)?.[2];
  const secret = secretOf(session);
  if (given === undefined || secret === undefined) return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(secret)) && shareID.startsWith(session.id);
}

/** Whether the request reads what is at an address of this kind, shared or not. */
export function isShareRequest({ method, url }: Request): boolean {
  return (method === "GET" || method === "HEAD") && PATH.test(url);
}

/** Whether somebody follows a link to such an address; the page that has it learns nothing. */
export function isShareVisit(request: Request): boolean {
  const { headers } = request;
  const isVisit = headers.get("sec-fetch-mode") === "navigate";
  return isShareRequest(request) && isVisit && headers.get("sec-fetch-dest") === "document";
}

/** The path as it may be written down. */
export function hideShare(pathname: string): string {
  return pathname.replace(/^(\/+share\/+).*$/, "$1[secret]");
}

/**
 * Where the client that asks reaches this server; without a connection, where the server listens.
 * Throws AppError unavailable when nobody could reach it.
 */
export function originOf({ headers, url }: Request, socket: Socket): string {
  const host = headers.get("host");
  if (host === null) return listeningOrigin(socket);
  // A proxy in front speaks HTTPS with the client and says so.
  const isSecure =
    new URL(url).protocol === "https:" || headers.get("x-forwarded-proto") === "https";
  return `${isSecure ? "https" : "http"}://${host}`;
}

/**
 * The new session, shared where new ones are. Never throws: it is there, and can be shared later.
 */
export async function shareNew(
  app: App,
  instance: Instance,
  session: Session,
  client: { request: Request; server: Socket },
): Promise<Session> {
  try {
    return await instance.shares.shareNew(session, (present, base) => {
      return shareAddress(base ?? originOf(client.request, client.server), present);
    });
  } catch (error) {
    const reason = errorMessage(error);
    app.services.log.warn("a new session was not shared", { sessionID: session.id, reason });
    return session;
  }
}

function listeningOrigin(socket: Socket): string {
  if (!socket) {
    const advice = "start it with `opencode serve` to share sessions";
    throw unavailable(`This program listens on no port, so nobody could open the page: ${advice}`);
  }
  const { protocol, hostname, port } = socket.url;
  const isAny = hostname === "0.0.0.0" || hostname === "[::]";
  return `${protocol}//${isAny ? "localhost" : hostname}:${port || "80"}`;
}

function secretOf({ share }: Session): string | undefined {
  const segment = share && URL.parse(share.url)?.pathname.split("/").at(-1);
  return segment === undefined ? undefined : SHARE_ID.exec(segment)?.[2];
}
