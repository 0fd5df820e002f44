import { expect, test } from "bun:test";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { KeptAnswers } from "@/server/kept-answers";

const LIST = Array.from({ length: 1_000 }, (_, id) => ({ id, name: "näme" }));

/** Answers of one list, and how often it was made. */
function keptList(failures = 0) {
  const answers = new KeptAnswers();
  const counted = { made: 0, value: LIST };
  const make = async () => {
    counted.made++;
    if (counted.made <= failures) throw new Error("not now");
    return counted.value;
  };
  const ask = async (version: object, headers: Record<string, string> = {}) => {
    const request = new Request("http://localhost/", { headers });
    const set = { headers: {} as Record<string, string> };
    const response = await answers.answer(version, make, { request, set });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const encoding = response.headers.get("content-encoding");
    const type = response.headers.get("content-type");
    return { status: response.status, encoding, type, bytes, etag: set.headers["etag"] ?? "" };
  };
  return { counted, ask };
}

test("a version is made once, for all who ask for it in whichever encoding", async () => {
  const { counted, ask } = keptList();
  const version = {};
  const encodings = ["", "gzip", "zstd", "gzip, zstd", "", "gzip", "zstd"];
  const answers = await Promise.all(
    encodings.map((encoding) => ask(version, { "accept-encoding": encoding })),
  );
  expect(answers.map(({ encoding }) => encoding)).toEqual([
    ...[null, "gzip", "zstd", "zstd"],
    ...[null, "gzip", "zstd"],
  ]);
  for (const { encoding, bytes, type } of answers) {
    const unpack = { gzip: gunzipSync, zstd: zstdDecompressSync };
    const plain = encoding === "gzip" || encoding === "zstd" ? unpack[encoding](bytes) : bytes;
    expect(JSON.parse(new TextDecoder().decode(plain))).toEqual(LIST);
    expect(type).toBe("application/json");
  }
  expect(new Set(answers.map(({ etag }) => etag)).size).toBe(1);
  expect(counted.made).toBe(1);
});

test("who has it already is told so; another version is another answer", async () => {
  const { counted, ask } = keptList();
  const version = {};
  const { etag } = await ask(version);
  expect(etag).toMatch(/^W\/"\w+"$/);
  const again = await ask(version, { "if-none-match": etag });
  expect(again).toMatchObject({ status: 304, etag });
  expect(again.bytes).toHaveLength(0);
  counted.value = LIST.slice(1);
  const changed = await ask({}, { "if-none-match": etag });
  expect(changed.status).toBe(200);
  expect(JSON.parse(new TextDecoder().decode(changed.bytes))).toEqual(LIST.slice(1));
  expect(counted.made).toBe(2);
});

test("a failure is not kept", async () => {
  const { ask } = keptList(1);
  const version = {};
  await expect(ask(version)).rejects.toThrow("not now");
  expect((await ask(version)).status).toBe(200);
});
