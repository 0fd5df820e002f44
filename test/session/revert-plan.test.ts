// What undo does to one file, from what is there and what was changed.
import { expect, test } from "bun:test";
import type { FileVersion } from "@/host/snapshot-entry";
import { type Contents, type FileToPlan, type KeptEntry, planFile } from "@/session/revert-plan";

const FILE = 0o100644;

/** The content is its own name here. */
const contents: Contents = {
  find: (hash) => (hash.startsWith("lost") ? undefined : Buffer.from(hash)),
  keep: async (bytes) => bytes.toString(),
};

function version(text: string | undefined, mode = FILE): FileVersion | undefined {
  return text === undefined ? undefined : { hash: text, mode };
}

function entry(text: string | undefined, mode = FILE): KeptEntry | undefined {
  return text === undefined ? undefined : { hash: text, mode, bytes: Buffer.from(text) };
}

async function plan(input: Partial<FileToPlan>): Promise<string> {
  const result = await planFile(
    { present: undefined, earlier: undefined, chains: [], ...input },
    contents,
  );
  if ("skipped" in result) return `left: ${result.skipped}`;
  const text = (one: KeptEntry | undefined) => one?.bytes.toString() ?? "none";
  return `${text(result.redo)} -> ${text(result.undone)}`;
}

function chain(before: string | undefined, after: string | undefined) {
  return { before: version(before), after: version(after) };
}

test("changes are taken out from the last to the first", async () => {
  const chains = [chain("a", "b"), chain("b", "c")];
  expect(await plan({ present: entry("c"), chains })).toBe("c -> a");
  expect(await plan({ present: entry("x"), chains: [chain(undefined, "x")] })).toBe("x -> none");
  expect(await plan({ present: undefined, chains: [chain("x", undefined)] })).toBe("none -> x");
});

test("what is back already stays", async () => {
  expect(await plan({ present: entry("a"), chains: [chain("a", "b")] })).toBe("a -> a");
  expect(await plan({ present: undefined, chains: [chain(undefined, "b")] })).toBe("none -> none");
});

test.each([
  ["removed since", undefined, chain("a", "b"), "removed since"],
  ["made anew since", "x", chain("a", undefined), "has made a file"],
  ["made by the agent, changed since", "b2", chain(undefined, "b"), "not removed"],
  ["changed in the same place", "x", chain("a", "b"), "same place"],
  ["no longer kept", "b", chain("lost", "b"), "no longer kept"],
])("left: %s", async (_, present, one, reason) => {
  expect(await plan({ present: entry(present), chains: [one] })).toContain(reason);
});

test("an earlier undo is taken back first, so that the point can move", async () => {
  const earlier = { file: "f", redo: version("c"), undone: version("a") };
  const chains = [chain("b", "c")];
  expect(await plan({ present: entry("a"), earlier, chains })).toBe("c -> b");
  expect(await plan({ present: entry("a"), earlier })).toBe("c -> c");
  expect(await plan({ present: entry("x"), earlier })).toContain("left:");
});

test("permission bits that the change was not about stay", async () => {
  const chains = [{ before: version("a", 0o100755), after: version("b") }];
  const result = await planFile(
    { present: entry("b", 0o100640), earlier: undefined, chains },
    contents,
  );
  expect(result).toMatchObject({ redo: { mode: 0o100640 }, undone: { mode: 0o100750 } });
});

test("links are replaced as a whole or left", async () => {
  const link = (text: string) => ({ hash: text, mode: 0o120777 });
  const chains = [{ before: link("a"), after: link("b") }];
  expect(await plan({ present: { ...link("b"), bytes: Buffer.from("b") }, chains })).toBe("b -> a");
  expect(await plan({ present: entry("b"), chains })).toContain("left:");
});
