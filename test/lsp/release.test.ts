// Releases from a repository on loopback: archives of each kind, and what may be wrong with them.

import { createHash } from "node:crypto";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { installRelease } from "@/lsp/release";
import { lspBench, recordOf } from "@test/lsp/fixture";
import { tempDirectory, tempTree } from "@test/support/temp";
import { zip } from "./zip";

const NEVER = new AbortController().signal;
const HERE = `${process.platform}-${process.arch}`;
const FAKE = join(import.meta.dir, "fake-server.ts");
const SCRIPT = `#!/bin/sh\nexec "${process.execPath}" "${FAKE}" plain\n`;

interface Published {
  name: string;
  bytes: Uint8Array;
  digest?: string | null;
}

function releases(published: readonly Published[], status = 200) {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ url }) {
      const { origin, pathname } = new URL(url);
      const file = published.find(({ name }) => pathname === `/files/${name}`);
      if (file) return new Response(file.bytes);
      if (!/^\/repos\/[\w/-]+\/releases\/latest$/.test(pathname)) {
        return new Response("", { status: 404 });
      }
      const assets = published.map(({ name, digest }) => {
        return { name, digest, browser_download_url: `${origin}/files/${name}`, size: 1 };
      });
      return Response.json({ tag_name: "v1", assets }, { status });
    },
  });
  return {
    env: { PATH: process.env["PATH"], OPENCODE_GITHUB_API_URL: server.url.origin },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

const release = (asset: string) => ({
  from: "release" as const,
  repository: "team/thing",
  program: "thing",
  assets: { [HERE]: asset },
});

async function tar(flag: string): Promise<Uint8Array> {
  await using tree = await tempTree({ "thing-1/bin/thing": SCRIPT, "thing-1/lib.txt": "x" });
  const archive = join(tree.path, "archive");
  const child = Bun.spawn(["tar", flag, archive, "-C", tree.path, "thing-1"]);
  expect(await child.exited).toBe(0);
  return Bun.file(archive).bytes();
}

test("archives of each kind are unpacked, and their program is in bin", async () => {
  const kinds: Published[] = [
    { name: "thing-2.zip", bytes: zip([{ name: "thing-2/bin/thing", text: SCRIPT }]) },
    { name: "thing-2.tar.gz", bytes: await tar("-czf") },
    { name: "thing-2.tar.xz", bytes: await tar("-cJf") },
    { name: "thing-2", bytes: Buffer.from(SCRIPT), digest: null },
  ];
  await using temp = await tempDirectory();
  for (const kind of kinds) {
    await using source = releases([{ name: "other", bytes: Buffer.from("") }, kind]);
    const place = join(temp.path, kind.name);
    const asset = kind.name.replace("2", "*");
    await installRelease(release(asset), place, { env: source.env, signal: NEVER });
    expect(await Bun.file(join(place, "bin/thing")).text()).toBe(SCRIPT);
    expect((await lstat(join(place, "bin"))).isDirectory()).toBe(true);
  }
  expect((await readdir(temp.path)).sort()).toEqual(kinds.map(({ name }) => name).sort());
});

test("an archive may have an address of its own", async () => {
  await using source = releases([
    { name: "thing.zip", bytes: zip([{ name: "thing", text: SCRIPT }]) },
  ]);
  await using temp = await tempDirectory();
  const address = `${source.env.OPENCODE_GITHUB_API_URL}/files/thing.zip`;
  const install = { from: "release" as const, program: "thing", assets: { [HERE]: address } };
  await installRelease(install, join(temp.path, "x"), { env: {}, signal: NEVER });
  expect(await Bun.file(join(temp.path, "x/bin/thing")).text()).toBe(SCRIPT);
});

test("what is not what the release says, or not there, says so and leaves nothing", async () => {
  const bytes = zip([{ name: "thing", text: SCRIPT }]);
  const good = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const cases: [Published[], string, number?][] = [
    [[{ name: "a.zip", bytes, digest: good.replace(/.$/, "g") }], "its digest is another one"],
    [[{ name: "b.zip", bytes }], "the newest release of team/thing has no a.zip"],
    [[{ name: "a.zip", bytes: zip([{ name: "other", text: "x" }]) }], "there is no thing in the"],
    [[], "answers 403", 403],
  ];
  await using temp = await tempDirectory();
  for (const [published, message, status] of cases) {
    await using source = releases(published, status);
    const place = join(temp.path, "place");
    const work = installRelease(release("a.zip"), place, { env: source.env, signal: NEVER });
    await expect(work).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining(message),
    });
  }
  expect(await readdir(temp.path)).toEqual([]);
  await using source = releases([{ name: "a.zip", bytes, digest: good }]);
  await installRelease(release("a.zip"), join(temp.path, "x"), { env: source.env, signal: NEVER });
});

test.skipIf(HERE !== "linux-x64")("a server of the table comes from its release", async () => {
  const bytes = zip([{ name: "clangd_9.9.9/bin/clangd", text: SCRIPT, mode: 0o100755 }]);
  await using source = releases([
    { name: "clangd-mac-9.9.9.zip", bytes: Buffer.from("") },
    { name: "clangd-linux-9.9.9.zip", bytes },
  ]);
  const env = { PATH: "/nowhere", OPENCODE_GITHUB_API_URL: source.env.OPENCODE_GITHUB_API_URL };
  await using bench = await lspBench({ "a.c": "ERR\n" }, { lsp: true, env });
  expect((await recordOf(bench, "a.c")).pid).toBeNumber();
  expect(bench.servers.status()).toMatchObject([{ id: "clangd", status: "connected" }]);
});
