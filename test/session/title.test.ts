// A title is made for a session that has none, by a small model of the provider that was chosen,
// beside the prompt; what goes wrong with it costs nothing else.
import { expect, test } from "bun:test";
import { isDefaultTitle } from "@/session/sessions";
import type { NeutralRequest } from "@test/support/scripted-model/turn";
import { type SessionApp, sessionApp } from "@test/support/session-app";

const isTitle = ({ tools }: NeutralRequest) => tools.length === 0;

function titled(t: SessionApp): Promise<unknown> {
  return t.next("session.updated", ({ info }) => !isDefaultTitle(info.title));
}

test("thoughts, quotation marks and further lines are no part of the title", async () => {
  await using t = await sessionApp({
    side: (request) =>
      isTitle(request)
        ? { text: '<think>Hm\n</think>\n\n"**Fix the bug**"\nmore' }
        : { text: "Hi" },
  });
  const session = t.create({});
  const made = titled(t);
  await t.prompt(session, "Please fix the bug");
  await made;
  expect(t.instance.sessions.get(session.id).title).toBe("Fix the bug");
  const request = t.model.sideRequests.find(({ request }) => isTitle(request))?.request;
  expect(request?.messages.map(({ text }) => text)).toEqual([
    "Generate a title for this conversation:\n\nPlease fix the bug",
  ]);
  await t.prompt(session, "And another");
  expect(t.model.sideRequests.filter(({ request }) => isTitle(request))).toHaveLength(1);
});

test("sessions with a title, subagents' sessions and prompts without text get none", async () => {
  await using t = await sessionApp({ turns: [{ text: "a" }, { text: "b" }, { text: "c" }] });
  await t.prompt(t.create({ title: "Mine" }), "Hi");
  await t.prompt(t.create({ parentID: t.create().id }), "Hi");
  const url = "data:image/png;base64,AAAA";
  await t.prompt(t.create({}), "", { parts: [{ type: "file", mime: "image/png", url }] });
  expect(t.model.sideRequests).toHaveLength(0);
});

test("a title that fails or takes long changes nothing for the prompt", async () => {
  const gate = Promise.withResolvers<void>();
  await using t = await sessionApp({
    side: (request) =>
      isTitle(request) ? { status: 400, gate: gate.promise } : { text: "The answer" },
  });
  const session = t.create({});
  const { parts } = await t.prompt(session, "Hi");
  expect(parts).toContainEqual(expect.objectContaining({ text: "The answer" }));
  gate.resolve();
  await Promise.all(t.model.sideRequests.map(({ ended }) => ended));
  expect(isDefaultTitle(t.instance.sessions.get(session.id).title)).toBe(true);
  expect(t.told("session.error")).toEqual([]);
});

test("a title that a person gives meanwhile stays", async () => {
  const gate = Promise.withResolvers<void>();
  await using t = await sessionApp({
    side: (request) => (isTitle(request) ? { text: "Made", gate: gate.promise } : { text: "Hi" }),
  });
  const session = t.create({});
  await t.prompt(session, "Hi");
  t.instance.sessions.update(session.id, { title: "Mine" });
  gate.resolve();
  await Promise.all(t.model.sideRequests.map(({ ended }) => ended));
  await t.prompt(session, "Again");
  expect(t.instance.sessions.get(session.id).title).toBe("Mine");
});

test("without a small model set, it is one of the same provider", async () => {
  await using t = await sessionApp({ models: ["big", "big-mini"], turns: [{ text: "Hi" }] });
  const { small_model: _, ...config } = t.model.config();
  await Bun.write(`${t.directory}/opencode.json`, JSON.stringify(config));
  t.instance.config.reload();
  const made = titled(t);
  await t.prompt(t.create({}), "Hi");
  await made;
  expect(t.model.sideRequests[0]?.request.model).toBeOneOf(["big", "big-mini"]);
});
