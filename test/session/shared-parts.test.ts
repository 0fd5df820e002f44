import { expect, test } from "bun:test";
import { findIssues } from "@/base/schema";
import { MessageWithParts } from "@/schema/message";
import { Part } from "@/schema/part";
import { Session } from "@/schema/session";
import { createShareMask } from "@/session/share-mask";
import { sharedMessage, sharedPart, sharedSession } from "@/session/shared-parts";

const secret = "the-secret-value";
const mask = createShareMask({ secrets: [secret], root: "/home/user/project", home: "/home/user" });
const own = { id: "prt_1", sessionID: "ses_1", messageID: "msg_1" };
const time = { start: 1, end: 2 };
const tokens = { input: 1, output: 1, reasoning: 0, cache: { read: 0, write: 0 } };

/** Private wherever it stands. */
const hidden = `${secret} in /home/user/other/x`;
const anything = { hidden, deep: [{ [hidden]: hidden, apiKey: "abc", path: "/home/user/a b" }] };

const PARTS: Part[] = [
  { ...own, type: "text", text: hidden, time, metadata: anything },
  { ...own, type: "reasoning", text: hidden, time, metadata: anything },
  { ...own, type: "file", mime: "text/plain", url: `data:,${hidden}`, filename: hidden },
  { ...own, type: "agent", name: "build", source: { value: hidden, start: 0, end: 1 } },
  { ...own, type: "subtask", prompt: hidden, description: hidden, agent: "x", command: hidden },
  { ...own, type: "patch", hash: secret, files: ["/home/user/project/a b.ts", "/home/user/a b"] },
  { ...own, type: "snapshot", snapshot: secret },
  { ...own, type: "step-start", snapshot: secret },
  { ...own, type: "compaction", auto: true },
  ...[
    { status: "pending" as const, input: anything, raw: hidden },
    { status: "running" as const, input: anything, title: hidden, metadata: anything, time },
    { status: "error" as const, input: anything, error: hidden, metadata: anything, time },
    {
      ...{ status: "completed" as const, input: anything, output: hidden, title: hidden, time },
      metadata: anything,
      attachments: [{ ...own, type: "file" as const, mime: "image/png", url: `data:,${hidden}` }],
    },
  ].map((state) => ({ ...own, type: "tool" as const, callID: "1", tool: "bash", state })),
];

test("nothing private is in any shared part, and each has the usual shape", () => {
  for (const part of PARTS) {
    const shared = sharedPart(part, mask);
    expect(JSON.stringify(shared), part.type).not.toMatch(/the-secret|\/home\/user|abc|a b"/);
    for (const one of shared) expect(findIssues(Part, one)).toEqual([]);
  }
  const [patch] = PARTS.flatMap((part) => (part.type === "patch" ? sharedPart(part, mask) : []));
  expect(patch).toMatchObject({ files: ["a b.ts", "‹path›"] });
});

test("a session and its messages keep what is said, and nothing of the machine", () => {
  const session = {
    ...{ id: "ses_1", slug: "a-b", projectID: secret, directory: "/home/user/project" },
    ...{ title: hidden, version: "1", time: { created: 1, updated: 2 }, metadata: anything },
    share: { url: `http://localhost/share/${secret}` },
    permission: [{ permission: "bash", pattern: hidden, action: "allow" as const }],
    revert: { messageID: "msg_1", diff: hidden },
    summary: {
      ...{ additions: 1, deletions: 0, files: 1 },
      diffs: [{ patch: hidden, additions: 1, deletions: 0 }],
    },
  };
  const shared = sharedSession(session, mask);
  expect(findIssues(Session, shared)).toEqual([]);
  expect(JSON.stringify(shared)).not.toMatch(/the-secret|\/home\/user|"share"|permission|revert/);
  const user = {
    ...{ id: "msg_1", sessionID: "ses_1", role: "user" as const, time: { created: 1 } },
    ...{ agent: "build", model: { providerID: "p", modelID: "m" }, system: hidden },
  };
  const assistant = {
    ...{ id: "msg_2", sessionID: "ses_1", role: "assistant" as const, time: { created: 1 } },
    ...{ parentID: "msg_1", modelID: "m", providerID: "p", mode: "build", agent: "build" },
    ...{ path: { cwd: "/home/user/project", root: "/home/user" }, cost: 1, tokens },
    structured: anything,
    error: {
      name: "APIError" as const,
      data: { message: hidden, isRetryable: true, responseBody: hidden, metadata: { hidden } },
    },
  };
  for (const info of [user, assistant]) {
    const message = sharedMessage({ info, parts: PARTS }, mask);
    expect(findIssues(MessageWithParts, message)).toEqual([]);
    expect(JSON.stringify(message)).not.toMatch(/the-secret|\/home\/user/);
  }
  expect(sharedMessage({ info: assistant, parts: [] }, mask).info).toMatchObject({
    error: { name: "APIError", data: { message: "‹redacted› in ‹path›", isRetryable: true } },
  });
});

test("what the program itself wrote is left out", () => {
  const text = { ...own, type: "text" as const, text: "the whole of a file" };
  expect(sharedPart({ ...text, synthetic: true }, mask)).toEqual([]);
  expect(sharedPart({ ...text, ignored: true }, mask)).toEqual([]);
});

test("no beginning of a secret is told while it is being written", () => {
  const whole = `key: ${secret} and more`;
  for (let length = 0; length <= whole.length; length += 1) {
    const part = {
      ...own,
      type: "text" as const,
      text: whole.slice(0, length),
      time: { start: 1 },
    };
    expect(JSON.stringify(sharedPart(part, mask))).not.toContain("the-");
  }
  const long = "x".repeat(200_000);
  const part = { ...own, type: "text" as const, text: `a ${long}`, time: { start: 1 } };
  expect(sharedPart(part, mask)).toMatchObject([{ text: "a " }]);
});

test("a text of any length is masked in bounds", () => {
  const part = { ...own, type: "text" as const, text: "word ".repeat(200_000), time };
  const [shared] = sharedPart(part, mask);
  expect(shared?.type === "text" && shared.text.length).toBeLessThan(210_000);
});
