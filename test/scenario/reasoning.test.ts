// Reasoning that has to come back does, sealed as it came: with the results of its calls, at the
// next prompt, after a restart; and never to another model. What an abort cut off is left out, and
// the servers, which refuse what is missing, unsigned or another's, take it all.

import { expect, test } from "bun:test";
import type { WireName } from "@test/support/scripted-model/turn";
import { type SessionApp, sessionApp } from "@test/support/session-app";

const FOREVER = new Promise<never>(() => {});
const CALL = { tool: "read", input: { filePath: "a.txt" } };
const OTHER = { providerID: "scripted", modelID: "other" };
const MAIN = { providerID: "scripted", modelID: "kimi-k2.6" };

/** What seals the reasoning of the nth answer on its wire, as it stands in a request. */
const SEALS: readonly [WireName, seal: (serial: number) => string][] = [
  ["openai-compatible", (serial) => `Thought ${serial}.`],
  ["anthropic", (serial) => `"signature-${serial}"`],
  ["openai", (serial) => `"encrypted-${serial}"`],
  ["google", (serial) => `"signature-${serial}"`],
  ["mistral", (serial) => `Thought ${serial}.`],
  ["bedrock", (serial) => `"signature-${serial}"`],
];

function lastBody(t: SessionApp): string {
  return t.model.requests.at(-1)?.body ?? "";
}

function thought(serial: number) {
  return { reasoning: [`Thought ${serial}.`], calls: [CALL] };
}

test.each([...SEALS])("over %s", async (wire, seal) => {
  await using t = await sessionApp({
    wire,
    isStored: true,
    models: [MAIN.modelID, OTHER.modelID],
    modelOptions: { reasoning: true },
    files: { "a.txt": "one\n" },
    side: ({ tools }) => (tools.length === 0 ? { text: "A summary" } : undefined),
  });
  const session = t.create();
  const say = async (text: string, model = MAIN) => {
    const { info } = await t.prompt(session, text, { model });
    expect(t.model.violations).toEqual([]);
    return info;
  };

  t.model.push(thought(0), { text: "Read." });
  await say("Read it");
  expect(lastBody(t)).toContain(seal(0));

  t.model.push({ text: "Again." });
  await say("And?");
  expect(lastBody(t)).toContain(seal(0));

  // The fourth answer of the server is cut in the middle of its thought, the fifth in its text.
  t.model.push({ reasoning: ["Half a thought", FOREVER] });
  await abortIn(t, () => say("Think"));
  t.model.push({ reasoning: "Thought 4.", text: ["Half a", FOREVER] });
  await abortIn(t, () => say("Say"), 1);
  t.model.push({ text: "Here." });
  await say("Are you there?");
  expect(lastBody(t)).toContain(seal(0));
  expect(lastBody(t)).not.toContain("Half a thought");
  expect(lastBody(t)).toContain("Half a");

  await t.reopen();
  t.model.push({ text: "Still here." });
  await say("After a restart");
  expect(lastBody(t)).toContain(seal(0));

  t.model.push({ text: "I am another." });
  await say("Who are you?", OTHER);
  expect(lastBody(t)).not.toContain(seal(0));

  t.model.push({ text: "I am back." });
  await say("And you?");
  expect(lastBody(t)).toContain(seal(0));

  expect(await t.instance.summarizer.summarize(session.id, MAIN)).toBe(true);
  const next = t.model.requests.length + t.model.sideRequests.length;
  t.model.push(thought(next), { text: "Done." });
  expect(await say("After the summary")).toMatchObject({ finish: "stop" });
  expect(lastBody(t)).toContain(seal(next));
});

/** Aborts when the nth part of reasoning or text has begun to grow. */
async function abortIn(t: SessionApp, work: () => Promise<unknown>, parts = 0): Promise<void> {
  const seen = new Set<string>();
  const grown = t.next("message.part.delta", ({ partID }) => seen.add(partID).size > parts);
  const done = work();
  const { sessionID } = await grown;
  await t.instance.sessions.abort(sessionID);
  await done;
}
