import { expect, test } from "bun:test";
import type { BusEvent, EventProperties, EventType } from "@/schema/event";
import type { Session } from "@/schema/session";
import { reduce } from "@/tui/store/reduce";
import { initialState, type State } from "@/tui/store/state";
import { answerMessage, messageID, SESSION, textPart, userMessage } from "@test/support/transcript";

const start = initialState("/project");

function heard<T extends EventType>(state: State, type: T, properties: EventProperties<T>): State {
  // Type and properties are those of one member of the union.
  const event = { id: "evt_1", type, properties } as BusEvent;
  return reduce(state, { type: "heard", event, at: 1_000 });
}

const session: Session = {
  id: SESSION,
  slug: "quick-fox",
  projectID: "p",
  directory: "/project",
  title: "A session",
  version: "1",
  time: { created: 1, updated: 1 },
};

test("a session is busy from its status on, and since when is known", () => {
  const busy = heard(start, "session.status", { sessionID: SESSION, status: { type: "busy" } });
  expect(busy.busySince[SESSION]).toBe(1_000);
  const retry = { type: "retry", attempt: 1, message: "busy", next: 2_000 } as const;
  const later = reduce(busy, {
    type: "heard",
    event: {
      id: "evt_2",
      type: "session.status",
      properties: { sessionID: SESSION, status: retry },
    },
    at: 5_000,
  });
  expect(later.busySince[SESSION]).toBe(1_000);
  const idle = heard(later, "session.idle", { sessionID: SESSION });
  expect([idle.status, idle.busySince]).toEqual([{}, {}]);
});

test("messages and parts stand in the order of their ids, whenever they come", () => {
  const loaded = reduce(start, {
    type: "transcript.loaded",
    sessionID: SESSION,
    messages: [userMessage(1, "one"), userMessage(5, "five")],
    place: "newest",
  });
  const between = answerMessage(3, messageID(1), () => []).info;
  let state = heard(loaded, "message.updated", { sessionID: SESSION, info: between });
  const parts = [textPart(between.id, 2, "b"), textPart(between.id, 1, "a")];
  for (const part of parts) {
    state = heard(state, "message.part.updated", { sessionID: SESSION, part, time: 0 });
  }
  const messages = state.transcripts[SESSION]?.messages ?? [];
  expect(messages.map(({ info }) => info.id)).toEqual([1, 3, 5].map(messageID));
  expect(messages[1]?.parts).toEqual(parts.toReversed());
  expect(messages[0]).toBe(loaded.transcripts[SESSION]?.messages[0]);
});

test("older messages go before what is there, each once", () => {
  const newest = [userMessage(4, "four"), userMessage(5, "five")];
  const older = [userMessage(3, "three"), userMessage(4, "old four")];
  const state = [
    { messages: newest, place: "newest", older: "cursor" } as const,
    { messages: older, place: "older" } as const,
  ].reduce((state, page) => {
    return reduce(state, { type: "transcript.loaded", sessionID: SESSION, ...page });
  }, start);
  const transcript = state.transcripts[SESSION];
  expect(transcript?.messages.map(({ info }) => info.id)).toEqual([3, 4, 5].map(messageID));
  expect(transcript?.messages[1]).toBe(newest[0]);
  expect(transcript?.older).toBeUndefined();
});

test("the transcripts opened longest ago are let go", () => {
  let state = start;
  for (let n = 0; n < 30; n++) {
    const sessionID = `ses_${n}`;
    const messages = [userMessage(n, "hello")];
    state = reduce(state, { type: "transcript.loaded", sessionID, messages, place: "newest" });
  }
  const kept = Object.keys(state.transcripts);
  expect([kept.length, kept[0], kept.at(-1)]).toEqual([20, "ses_10", "ses_29"]);
});

test("events of sessions that are not open change nothing", () => {
  const { info } = userMessage(1, "one");
  expect(heard(start, "message.updated", { sessionID: SESSION, info })).toBe(start);
});

test("a deleted session takes what belongs to it along, and its screen", () => {
  let state: State = { ...start, route: { screen: "session", sessionID: SESSION } };
  state = heard(state, "session.created", { sessionID: SESSION, info: session });
  const ask = { id: "per_1", sessionID: SESSION, permission: "bash", patterns: [], always: [] };
  state = heard(state, "permission.asked", { ...ask, metadata: {} });
  state = heard(state, "session.deleted", { sessionID: SESSION, info: session });
  expect(state.sessions).toEqual({});
  expect(state.permissions).toEqual([]);
  expect(state.route).toEqual({ screen: "home" });
});

test("an ask goes away when it is answered, by whomever", () => {
  const ask = { id: "per_1", sessionID: SESSION, permission: "bash", patterns: [], always: [] };
  const asked = heard(start, "permission.asked", { ...ask, metadata: {} });
  expect(asked.permissions).toHaveLength(1);
  const reply = { sessionID: SESSION, requestID: "per_1", reply: "once" } as const;
  expect(heard(asked, "permission.replied", reply).permissions).toEqual([]);
});
