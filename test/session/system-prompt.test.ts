// The system prompt of a session is the same byte for byte, whatever changes around it.
import { expect, test } from "bun:test";
import { FakeClock } from "@test/support/clock";
import { type SessionApp, sessionApp } from "@test/support/session-app";

const DAY_MS = 24 * 60 * 60_000;

async function systemOf(t: SessionApp, session: ReturnType<SessionApp["create"]>): Promise<string> {
  t.model.push({ text: "Hi" });
  await t.prompt(session, "Hi");
  return t.model.requests.at(-1)?.request.system ?? "";
}

test("it names the model, the place, the day the session began, and the instructions", async () => {
  const clock = new FakeClock();
  await using t = await sessionApp({ clock, files: { "AGENTS.md": "Be kind." } });
  const system = await systemOf(t, t.create());
  for (const text of [
    "scripted/main",
    `Working directory: ${t.directory}`,
    "Git repository: no",
    `Date: ${new Date(clock.now()).toDateString()}`,
    `Instructions from: ${t.directory}/AGENTS.md\nBe kind.`,
  ]) {
    expect(system).toContain(text);
  }
});

test("it stays as it was; a new session has the new day and instructions", async () => {
  const clock = new FakeClock();
  await using t = await sessionApp({ clock, isStored: true, files: { "AGENTS.md": "Be kind." } });
  const session = t.create();
  const before = await systemOf(t, session);
  await clock.advance(DAY_MS);
  await t.reopen();
  expect(await systemOf(t, session)).toBe(before);
  await Bun.write(`${t.directory}/AGENTS.md`, "Be brief.");
  await clock.advance(DAY_MS);
  expect(await systemOf(t, session)).toBe(before);
  const later = await systemOf(t, t.create());
  expect(later).toContain("Be brief.");
  expect(later).toContain(new Date(clock.now()).toDateString());
});

test("an agent's prompt replaces the base; the prompt's own words come last", async () => {
  await using t = await sessionApp({
    config: { agent: { poet: { mode: "primary", prompt: "Rhyme." } } },
    turns: [{ text: "Hi" }],
  });
  await t.prompt(t.create(), "Hi", { agent: "poet", system: "In German." });
  const system = t.model.requests[0]?.request.system ?? "";
  expect(system.startsWith("Rhyme.\n\n")).toBe(true);
  expect(system.endsWith("\n\nIn German.")).toBe(true);
});
