// Undo on the disk: all or nothing over a kill, file by file where one cannot be written.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { revertBench } from "./revert-bench";
import { crashEverywhere } from "./revert-crash";

test("a kill in the middle of an undo and of a redo leaves before or after", async () => {
  const outcomes = await crashEverywhere(6);
  expect(outcomes["undo, then not undone"]).toBeGreaterThan(1);
  expect(outcomes["redo, then undone"]).toBeGreaterThan(1);
}, 180_000);

test("a file that cannot be written is left, reported, and the rest is undone", async () => {
  await using bench = await revertBench({ files: { "a.txt": "a", d: "file" } });
  const turn = await bench.edit("a.txt", "agent");
  await bench.bash("rm d; mkdir d; echo x > d/made");
  await bench.write("d/persons", "p");
  const { revert } = await bench.revert(turn.user);
  expect(revert?.skipped?.map(({ file }) => file)).toEqual(["d"]);
  expect(await bench.read("a.txt")).toBe("a");
  expect(await bench.read("d/persons")).toBe("p");
  expect(await bench.read("d/made")).toBeUndefined();
  await bench.unrevert();
  expect([await bench.read("a.txt"), await bench.read("d/made")]).toEqual(["agent", "x\n"]);
});

test("what is no longer kept is reported, and nothing is touched", async () => {
  await using bench = await revertBench({ files: { "a.txt": "a" } });
  await bench.write("b.txt", "person");
  const turn = await bench.edit("b.txt", "agent");
  await bench.run(`rm -rf ${join(bench.snapshots.directory, "objects")}/??`);
  const { revert } = await bench.revert(turn.user);
  expect(revert?.skipped).toHaveLength(1);
  expect(await bench.read("b.txt")).toBe("agent");
});
