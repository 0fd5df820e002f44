// The corpus of edits: each ends as it has to, and none of them, however wrong the model was,
// changes anything but what it named. How many of the distorted ones succeed is printed.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { editTool } from "@/tool/edit";
import { readTool } from "@/tool/read";
import { type ToolBench, toolBench } from "@test/support/tool-context";
import { BYTE_EDITS } from "@test/tool/edit-corpus/bytes";
import { DISTORTED_EDITS } from "@test/tool/edit-corpus/distorted";
import { WRITTEN_EDITS } from "@test/tool/edit-corpus/written";

let bench: ToolBench;
let count = 0;

beforeAll(async () => {
  bench = await toolBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

interface Attempt {
  file: string | Buffer;
  old: string;
  fresh: string;
  unread?: boolean | undefined;
  all?: boolean | undefined;
}

/** What the file is afterwards, and why the edit was refused, if it was. */
async function attempt({ all, file, fresh, old, unread }: Attempt) {
  const filePath = join(bench.directory, `${count++}.txt`);
  await writeFile(filePath, file);
  if (!unread) await bench.run(readTool, { filePath }).catch(() => undefined); // told by the edit
  const input = {
    filePath,
    oldString: old,
    newString: fresh,
    ...(all ? { replaceAll: true } : {}),
  };
  const refusal = await bench.run(editTool, input).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { refusal, after: await readFile(filePath) };
}

describe("written", () => {
  test.each(WRITTEN_EDITS.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    const { after, refusal } = await attempt(one);
    if (typeof one.expect !== "string") expect(refusal).toMatch(one.expect);
    expect(after.toString("utf8")).toBe(typeof one.expect === "string" ? one.expect : one.file);
  });
});

describe("bytes", () => {
  test.each(BYTE_EDITS.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    const { after, refusal } = await attempt(one);
    if (one.expect instanceof RegExp) expect(refusal).toMatch(one.expect);
    else expect(refusal).toBeUndefined();
    expect(after.toString("hex")).toBe(
      (one.expect instanceof RegExp ? one.file : one.expect).toString("hex"),
    );
  });
});

/** Of those that have a right outcome; the others must be refused. */
const SUCCESS_SHARE_MIN = 0.9;

test("distorted edits succeed or are refused, and none is made in a wrong place", async () => {
  const refused: string[] = [];
  let succeeded = 0;
  for (const one of DISTORTED_EDITS) {
    const { after, refusal } = await attempt(one);
    const text = after.toString("utf8");
    if (refusal !== undefined) {
      expect(text, one.name).toBe(one.file);
      if (one.right !== undefined) refused.push(one.name);
      continue;
    }
    expect(text, one.name).toBe(one.right ?? "(a refusal)");
    succeeded++;
  }
  const possible = succeeded + refused.length;
  const share = ((100 * succeeded) / possible).toFixed(1);
  const lines = refused.map((name) => `  refused: ${name}`).join("\n");
  process.stdout.write(
    `${succeeded} of ${possible} distorted edits succeed (${share} %)\n${lines}\n`,
  );
  expect(succeeded / possible).toBeGreaterThanOrEqual(SUCCESS_SHARE_MIN);
}, 180_000);

test("there are at least three hundred", () => {
  const all = BYTE_EDITS.length + DISTORTED_EDITS.length + WRITTEN_EDITS.length;
  expect(all).toBeGreaterThanOrEqual(300);
});
