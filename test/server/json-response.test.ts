import { expect, test } from "bun:test";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { answerJSON } from "@/server/json-response";
import { EventReader } from "@test/support/event-reader";
import { type TestApp, testApp } from "@test/support/test-app";

const LARGE = JSON.stringify(Array.from({ length: 1_000 }, (_, id) => ({ id, name: "name" })));

async function answer(headers: Record<string, string>, text = LARGE, method = "GET") {
  const set = {
    headers: { vary: "Origin", "cache-control": "no-store" } as Record<string, string>,
  };
  const response = await answerJSON(
    text,
    new Request("http://localhost/", { method, headers }),
    set,
  );
  const encoding = response.headers.get("content-encoding");
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, encoding, bytes, headers: set.headers };
}

test("a large answer is compressed as the client takes it", async () => {
  const encodings = [
    ["gzip", "gzip"],
    ["gzip, deflate, br, zstd", "zstd"],
    ["zstd;q=0, gzip;q=0.5", "gzip"],
    ["gzip;q=0", null],
    ["br", null],
    ["", null],
  ] as const;
  for (const [accepted, expected] of encodings) {
    const { encoding, bytes, headers } = await answer({ "accept-encoding": accepted });
    expect(encoding, accepted).toBe(expected);
    const unpack = { gzip: gunzipSync, zstd: zstdDecompressSync };
    const plain = encoding === "gzip" || encoding === "zstd" ? unpack[encoding](bytes) : bytes;
    expect(new TextDecoder().decode(plain)).toBe(LARGE);
    expect(bytes.length < LARGE.length).toBe(expected !== null);
    expect(headers["vary"]).toBe("Origin, Accept-Encoding");
  }
});

test("a small answer is sent as it is, and may not be kept", async () => {
  const { encoding, headers, bytes } = await answer({ "accept-encoding": "gzip, zstd" }, "[1]");
  expect(encoding).toBeNull();
  expect(new TextDecoder().decode(bytes)).toBe("[1]");
  expect(headers).toEqual({ vary: "Origin", "cache-control": "no-store" });
});

test("what the client has already is not sent again", async () => {
  const first = await answer({});
  const etag = first.headers["etag"] ?? "";
  expect(etag).toMatch(/^W\/"\w+"$/);
  expect(first.headers["cache-control"]).toBe("private, no-cache");
  for (const known of [etag, etag.slice(2), `"other", ${etag}`, "*"]) {
    const again = await answer({ "if-none-match": known, "accept-encoding": "gzip" });
    expect(again.status, known).toBe(304);
    expect(again.bytes).toHaveLength(0);
    expect(again.headers["etag"]).toBe(etag);
  }
  const changed = await answer({ "if-none-match": etag }, `${LARGE} `);
  expect(changed.status).toBe(200);
  expect(changed.headers["etag"]).not.toBe(etag);
  const posted = await answer({ "if-none-match": etag }, LARGE, "POST");
  expect(posted.status).toBe(200);
  expect(posted.headers["etag"]).toBeUndefined();
});

/** A request whose answer is not unpacked on the way. */
function plain(t: TestApp, path: string, headers: Record<string, string>, method = "GET") {
  return fetch(new URL(path, t.server.url), { method, headers, decompress: false });
}

test("large lists have all that over the wire, event streams nothing of it", async () => {
  await using t = await testApp();
  const { sessions } = await t.instance();
  for (let count = 0; count < 30; count++) sessions.create({ title: `session ${count}` });
  const first = await plain(t, "/session", { "accept-encoding": "gzip" });
  expect(first.headers.get("content-encoding")).toBe("gzip");
  expect(first.headers.get("content-type")).toBe("application/json");
  expect(JSON.parse(gunzipSync(await first.arrayBuffer()).toString())).toHaveLength(30);
  const etag = first.headers.get("etag") ?? "";
  const again = await plain(t, "/session", { "if-none-match": etag });
  expect(again.status).toBe(304);
  expect(await again.text()).toBe("");
  const head = await plain(t, "/session", { "accept-encoding": "gzip" }, "HEAD");
  expect(head.headers.get("etag")).toBe(etag);
  sessions.create({});
  expect((await plain(t, "/session", { "if-none-match": etag })).status).toBe(200);
  const document = await plain(t, "/doc", { "accept-encoding": "zstd" });
  expect(document.headers.get("content-encoding")).toBe("zstd");
  const url = new URL("/event", t.server.url);
  await using events = await EventReader.open(url, { "accept-encoding": "gzip, zstd" });
  expect(events.response.headers.get("content-encoding")).toBeNull();
});
