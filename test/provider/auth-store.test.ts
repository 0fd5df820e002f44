import { expect, test } from "bun:test";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Logger } from "@/base/log";
import { AuthStore } from "@/provider/auth-store";
import type { Auth } from "@/schema/auth";
import { readTree, tempDirectory, writeTree } from "@test/support/temp";

const log = Logger.silent();
const KEY: Auth = { type: "api", key: "k" };

function storeIn(directory: string, env = {}): AuthStore {
  return new AuthStore({ path: join(directory, "data", "auth.json"), env, log });
}

test("credentials of all kinds are stored and read back, by a private file", async () => {
  await using directory = await tempDirectory();
  const store = storeIn(directory.path);
  const oauth: Auth = { type: "oauth", refresh: "r", access: "a", expires: 5, accountId: "x" };
  const known: Auth = { type: "wellknown", key: "TOKEN", token: "t" };
  await store.set("anthropic", { type: "api", key: "k", metadata: { region: "eu" } });
  await store.set("openai", oauth);
  await store.set("https://org.example/", known);
  expect(await store.all()).toEqual({
    anthropic: { type: "api", key: "k", metadata: { region: "eu" } },
    openai: oauth,
    "https://org.example": known,
  });
  expect(await store.get("https://org.example/")).toEqual(known);
  const path = join(directory.path, "data");
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect((await stat(join(path, "auth.json"))).mode & 0o777).toBe(0o600);
  expect(await readdir(path)).toEqual(["auth.json"]);
});

test("nothing there is nothing stored", async () => {
  await using directory = await tempDirectory();
  const store = storeIn(directory.path);
  expect(await store.all()).toEqual({});
  expect(await store.get("constructor")).toBeUndefined();
  expect(await store.remove("anthropic")).toBe(false);
  expect(await readdir(join(directory.path, "data"))).toEqual([]);
});

test("remove takes an entry however many slashes it ends with, and says so", async () => {
  await using directory = await tempDirectory();
  await writeTree(directory.path, { "data/auth.json": JSON.stringify({ "https://o//": KEY }) });
  const store = storeIn(directory.path);
  expect(await store.remove("https://o")).toBe(true);
  expect(await store.all()).toEqual({});
});

test("entries that cannot be read are passed over and survive a write", async () => {
  await using directory = await tempDirectory();
  const strange = { type: "carrier-pigeon", ring: 7 };
  const file = { "data/auth.json": JSON.stringify({ strange, good: KEY, empty: null }) };
  await writeTree(directory.path, file);
  const store = storeIn(directory.path);
  expect(await store.all()).toEqual({ good: KEY });
  await store.set("other", KEY);
  expect(JSON.parse(await readTree(directory.path, "data/auth.json"))).toEqual({
    strange,
    good: KEY,
    empty: null,
    other: KEY,
  });
});

test("a broken file is told of, not written over but kept aside", async () => {
  await using directory = await tempDirectory();
  await writeTree(directory.path, { "data/auth.json": '{"openai": {"type": "api", "key": "sk' });
  const store = storeIn(directory.path);
  expect(await store.all()).toEqual({});
  expect(await store.problem()).toContain("auth.json is not valid JSON");
  await store.set("anthropic", KEY);
  expect(await store.all()).toEqual({ anthropic: KEY });
  expect(await store.problem()).toBeUndefined();
  const aside = (await readdir(join(directory.path, "data"))).find((name) => name !== "auth.json");
  expect(aside).toStartWith("auth.json.broken-");
  expect(await readTree(directory.path, `data/${aside}`)).toContain('"key": "sk');
});

test("removing from a broken file leaves it where it is", async () => {
  await using directory = await tempDirectory();
  await writeTree(directory.path, { "data/auth.json": "[]" });
  expect(await storeIn(directory.path).remove("openai")).toBe(false);
  expect(await readTree(directory.path, "data/auth.json")).toBe("[]");
});

test("OPENCODE_AUTH_CONTENT replaces the file, which is then not written", async () => {
  await using directory = await tempDirectory();
  await writeTree(directory.path, { "data/auth.json": JSON.stringify({ a: KEY }) });
  const store = storeIn(directory.path, { OPENCODE_AUTH_CONTENT: JSON.stringify({ b: KEY }) });
  expect(await store.all()).toEqual({ b: KEY });
  await expect(store.set("c", KEY)).rejects.toThrow("OPENCODE_AUTH_CONTENT is set");
});

test.each(["", "  ", "__proto__", "a b", "a\u0000", "/"])("%j is no provider id", async (id) => {
  await using directory = await tempDirectory();
  await expect(storeIn(directory.path).set(id, KEY)).rejects.toThrow("is not a provider id");
});

test("eight processes that write at once lose nothing", async () => {
  await using directory = await tempDirectory();
  const script = `
    import { Logger } from "@/base/log";
    import { AuthStore } from "@/provider/auth-store";
    const [path, name] = process.argv.slice(-2);
    const store = new AuthStore({ path, env: {}, log: Logger.silent() });
    for (let n = 0; n < 5; n++) await store.set(name + n, { type: "api", key: name });
  `;
  const source = join(import.meta.dir, "..", "..");
  const path = join(directory.path, "auth.json");
  const children = Array.from({ length: 8 }, (_, index) =>
    Bun.spawn([process.execPath, "-e", script, path, `p${index}-`], {
      cwd: source,
      stdout: "ignore",
      stderr: "pipe",
    }),
  );
  const errors = await Promise.all(children.map((child) => child.stderr.text()));
  await Promise.all(children.map((child) => child.exited));
  expect(errors.join("")).toBe("");
  const store = new AuthStore({ path, env: {}, log });
  expect(Object.keys(await store.all())).toHaveLength(40);
  expect(await readdir(directory.path)).toEqual(["auth.json"]);
});
