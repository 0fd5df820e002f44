import { expect, test } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MessageWithParts } from "@/schema/message";
import type { Session } from "@/schema/session";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

const edit = (oldString: string, newString: string) => ({
  calls: [{ tool: "edit", input: { filePath: "a.txt", oldString, newString } }],
});

const bash = (command: string) => ({ calls: [{ tool: "bash", input: { command } }] });

/** A session of three turns: an edit, a command that makes a file, and another edit. */
async function editedSession() {
  const t = await testApp({
    files: { "a.txt": "one\ntwo\nthree\nfour\nfive\nsix\n" },
    turns: [
      edit("one", "ONE"),
      { text: "First." },
      bash("echo made > made.txt"),
      { text: "Second." },
      edit("six", "SIX"),
      { text: "Third." },
      { text: "Fourth." },
    ],
  });
  const contract = await Contract.of(t);
  const session = (await contract.call("session.create", {})).body as Session;
  const params = { sessionID: session.id };
  const prompt = async (text: string) => {
    const body = { parts: [{ type: "text", text }] };
    const answer = (await contract.call("session.prompt", { params, body })).body;
    const { info } = answer as MessageWithParts;
    return info.role === "assistant" ? info.parentID : expect.unreachable();
  };
  const ids = [await prompt("first"), await prompt("second"), await prompt("third")];
  const read = (name: string) => readFile(join(t.directory, name), "utf8").catch(() => undefined);
  const messages = async () =>
    (await contract.call("session.messages", { params })).body as MessageWithParts[];
  return { t, contract, params, ids, prompt, read, messages };
}

test("the changes of a session, and of one turn, are listed with patches", async () => {
  const { t, contract, params, ids } = await editedSession();
  await using _ = t;
  const all = (await contract.call("session.diff", { params })).body;
  expect(all).toMatchObject([
    { file: "a.txt", additions: 2, deletions: 2, status: "modified" },
    { file: "made.txt", additions: 1, deletions: 0, status: "added" },
  ]);
  const query = { messageID: ids[0] ?? "" };
  const first = (await contract.call("session.diff", { params, query })).body;
  expect(first).toMatchObject([{ file: "a.txt", additions: 1, deletions: 1 }]);
  expect(JSON.stringify(first)).toContain("+ONE");
});

test("an undo leaves what a person wrote, a redo brings back the same bytes", async () => {
  const { t, contract, params, ids, read, messages } = await editedSession();
  await using _ = t;
  const path = join(t.directory, "a.txt");
  await writeFile(path, "ONE\ntwo\nthree, by hand\nfour\nfive\nSIX\n");
  const body = { messageID: ids[1] ?? "" };
  const reverted = (await contract.call("session.revert", { params, body })).body;
  expect(reverted).toMatchObject({ revert: { messageID: ids[1] } });
  expect(await read("a.txt")).toBe("ONE\ntwo\nthree, by hand\nfour\nfive\nsix\n");
  expect(await read("made.txt")).toBeUndefined();
  expect(await messages()).toHaveLength(9);
  const restored = (await contract.call("session.unrevert", { params })).body as Session;
  expect(restored.revert).toBeUndefined();
  expect(await read("a.txt")).toBe("ONE\ntwo\nthree, by hand\nfour\nfive\nSIX\n");
  expect(await read("made.txt")).toBe("made\n");
});

test("a file that cannot be undone without loss is left and named", async () => {
  const { t, contract, params, ids, read } = await editedSession();
  await using _ = t;
  await writeFile(join(t.directory, "a.txt"), "ONE\ntwo\nthree\nfour\nfive\nSIX by hand\n");
  const body = { messageID: ids[2] ?? "" };
  const reverted = (await contract.call("session.revert", { params, body })).body as Session;
  expect(reverted.revert?.skipped).toMatchObject([{ file: "a.txt" }]);
  expect(await read("a.txt")).toBe("ONE\ntwo\nthree\nfour\nfive\nSIX by hand\n");
});

test("the next prompt makes an undo final", async () => {
  const { t, contract, params, ids, prompt, messages } = await editedSession();
  await using _ = t;
  await contract.call("session.revert", { params, body: { messageID: ids[1] ?? "" } });
  const next = await prompt("fourth");
  const kept = (await messages()).map(({ info }) => info.id);
  expect(kept).toContain(ids[0] ?? "");
  expect(kept).toContain(next);
  expect(kept).not.toContain(ids[1] ?? "");
  expect(((await contract.call("session.get", { params })).body as Session).revert).toBeUndefined();
});

test("unknown sessions are not found, a busy one is left alone", async () => {
  const gate = Promise.withResolvers<string>();
  await using t = await testApp({ turns: [{ text: ["wait", gate.promise] }] });
  const contract = await Contract.of(t);
  const missing = { sessionID: "ses_none" };
  const body = { messageID: "msg_1" };
  await contract.call("session.diff", { params: missing, status: 404 });
  await contract.call("session.revert", { params: missing, body, status: 404 });
  await contract.call("session.unrevert", { params: missing, status: 404 });
  const session = (await contract.call("session.create", {})).body as Session;
  const params = { sessionID: session.id };
  const prompt = { parts: [{ type: "text", text: "go" }] };
  const answered = contract.call("session.prompt", { params, body: prompt });
  await t.model.waitForRequest(0);
  await contract.call("session.revert", { params, body, status: 409 });
  await contract.call("session.unrevert", { params, status: 409 });
  gate.resolve("");
  await answered;
});
