// The rows that the program itself writes into a transcript: how a turn ended, and why it failed.
import { expect, test } from "bun:test";
import type { MessageError } from "@/schema/message-error";
import { NOWHERE } from "@/schema/session";
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
  expect(frame).toContain("The provider has trouble; it may pass.  y copy details  r retry");
});

test("a failure that names the provider itself does not name it twice", async () => {
  const error: MessageError = {
    name: "ProviderAuthError",
    data: { providerID: "scripted", message: "scripted refused the credentials" },
  };
  const refused = answerMessage(2, messageID(1), () => [], { error });
  const frame = await shownError([userMessage(1, "Do it"), refused]);
  expect(frame).toContain("✗ scripted refused the credentials");
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

async function shownUndo(revert: object) {
  await using screen = await testScreen({ width: 100, state: { route } });
  const messages = [userMessage(1, "One"), userMessage(2, "Two")];
  const blocks = new Blocks().of({ messages, isBusy: false, revert: revert as never });
  const block = blocks.find(({ kind }) => kind === "undone");
  if (!block) throw new Error("nothing is said to be undone");
  screen.ui.renderer.root.add(makeBlockView(screen.ui, block).root);
  return screen.frame();
}

const changed = (file: string) => `Index: ${file}\n--- ${file}\n+++ ${file}\n@@ -1 +1 @@\n-a\n+b\n`;

test("what is undone says how much, of what, and how it comes back", async () => {
  const diff = changed("a.ts") + changed("b.ts");
  const back = "ctrl+x r to bring back";
  const all = await shownUndo({ messageID: messageID(2), diff });
  expect(all).toContain(`1 message undone · 2 files · ${back}`);
  const talk = { messageID: messageID(1), files: { messageID: NOWHERE } };
  expect(await shownUndo(talk)).toContain(`2 messages undone · files kept · ${back}`);
  const files = { messageID: NOWHERE, files: { messageID: messageID(1) }, diff };
  expect(await shownUndo(files)).toContain(`2 files put back · ${back}`);
});

test("files that an undo had to leave are named, with the reason", async () => {
  const skipped = ["a", "b", "c", "d"].map((file) => ({ file, reason: "changed since" }));
  const frame = await shownUndo({ messageID: messageID(2), skipped });
  expect(frame).toContain("△ c was left: changed since");
  expect(frame).toContain("△ … 1 more file left");
});
