// What the store is brought: the state as it is, what happens meanwhile, and what was missed.
import { expect, test } from "bun:test";
import type { BusEvent, EventProperties, EventType } from "@/schema/event";
import type { MessageWithParts } from "@/schema/message";
import type { PermissionRequest } from "@/schema/permission";
import type { Session } from "@/schema/session";
import type { Route } from "@/tui/store/state";
import { Sync } from "@/tui/sync";
import { type SentRequest, testScreen, type TestScreen } from "@test/support/screen";
import { answerMessage, messageID, SESSION, textPart, userMessage } from "@test/support/transcript";

function event<T extends EventType>(type: T, properties: EventProperties<T>): BusEvent {
  // Type and properties are those of one member of the union.
  return { id: "evt_1", type, properties } as BusEvent;
}

const tell = (screen: TestScreen, what: BusEvent, directory = "/project") =>
  screen.tell({ directory, event: what });

/** Lets everything that is on its way arrive. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const shown = (screen: TestScreen) =>
  screen.ui.store.state.transcripts[SESSION]?.messages.map(({ info }) => info.id);

test("what happens to a session while it is loaded is not missed, and not told twice", async () => {
  const old = answerMessage(2, messageID(1), (id) => [textPart(id, 1, "Hel")]);
  const page = Promise.withResolvers<MessageWithParts[]>();
  const answers = {
    [`GET /session/${SESSION}/message`]: () => page.promise,
  };
  await using screen = await testScreen({ answers });
  const sync = new Sync(screen.ui);
  sync.start();
  await settle();
  const opened = sync.openSession(SESSION);
  await settle();
  // Both are in the answer's past: the page was read before, and is sent after.
  const part = { ...textPart(old.info.id, 1, "Hello"), id: old.parts[0]?.id ?? "" };
  tell(screen, event("message.part.updated", { sessionID: SESSION, part, time: 0 }));
  const { info } = userMessage(3, "more");
  tell(screen, event("message.updated", { sessionID: SESSION, info }));
  page.resolve([userMessage(1, "one"), old]);
  await opened;
  expect(shown(screen)).toEqual([1, 2, 3].map(messageID));
  expect(screen.ui.store.state.transcripts[SESSION]?.messages[1]?.parts).toEqual([part]);
  sync.close();
});

test("a session is loaded once, and what it changed after its messages are drawn", async () => {
  const asked: string[] = [];
  const answers = {
    [`GET /session/${SESSION}/message`]: () => {
      asked.push("messages");
      return [userMessage(1, "one")];
    },
    [`GET /session/${SESSION}/diff`]: () => {
      asked.push("changes");
      return [];
    },
  };
  await using screen = await testScreen({ answers });
  const { renderer } = screen.terminal;
  renderer.on("frame", () => asked.push("frame"));
  screen.ui.store.subscribe((state, before) => {
    if (state.transcripts !== before.transcripts) renderer.requestRender();
  });
  const sync = new Sync(screen.ui);
  await Promise.all([sync.openSession(SESSION), sync.openSession(SESSION)]);
  await sync.openSession(SESSION);
  expect(asked).toEqual(["messages", "frame", "changes"]);
});

test("older pages are asked for one after the other, up to the first message", async () => {
  const answer = ({ query }: SentRequest) =>
    query["before"] === undefined ? [userMessage(9, "nine")] : [userMessage(4, "four")];
  const answers = { [`GET /session/${SESSION}/message`]: answer };
  await using screen = await testScreen({ answers });
  const sync = new Sync(screen.ui);
  await sync.openSession(SESSION);
  screen.ui.store.dispatch({
    type: "transcript.loaded",
    sessionID: SESSION,
    messages: [userMessage(9, "nine")],
    older: "cursor",
    place: "newest",
  });
  const before = screen.sent.length;
  await Promise.all([sync.loadOlder(SESSION, "page"), sync.loadOlder(SESSION, "page")]);
  expect(screen.sent.slice(before).map(({ query }) => query["before"])).toEqual(["cursor"]);
  expect(shown(screen)).toEqual([4, 9].map(messageID));
  await sync.loadOlder(SESSION, "all");
  expect(screen.sent).toHaveLength(before + 1);
});

const ask: PermissionRequest = {
  id: "per_1",
  sessionID: SESSION,
  permission: "bash",
  patterns: ["ls"],
  always: [],
  metadata: {},
};

test("what is allowed for good is answered at once, a repeated call is not", async () => {
  const answers = { "POST /permission/per_1/reply": () => true };
  await using screen = await testScreen({ answers, state: { autoApprove: true } });
  const sync = new Sync(screen.ui);
  sync.start();
  await settle();
  tell(screen, event("permission.asked", ask));
  tell(screen, event("permission.asked", { ...ask, id: "per_2", permission: "doom_loop" }));
  await settle();
  expect(screen.ui.store.state.permissions.map(({ id }) => id)).toEqual(["per_2"]);
  const replies = screen.sent.filter(({ path }) => path.endsWith("/reply"));
  expect(replies.map(({ body }) => body)).toEqual([{ reply: "once" }]);
  sync.close();
});

test("other directories are none of its business, but for sessions of the project", async () => {
  const project = {
    id: "p",
    worktree: "/project",
    time: { created: 1, updated: 1 },
    sandboxes: [],
  };
  await using screen = await testScreen({ state: { facts: { project } } });
  const sync = new Sync(screen.ui);
  sync.start();
  await settle();
  tell(screen, event("vcs.branch.updated", { branch: "elsewhere" }), "/other");
  expect(screen.ui.store.state.facts.vcs).toBeUndefined();
  const status = event("session.status", { sessionID: "ses_9", status: { type: "busy" } });
  screen.tell({ directory: "/other", project: "q", event: status });
  expect(screen.ui.store.state.status).toEqual({});
  screen.tell({ directory: "/project/below", project: "p", event: status });
  expect(screen.ui.store.state.status).toEqual({ ses_9: { type: "busy" } });
  sync.close();
});

test("what is asked is about the open session's directory, at home about the first", async () => {
  const session = (id: string, directory: string) => ({ id, directory, title: id }) as Session;
  const asked = new Map<string, string>();
  const path = (directory: string) => ({ directory, worktree: directory });
  const answers = {
    "GET /path": ({ directory = "/project" }: SentRequest) => {
      if (directory === "/gone") throw new Error("Directory not found: /gone");
      return path(directory);
    },
    "GET /agent": ({ directory = "" }: SentRequest) => (asked.set("agents", directory), []),
    "GET /session/status": () => ({}),
    "GET /session": () => [session("ses_b", "/other"), session("ses_c", "/gone")],
    "GET /permission": ({ directory }: SentRequest) => (directory === "/other" ? [ask] : []),
    "GET /question": () => [],
  };
  const state = { directory: "/project" };
  await using screen = await testScreen({ answers, state });
  const sync = new Sync(screen.ui);
  sync.start();
  await settle();
  const open = async (route: Route) => {
    screen.ui.store.dispatch({ type: "route.changed", route });
    screen.ui.store.flush();
    await settle();
    return asked.get("agents");
  };
  const { store } = screen.ui;
  store.dispatch({ type: "session.loaded", session: session("ses_b", "/other") });
  expect(await open({ screen: "session", sessionID: "ses_b" })).toBe("/other");
  expect(store.state.facts.path?.directory).toBe("/other");
  expect(store.state.permissions).toEqual([ask]);
  expect(await open({ screen: "home" })).toBe("/project");
  await open({ screen: "session", sessionID: "ses_c" });
  expect(screen.toasts.join()).toContain("/gone");
  store.dispatch({ type: "directory.changed", directory: "/other" });
  expect(await open({ screen: "home" })).toBe("/other");
  sync.close();
});
