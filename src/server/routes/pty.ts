// PTY: terminals for the person at a client, each with a WebSocket that carries what is printed and
// typed.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { denied, invalid } from "@/base/error";
import { t } from "@/base/schema";
import { PtyID } from "@/schema/primitive";
import { Pty, PtyCreateInput, PtyTicketConnectToken, PtyUpdateInput, Shell } from "@/schema/pty";
import { operation } from "@/server/operation";
import type { PtySockets } from "@/server/pty-sockets";
import type { PtyTickets } from "@/server/pty-tickets";
import { inDirectory } from "@/server/request-context";

export interface PtyConnections {
  sockets: PtySockets;
  tickets: PtyTickets;
}

export function ptyRoutes(app: App, connections: PtyConnections): AnyElysia {
  return new Elysia().use(terminalRoutes(app)).use(connectionRoutes(app, connections));
}

function terminalRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get("/pty/shells", ({ instance }) => instance.ptys.shells(), shells)
    .get("/pty", ({ instance }) => instance.ptys.list(), list)
    .post("/pty", ({ instance, body }) => instance.ptys.create(body), create)
    .get("/pty/:ptyID", ({ instance, params }) => instance.ptys.get(params.ptyID), get)
    .put(
      "/pty/:ptyID",
      ({ instance, params, body }) => instance.ptys.update(params.ptyID, body),
      update,
    )
    .delete(
      "/pty/:ptyID",
      async ({ instance, params }) => {
        await instance.ptys.remove(params.ptyID);
        return true;
      },
      remove,
    );
}

function connectionRoutes(app: App, { sockets, tickets }: PtyConnections): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .post(
      "/pty/:ptyID/connect-token",
      ({ instance, params }) => tickets.create(instance.ptys.get(params.ptyID).id),
      connectToken,
    )
    .get(
      "/pty/:ptyID/connect",
      ({ instance, params: { ptyID }, query: { cursor, ticket }, request, server }) => {
        const terminal = instance.ptys.terminal(ptyID);
        const isUpgrade = request.headers.get("upgrade")?.toLowerCase() === "websocket";
        if (!isUpgrade || !server) throw invalid("This is a WebSocket: ask for an upgrade to it");
        if (ticket !== undefined && !tickets.redeem(ticket, ptyID)) {
          throw denied("The ticket is not good any more: ask connect-token for a new one");
        }
        const data = sockets.handler(terminal, cursor === undefined ? undefined : Number(cursor));
        if (server.upgrade(request, { data })) return undefined;
        data.close();
        throw invalid("The upgrade to a WebSocket failed: its headers are not complete");
      },
      connect,
    );
}

const params = t.Object({ ptyID: PtyID });

const shells = operation({
  id: "pty.shells",
  group: "PTY",
  place: "directory",
  summary: "List the shells of this machine",
  description: "Acceptable are those in which the agent's commands can run.",
  response: t.Array(Shell),
});

const list = operation({
  id: "pty.list",
  group: "PTY",
  place: "directory",
  summary: "List terminals",
  response: t.Array(Pty),
});

const create = operation({
  id: "pty.create",
  group: "PTY",
  place: "directory",
  summary: "Open a terminal",
  description: "Without a command it runs the person's shell, as a login.",
  body: PtyCreateInput,
  response: Pty,
});

const get = operation({
  id: "pty.get",
  group: "PTY",
  place: "directory",
  summary: "Get a terminal",
  params,
  response: Pty,
});

const update = operation({
  id: "pty.update",
  group: "PTY",
  place: "directory",
  summary: "Change a terminal's title or size",
  params,
  body: PtyUpdateInput,
  response: Pty,
});

const remove = operation({
  id: "pty.remove",
  group: "PTY",
  place: "directory",
  summary: "Close a terminal",
  description: "Ends all that runs in it, and answers when it has ended.",
  params,
  response: t.Boolean(),
});

const connectToken = operation({
  id: "pty.connectToken",
  group: "PTY",
  place: "directory",
  summary: "Get a ticket for a terminal's WebSocket",
  description: "In place of the password where headers cannot be set. Good once and for a minute.",
  params,
  response: PtyTicketConnectToken,
});

const connect = operation({
  id: "pty.connect",
  group: "PTY",
  place: "directory",
  summary: "Connect to a terminal (WebSocket)",
  description:
    "Text frames from the server are output; text and binary frames to it are typed. A binary " +
    'frame from the server is a zero byte and JSON: {"cursor": n} tells where in the output the ' +
    "next text frame begins. The cursor grows by the length of each text in UTF-16 units.",
  params,
  query: t.Object({
    cursor: t.Optional(
      t.String({
        pattern: "^(-1|\\d{1,15})$",
        description: "Where to go on; without it at the oldest that is kept, -1: only what is new",
      }),
    ),
    ticket: t.Optional(t.String({ description: "From connect-token, in place of the password" })),
  }),
  response: t.Boolean(),
});
