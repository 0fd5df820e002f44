// Shares: making a session readable for strangers and ending that, and what strangers read: a page
// for browsers, JSON for programs, and a stream of events, all at the one address of the session.
import { randomBytes } from "node:crypto";
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { errorMessage } from "@/base/error";
import { t } from "@/base/schema";
import { MessageID, SessionID } from "@/schema/primitive";
import { Session } from "@/schema/session";
import { SharedSession } from "@/schema/share";
import { errorResponse, requestIDOf } from "@/server/error-response";
import { operation } from "@/server/operation";
import { inSession } from "@/server/request-context";
import { findShared, originOf, shareAddress } from "@/server/share-address";
import { pageHeaders, READER_HEADERS, renderNotice, renderPage } from "@/server/share-page";
import type { ShareStreams } from "@/server/share-stream";

/** Messages in one answer; older ones are in the next. */
const MESSAGES_MAX = 200;
const NONCE_BYTES = 16;

export function shareRoutes(app: App, streams: ShareStreams): AnyElysia {
  return new Elysia().use(ownerRoutes(app)).use(readerRoutes(app, streams));
}

function ownerRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inSession(app))
    .post(
      "/session/:sessionID/share",
      ({ instance, params, request, server }) => {
        const origin = originOf(request, server);
        return instance.shares.share(params.sessionID, (session, base = origin) => {
          return shareAddress(base, session);
        });
      },
      share,
    )
    .delete(
      "/session/:sessionID/share",
      ({ instance, params }) => instance.shares.unshare(params.sessionID),
      unshare,
    );
}

function readerRoutes(app: App, streams: ShareStreams): AnyElysia {
  return new Elysia().get(
    "/share/:shareID",
    async ({ params: { shareID }, query, request, set }) => {
      const session = findShared(app, shareID);
      const view = session && (await findView(app, session));
      if (!session || !view) return answerNothing(request, requestIDOf(set));
      const after = afterOf(request, query.after);
      if (accepts(request, "text/event-stream")) {
        const isPage = query.html === true;
        const position = after === undefined ? {} : { after };
        return streams.open(request, { shareID, sessionID: session.id, isPage, ...position });
      }
      const cursor = app.services.sessionStore.lastSeq();
      const { info, status } = view;
      const page = view.messages({ limit: MESSAGES_MAX, ...before(query.before) });
      const shared = { info, status, ...page, cursor };
      return answer(request, shared, query.before === undefined);
    },
    read,
  );
}

type View = Awaited<ReturnType<Awaited<ReturnType<App["instances"]["get"]>>["shares"]["view"]>>;

/** A failure may name paths and settings of this machine: it is for the log, not for readers. */
async function findView(app: App, session: Session): Promise<View | undefined> {
  try {
    const instance = await app.instances.get(session.directory);
    return await instance.shares.view(session.id);
  } catch (error) {
    const reason = errorMessage(error);
    app.services.log.warn("a shared session cannot be shown", { sessionID: session.id, reason });
    return undefined;
  }
}

function answer(request: Request, shared: SharedSession, isLive: boolean): Response {
  if (!accepts(request, "text/html")) {
    return Response.json(shared, { headers: READER_HEADERS });
  }
  const nonce = randomBytes(NONCE_BYTES).toString("base64url");
  return new Response(renderPage(shared, nonce, isLive), { headers: pageHeaders(request, nonce) });
}

function answerNothing(request: Request, requestID: string): Response {
  const message = "Nothing is shared at this address, or not any more";
  if (!accepts(request, "text/html")) {
    return errorResponse(404, "NotFoundError", message, { requestID }, READER_HEADERS);
  }
  const nonce = randomBytes(NONCE_BYTES).toString("base64url");
  const headers = pageHeaders(request, nonce);
  return new Response(renderNotice(message, nonce), { status: 404, headers });
}

function accepts(request: Request, type: string): boolean {
  return (request.headers.get("accept") ?? "").toLowerCase().includes(type);
}

/** Browsers that come back say it in a header, which counts more. */
function afterOf(request: Request, after: number | undefined): number | undefined {
  const last = request.headers.get("last-event-id") ?? "";
  return /^\d{1,15}$/.test(last) ? Number(last) : after;
}

function before(messageID: string | undefined): { before?: string } {
  return messageID === undefined ? {} : { before: messageID };
}

const params = t.Object({ sessionID: SessionID });

const share = operation({
  id: "session.share",
  group: "Sessions",
  place: "directory",
  summary: "Share a session",
  description:
    "Whoever has the `share.url` of the answer reads the session on this server, without its " +
    "password; secrets and paths outside of the project are masked. " +
    "Refused where the configuration's `share` is `disabled`.",
  params,
  response: Session,
});

const unshare = operation({
  id: "session.unshare",
  group: "Sessions",
  place: "directory",
  summary: "Unshare a session",
  description: "Its address leads nowhere from now on, and its readers are cut off.",
  params,
  response: Session,
});

const read = operation({
  id: "share.get",
  group: "Sessions",
  place: "global",
  isOpen: true,
  summary: "Read a shared session",
  description:
    "The address that sharing gives; it needs no password. A page where Accept names text/html, " +
    "and where it names text/event-stream the events of the session: `server.connected`, then " +
    "the present state of what changes. After `resumed: false` all is to be read again.",
  params: t.Object({ shareID: t.String({ description: "The last part of `share.url`" }) }),
  query: t.Object({
    before: t.Optional(t.String({ ...MessageID, description: "Only messages before this one" })),
    after: t.Optional(
      t.Integer({ minimum: 0, description: "Events after this change, the answer's `cursor`" }),
    ),
    html: t.Optional(t.Boolean({ description: "Events carry the HTML of what they tell" })),
  }),
  response: SharedSession,
});
