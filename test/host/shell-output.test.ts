// Bounded memory, a bounded file, and whole characters.
import { expect, test } from "bun:test";
import { chmod, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { LIVE_TAIL_MAX_LENGTH, ShellOutput } from "@/host/shell-output";
import { tempDirectory } from "@test/support/temp";

function output(directory: string, overrides: { spillMaxBytes?: number; maxBytes?: number } = {}) {
  const { maxBytes = 1_000, ...rest } = overrides;
  return new ShellOutput({
    limit: { maxLines: 10, maxBytes },
    spillDirectory: join(directory, "spill"),
    spillName: "tool_1",
    ...rest,
  });
}

const bytes = (text: string) => new TextEncoder().encode(text);

test("short output makes no file", async () => {
  await using directory = await tempDirectory();
  const short = output(directory.path);
  await short.add(bytes("a\nb\n"));
  expect(short.limited()).toMatchObject({ text: "a\nb\n", truncated: false });
  expect(await short.close()).toBeUndefined();
  expect(await readdir(directory.path)).toEqual([]);
});

test("long output keeps its end and goes to a private file as a whole", async () => {
  await using directory = await tempDirectory();
  const long = output(directory.path);
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}\n`);
  for (const line of lines) await long.add(bytes(line));
  expect(long.limited().truncated).toBe(true);
  expect(long.limited().text).toContain("line 99");
  expect(long.limited().text).not.toContain("line 80\n");
  const spill = await long.close();
  expect(spill).toEqual({ path: join(directory.path, "spill", "tool_1") });
  expect(await readFile(spill?.path ?? "", "utf8")).toBe(lines.join(""));
  expect((await stat(spill?.path ?? "")).mode & 0o777).toBe(0o600);
});

test("the file ends at its own limit and says so", async () => {
  await using directory = await tempDirectory();
  const long = output(directory.path, { spillMaxBytes: 1_500 });
  for (let count = 0; count < 10; count++) await long.add(bytes("x".repeat(400)));
  const spill = await long.close();
  expect(spill?.incomplete).toContain("were kept");
  expect((await stat(spill?.path ?? "")).size).toBe(1_500);
  expect(long.limited().text).toBe("x".repeat(1_000));
});

test("a file that cannot be written is told, and the end is kept all the same", async () => {
  await using directory = await tempDirectory();
  await Bun.write(join(directory.path, "spill"), "a file where a directory is needed");
  await chmod(directory.path, 0o700);
  const long = output(directory.path);
  await long.add(bytes("y".repeat(2_000)));
  expect((await long.close())?.incomplete).toBeString();
  expect(long.limited().text).toBe("y".repeat(1_000));
});

test("characters split between chunks are whole again", async () => {
  await using directory = await tempDirectory();
  const split = output(directory.path);
  const [face] = [bytes("a🙂b")];
  for (const byte of face.subarray(0, 3)) await split.add(Uint8Array.of(byte));
  expect(split.liveTail()).toBe("a");
  for (const byte of face.subarray(3)) await split.add(Uint8Array.of(byte));
  expect(split.liveTail()).toBe("a🙂b");
  expect(split.limited().text).toBe("a🙂b");
});

test("memory and the live tail stay bounded, and begin with a whole character", async () => {
  await using directory = await tempDirectory();
  const long = output(directory.path, { spillMaxBytes: 1 });
  const chunk = bytes(`${"é".repeat(9_999)}🙂`);
  for (let count = 0; count < 100; count++) await long.add(chunk);
  const tail = long.liveTail();
  expect(tail.length).toBeLessThanOrEqual(LIVE_TAIL_MAX_LENGTH);
  expect(tail).not.toContain("\ufffd");
  expect(tail.endsWith("🙂")).toBe(true);
  await long.close();
});
