import { expect, test } from "bun:test";
import { Beat } from "@/tui/beat";
import { initialState, type State } from "@/tui/store/state";
import { Store } from "@/tui/store/store";
import type { BusEvent } from "@/schema/event";
import { FakeClock } from "@test/support/clock";
import { answerMessage, messageID, SESSION, textPart } from "@test/support/transcript";

const message = answerMessage(2, messageID(1), (id) => [textPart(id, 1, "Hel")]);
const part = message.parts[0] ?? textPart("", 0, "");

function opened(): { store: Store; clock: FakeClock; told: State[] } {
  const clock = new FakeClock();
  const transcripts = { [SESSION]: { messages: [message] } };
  const store = new Store({ ...initialState("/project"), transcripts }, clock, new Beat(clock));
  const told: State[] = [];
  store.subscribe((state) => told.push(state));
  return { store, clock, told };
}

function delta(text: string): BusEvent {
  const place = { sessionID: SESSION, messageID: message.info.id, partID: part.id };
  const properties = { ...place, field: "text", delta: text };
  return { id: "evt_1", type: "message.part.delta", properties };
}

const hear = (store: Store, event: BusEvent) => store.dispatch({ type: "heard", event, at: 0 });

function shown(store: Store): string | undefined {
  const found = store.state.transcripts[SESSION]?.messages[0]?.parts[0];
  return found?.type === "text" ? found.text : undefined;
}

test("text that comes in pieces is applied twenty times a second, and told once", async () => {
  const { store, clock, told } = opened();
  for (const piece of ["l", "o", " ", "you"]) hear(store, delta(piece));
  expect(shown(store)).toBe("Hel");
  await clock.advance(49);
  expect(told).toHaveLength(0);
  await clock.advance(1);
  expect(shown(store)).toBe("Hello you");
  expect(told).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test("the whole part stands for the pieces before it, not for those after it", async () => {
  const { store, clock } = opened();
  hear(store, delta("lo"));
  const whole = { ...textPart(message.info.id, 1, "Hello"), id: part.id };
  const properties = { sessionID: SESSION, part: whole, time: 0 };
  hear(store, { id: "evt_2", type: "message.part.updated", properties });
  hear(store, delta("!"));
  await clock.advance(50);
  expect(shown(store)).toBe("Hello!");
});

test("a part that grows waits for the beat with its pieces; its end does not", async () => {
  const { store, clock, told } = opened();
  const tell = (text: string, end?: number) => {
    const time = { start: 1, ...(end !== undefined && { end }) };
    const whole = { ...textPart(message.info.id, 1, text), id: part.id, time };
    const properties = { sessionID: SESSION, part: whole, time: 0 };
    hear(store, { id: "evt_2", type: "message.part.updated", properties });
  };
  tell("Hello");
  hear(store, delta(", you"));
  expect(shown(store)).toBe("Hel");
  await clock.advance(50);
  expect(shown(store)).toBe("Hello, you");
  expect(told).toHaveLength(1);
  tell("Hello, yo");
  tell("Hello, you.", 2);
  expect(shown(store)).toBe("Hello, you.");
  await clock.advance(50);
  expect(shown(store)).toBe("Hello, you.");
});

test("a part that is removed does not come back with what was gathered of it", async () => {
  const { store, clock } = opened();
  const whole = { ...textPart(message.info.id, 1, "Hello"), id: part.id, time: { start: 1 } };
  const place = { sessionID: SESSION, messageID: message.info.id, partID: part.id };
  hear(store, {
    id: "evt_2",
    type: "message.part.updated",
    properties: { sessionID: SESSION, part: whole, time: 0 },
  });
  hear(store, { id: "evt_3", type: "message.part.removed", properties: place });
  await clock.advance(50);
  expect(shown(store)).toBeUndefined();
});

test("changes of one turn of the event loop are told together", async () => {
  const { store, told } = opened();
  store.dispatch({ type: "choice.changed", choice: { agent: "plan" } });
  store.dispatch({ type: "view.changed", view: { thinking: true } });
  expect(told).toHaveLength(0);
  await Promise.resolve();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ choice: { agent: "plan" }, view: { thinking: true } });
});
