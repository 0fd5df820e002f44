import { expect, test } from "bun:test";
import { Conversation } from "@/session/conversation";
import { addSyntheticPrompt, isSyntheticPrompt } from "@/session/synthetic-prompt";
import { testRecords, user } from "./support";

test("it asks for what the prompt before it asked for, and is stored and said last", async () => {
  using t = await testRecords();
  const { info, parts } = user(1, "Do it");
  if (info.role !== "user") throw new Error("a prompt is a user message");
  const asked = { ...info, system: "Be brief", summary: { diffs: [] } };
  const conversation = new Conversation([{ info: asked, parts }]);
  addSyntheticPrompt(conversation, { prompt: { info: asked, parts }, text: "Go on" }, t);
  const prompt = conversation.prompt();
  expect(prompt?.info).toMatchObject({ agent: info.agent, model: info.model, system: "Be brief" });
  expect(prompt?.info).not.toHaveProperty("summary");
  expect(prompt?.info.id).not.toBe(info.id);
  expect(prompt?.parts).toMatchObject([{ type: "text", text: "Go on", synthetic: true }]);
  expect(t.store.findMessage(t.sessionID, prompt?.info.id ?? "")).toEqual(prompt);
  expect(isSyntheticPrompt(prompt ?? user(2))).toBe(true);
});

test("a message in which a person said something is none", () => {
  const prompt = user(1, "a", "b");
  const [first] = prompt.parts;
  if (first?.type === "text") first.synthetic = true;
  expect(isSyntheticPrompt(prompt)).toBe(false);
});
