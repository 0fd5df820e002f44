// Records of a running program.
import { expect, test } from "bun:test";
import { streamRecords, type RecordOptions } from "@/host/record-stream";

const OPTIONS: RecordOptions = { cwd: "/", delimiter: "\n", maxRecordBytes: 1_000 };

async function collect(script: string, options: Partial<RecordOptions> = {}) {
  const records: string[] = [];
  const stream = streamRecords(["sh", "-c", script], { ...OPTIONS, ...options });
  for (;;) {
    const next = await stream.next();
    if (next.done) return { records, end: next.value };
    records.push(...next.value);
  }
}

test("gives every record, the last without its end too, and how it went", async () => {
  const { records, end } = await collect("printf 'a\\nbé\\n\\nc'; echo wrong >&2; exit 3");
  expect(records).toEqual(["a", "bé", "", "c"]);
  expect(end).toEqual({ exitCode: 3, stderr: "wrong" });
});

test("records may end with a zero byte", async () => {
  const { records } = await collect("printf 'a\\nb\\0c\\0'", { delimiter: "\0" });
  expect(records).toEqual(["a\nb", "c"]);
});

test("puts together what comes in pieces", async () => {
  const { records } = await collect("printf 'one '; sleep 0.05; printf 'two\\nthree'");
  expect(records).toEqual(["one two", "three"]);
});

test("leaves out a record that is too long, not those around it", async () => {
  const long = "head -c 3000000 /dev/zero | tr '\\0' x";
  const { records } = await collect(`echo a; ${long}; echo; echo b`);
  expect(records.filter((record) => record.length < 1_000)).toEqual(["a", "b"]);
});

test("leaving the loop ends the program", async () => {
  for await (const batch of streamRecords(["yes"], OPTIONS)) {
    expect(batch[0]).toBe("y");
    break;
  }
});

test("an abort ends the program and throws its reason", async () => {
  const controller = new AbortController();
  const stream = streamRecords(["sh", "-c", "echo a; exec sleep 300"], {
    ...OPTIONS,
    signal: controller.signal,
  });
  await stream.next();
  controller.abort(new Error("enough"));
  expect(stream.next()).rejects.toThrow("enough");
});

test("a missing program is named", () => {
  expect(streamRecords(["no-such-program"], OPTIONS).next()).rejects.toThrow("no-such-program");
});
