// A registry of npm packages on loopback, for what is installed in tests.

import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Tree, writeTree } from "@test/support/temp";

export interface PublishedPackage {
  name: string;
  version: string;
  files: Tree;
  /** Fields of package.json besides. */
  manifest?: Record<string, unknown>;
}

interface RegistryOptions {
  /** Nothing is answered before. */
  open?: Promise<void>;
}

/** Serves the packages, and keeps what it was asked for. `root` is for its files. */
export async function packageRegistry(
  root: string,
  packages: readonly PublishedPackage[],
  { open = Promise.resolve() }: RegistryOptions = {},
) {
  const packed = await Promise.all(packages.map((one, index) => pack(join(root, `${index}`), one)));
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      await open;
      const { pathname, origin } = new URL(request.url);
      const path = decodeURIComponent(pathname).slice(1);
      asked.push(path);
      const archive = packed.find(({ file }) => file === path);
      if (archive) return new Response(archive.bytes);
      const found = packed.find(({ manifest }) => manifest.name === path);
      if (!found) return new Response("", { status: 404 });
      const { file, integrity, manifest } = found;
      const dist = { tarball: `${origin}/${file}`, integrity };
      return Response.json({
        name: manifest.name,
        "dist-tags": { latest: manifest.version },
        versions: { [manifest.version]: { ...manifest, dist } },
      });
    },
  });
  return { asked, url: server.url.href, [Symbol.asyncDispose]: () => server.stop(true) };
}

async function pack(root: string, { files, manifest: more, name, version }: PublishedPackage) {
  const manifest = { name, version, main: "index.js", ...more };
  await writeTree(root, {
    "package/package.json": JSON.stringify(manifest),
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`package/${path}`, text])),
  });
  const archive = join(root, "pack.tgz");
  const tar = Bun.spawn(["tar", "-czf", archive, "-C", root, "package"]);
  if ((await tar.exited) !== 0) throw new Error("tar failed");
  const bytes = await Bun.file(archive).bytes();
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  return { manifest, bytes, integrity, file: `${name.replace(/\W/g, "-")}-${version}.tgz` };
}
