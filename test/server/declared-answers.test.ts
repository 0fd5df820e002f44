// Every answer that /doc declares is given: each operation once with success, in a world where all
// that it needs is there, and once with each failure, which is thrown on the way to its handler.
// How failures come about is told by the tests of each route.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemClock } from "@/base/clock";
import { AppError, type ErrorKind } from "@/base/error";
import { createServer } from "@/server/server";
import { TuiControl } from "@/server/tui-control";
import { ApiWorld, recipeOf, RECIPES } from "@test/support/api-world";
import { Contract, fillPath } from "@test/support/contract";
import { EventReader } from "@test/support/event-reader";
import { SocketReader } from "@test/support/socket-reader";
import { type TestApp, testApp } from "@test/support/test-app";

/** What no plain request can show, or what would take the others' world away. */
const SPECIAL: Readonly<Record<string, (world: ApiWorld) => Promise<void>>> = {
  "event.subscribe": (world) => firstEvent(world, "event.subscribe", "/event"),
  "global.event": (world) => firstEvent(world, "global.event", "/global/event"),
  "pty.connect": async (world) => {
    const { ptyID } = await world.pty();
    const url = new URL(`/pty/${ptyID}/connect`, world.app.server.url);
    await using socket = await SocketReader.open(url);
    await socket[Symbol.asyncDispose]();
  },
  // Nothing that has an address asks a terminal interface, so this server is asked from inside.
  "tui.control.next": async ({ app, contract }) => {
    const control = new TuiControl(systemClock);
    const server = createServer(app.app, { control });
    const asked = control.ask(
      app.directory,
      { path: "/tui/ask", body: 1 },
      new AbortController().signal,
    );
    const response = await server.handle(new Request("http://localhost/tui/control/next"));
    const { status, headers } = response;
    contract.check("tui.control.next", { status, headers, body: await response.json() });
    expect(status).toBe(200);
    control.respond(app.directory, 2);
    expect(await asked).toBe(2);
  },
};

const LAST = ["instance.dispose", "global.dispose"];

async function firstEvent({ app, contract }: ApiWorld, id: string, path: string): Promise<void> {
  await using events = await EventReader.open(new URL(path, app.server.url));
  const frame = await events.next();
  contract.checkEvent(id, frame?.data);
}

test("each operation succeeds, and answers what it declares", async () => {
  await using world = await ApiWorld.open();
  const { contract } = world;
  const ids = contract.operations.map(({ id }) => id).toSorted((a, b) => rank(a) - rank(b));
  expect(Object.keys(RECIPES).filter((id) => !ids.includes(id))).toEqual([]);
  for (const id of ids) {
    const special = SPECIAL[id];
    if (special) await special(world);
    else {
      await contract.call(id, await recipeOf(id, world));
      // Else another operation would get an answer that is not meant for it.
      expect(world.app.model.turnsLeft, id).toBe(0);
    }
  }
  expect(world.logins.problems).toEqual([]);
}, 180_000);

function rank(id: string): number {
  return LAST.indexOf(id);
}

const KINDS: Readonly<Record<string, ErrorKind | undefined>> = {
  400: "invalid",
  403: "denied",
  404: "not-found",
  409: "conflict",
  413: "limit",
  503: "unavailable",
};

describe("each failure that is declared has the declared form", () => {
  let app: TestApp;
  let contract: Contract;
  beforeAll(async () => {
    app = await testApp();
    contract = await Contract.of(app);
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test.each(["400", "401", "403", "404", "409", "413", "500", "503"])("%s", async (status) => {
    const kind = KINDS[status];
    const failure = kind ? new AppError(kind, "TestError", "It failed") : new TypeError("a bug");
    const password = { username: "opencode", password: "secret" };
    const server = createServer(app.app, status === "401" ? { password } : {});
    if (status !== "401") {
      server.onRequest(() => {
        throw failure;
      });
    }
    const declaring = contract.operations.filter(({ responses }) => status in responses);
    expect(declaring.length).toBeGreaterThan(10);
    for (const { id, method, path } of declaring) {
      const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? "");
      const ids = Object.fromEntries(names.map((name) => [name, "x"]));
      const url = `http://localhost${fillPath(path, ids)}`;
      const response = await server.handle(new Request(url, { method: method.toUpperCase() }));
      expect(response.status, id).toBe(Number(status));
      const { headers } = response;
      contract.check(id, { status: response.status, headers, body: await response.json() });
    }
  });
});

test("a server that is being closed is unavailable, in every directory", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { id: sessionID } = (await t.instance()).sessions.create({});
  await t.app.instances.close();
  for (const { id, parameters, path, method } of contract.operations) {
    const hasDirectory = parameters.some(({ name }) => name === "directory");
    const isOfSession = path.startsWith("/session/{sessionID}");
    if (!hasDirectory || (path.includes("{") && !isOfSession)) continue;
    const params = { sessionID, messageID: "msg_1", partID: "prt_1", permissionID: "per_1" };
    const answer = await t.request(method.toUpperCase(), fillPath(path, params));
    // What does not fit may be refused before.
    expect([503, 400], id).toContain(answer.status);
    contract.check(id, answer);
  }
});
