// What calls for the attention of a person who looks elsewhere.
import { expect, test } from "bun:test";
import type { MessageWithParts } from "@/schema/message";
import type { PermissionRequest } from "@/schema/permission";
import type { Session } from "@/schema/session";
import { findCalls } from "@/tui/attention";
import { initialState, type State } from "@/tui/store/state";

const sessions = {
  ses_1: { id: "ses_1", title: "One" } as Session,
  ses_2: { id: "ses_2", parentID: "ses_1", title: "Its subagent" } as Session,
};
const busy = { type: "busy" } as const;

function state(changed: Partial<State>): State {
  return { ...initialState("/p"), sessions, ...changed };
}

function ended(error?: { name: string }): State {
  const info = { role: "assistant", ...(error && { error }) };
  const messages = [{ info, parts: [] }] as unknown as MessageWithParts[];
  return state({ transcripts: { ses_1: { messages } } });
}

test("an ask calls once", () => {
  const asked = { id: "per_1", sessionID: "ses_1" } as PermissionRequest;
  const after = state({ permissions: [asked] });
  expect(findCalls(after, state({}))).toEqual([{ cause: "permission", sessionID: "ses_1" }]);
  expect(findCalls(after, after)).toEqual([]);
});

test("the end of a turn calls, by how it ended; not when the person stopped it", () => {
  const before = state({ status: { ses_1: busy } });
  expect(findCalls(ended(), before)).toEqual([{ cause: "done", sessionID: "ses_1" }]);
  const failed = findCalls(ended({ name: "APIError" }), before);
  expect(failed).toEqual([{ cause: "error", sessionID: "ses_1" }]);
  expect(findCalls(ended({ name: "MessageAbortedError" }), before)).toEqual([]);
});

test("a subagent's end is told apart", () => {
  const before = state({ status: { ses_1: busy, ses_2: busy } });
  const after = state({ status: { ses_1: busy } });
  expect(findCalls(after, before)).toEqual([{ cause: "subagent_done", sessionID: "ses_2" }]);
});
