// Events: one list, told apart by type, typed for those who publish and those who listen.

import { describe, expect, test } from "bun:test";
import { findIssues, formatIssue, isValid, type TSchema } from "@/base/schema";
import { Event, GlobalEvent, type BusEvent, type EventProperties } from "@/schema/event";
import type { Part } from "@/schema/part";

const part: Part = {
  id: "prt_1",
  sessionID: "ses_1",
  messageID: "msg_1",
  type: "text",
  text: "hello",
};
const session = {
  id: "ses_1",
  slug: "quick-fox",
  projectID: "global",
  directory: "/a",
  title: "New session",
  version: "1.0.0",
  time: { created: 1, updated: 1 },
};

/** Compiles only while `type` tells the members of BusEvent apart. */
function partOf(event: BusEvent): Part | undefined {
  return event.type === "message.part.updated" ? event.properties.part : undefined;
}

function explain(schema: TSchema, value: unknown): string[] {
  return findIssues(schema, value).map(formatIssue);
}

describe("Event", () => {
  test.each([
    ["server.connected", {}],
    ["server.heartbeat", {}],
    ["session.created", { sessionID: "ses_1", info: session }],
    ["session.status", { sessionID: "ses_1", status: { type: "busy" } }],
    [
      "session.status",
      { sessionID: "ses_1", status: { type: "retry", attempt: 1, message: "m", next: 5 } },
    ],
    ["session.error", { error: { name: "MessageAbortedError", data: { message: "Aborted" } } }],
    ["message.part.updated", { sessionID: "ses_1", part, time: 1 }],
    [
      "permission.asked",
      {
        id: "per_1",
        sessionID: "ses_1",
        permission: "bash",
        patterns: ["ls"],
        metadata: {},
        always: ["ls *"],
      },
    ],
    ["permission.replied", { sessionID: "ses_1", requestID: "per_1", reply: "once" }],
    ["question.replied", { sessionID: "ses_1", requestID: "que_1", answers: [["A"], []] }],
    ["todo.updated", { sessionID: "ses_1", todos: [] }],
    ["tui.toast.show", { message: "m", variant: "info" }],
    ["vcs.branch.updated", {}],
  ])("accepts %s", (type, properties) => {
    expect(explain(Event, { id: "evt_1", type, properties })).toEqual([]);
  });

  test("names the fault inside the event that is meant", () => {
    const properties = { sessionID: "ses_1", part: { ...part, text: 1 }, time: 1 };
    const event = { id: "evt_1", type: "message.part.updated", properties };
    expect(explain(Event, event)).toEqual(["properties.part.text: expected string, got number"]);
    expect(isValid(Event, { ...event, type: "message.part.unheard" })).toBe(false);
    expect(explain(GlobalEvent, { directory: "/a", payload: event })).toEqual([
      "payload.properties.part.text: expected string, got number",
    ]);
  });

  test("each event is published under a name of its own", () => {
    const names = Event.anyOf.map((member) => member.$id);
    expect(new Set(names).size).toBe(Event.anyOf.length);
    expect(names).toContain("EventSessionCreated");
    expect(names).toContain("EventInstallationUpdate-available");
    expect(names).toContain("Event.tui.toast.show");
  });

  test("the types follow the list", () => {
    const properties: EventProperties<"message.part.updated"> = {
      sessionID: "ses_1",
      part,
      time: 1,
    };
    const event: BusEvent = { id: "evt_1", type: "message.part.updated", properties, seq: 7 };
    expect(partOf(event)).toBe(part);
    const broken = {
      id: "evt_1",
      // @ts-expect-error no such event
      type: "message.part.unheard",
      properties: {},
    } satisfies { id: string; type: BusEvent["type"]; properties: object };
    expect(isValid(Event, broken)).toBe(false);
  });
});
