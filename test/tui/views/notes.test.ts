// The rows that the program itself writes into a transcript: how a turn ended, and why it failed.
import { expect, test } from "bun:test";
import type { MessageError } from "@/schema/message-error";
import { makeBlockView } from "@/tui/views/block-view";
import { Blocks } from "@/tui/views/blocks";
import { testScreen } from "@test/support/screen";
import { answerMessage, messageID, SESSION, textPart, userMessage } from "@test/support/transcript";

const route = { screen: "session", sessionID: SESSION } as const;
const overloaded: MessageError = {
  name: "APIError",
  data: { message: "Overloaded", statusCode: 529, isRetryable: true },
};
const failed = answerMessage(2, messageID(1), () => [], { error: overloaded });

async function shownError(messages: readonly (typeof failed | ReturnType<typeof userMessage>)[]) {
  await using screen = await testScreen({ state: { route } });
  const blocks = new Blocks().of({ messages, isBusy: false, revert: undefined });
  const block = blocks.find(({ kind }) => kind === "error");
  if (!block) throw new Error("there is no error");
  const view = makeBlockView(screen.ui, block);
  screen.ui.renderer.root.add(view.root);
  return screen.frame();
}

test("an error says its cause and the keys that help", async () => {
  const frame = await shownError([userMessage(1, "Do it"), failed]);
  expect(frame).toContain("✗ scripted said 529: Overloaded");
  expect(frame).toContain("The provider has trouble; it may pass.  r retry  y copy details");
});

test("the keys go when something came after it", async () => {
  const frame = await shownError([userMessage(1, "Do it"), failed, userMessage(3, "Again")]);
  expect(frame).toContain("it may pass.");
  expect(frame).not.toContain("retry");
});

test("a click on the files of a turn opens its changes, a click beside them does not", async () => {
  await using screen = await testScreen({ state: { route } });
  const diffs = [{ file: "a.ts", additions: 3, deletions: 1 }];
  const asked = userMessage(1, "Do it", { summary: { diffs } });
  const answer = answerMessage(2, messageID(1), (id) => [textPart(id, 1, "Done.")]);
  const messages = [asked, answer];
  const block = new Blocks().of({ messages, isBusy: false, revert: undefined }).at(-1);
  if (block?.kind !== "end") throw new Error("there is no end");
  screen.ui.renderer.root.add(makeBlockView(screen.ui, block).root);
  const row = (await screen.frame()).split("\n")[0] ?? "";
  const at = row.indexOf("1 file +3 -1");
  await screen.terminal.mockMouse.click(at - 8, 0);
  expect(screen.ui.store.state.route).toEqual(route);
  await screen.terminal.mockMouse.click(at + 2, 0);
  screen.ui.store.flush();
  const source = { type: "turn", sessionID: SESSION, messageID: messageID(1) } as const;
  expect(screen.ui.store.state.route).toEqual({ screen: "diff", source, back: route });
});
