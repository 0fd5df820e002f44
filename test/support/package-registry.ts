// A registry of npm packages on loopback, for what is installed in tests.

import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Tree, writeTree } from "@test/support/temp";

/** A registry on loopback that has one package, and what it was asked for. */
export async function packageRegistry(
  root: string,
  name: string,
  version: string,
  files: Tree,
  /** Nothing is answered before. */
  open: Promise<void> = Promise.resolve(),
) {
  const manifest = { name, version, main: "index.js", scripts: { postinstall: "touch ran" } };
  await writeTree(join(root, "pack"), {
    "package/package.json": JSON.stringify(manifest),
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`package/${path}`, text])),
  });
  const archive = join(root, "pack.tgz");
  const tar = Bun.spawn(["tar", "-czf", archive, "-C", join(root, "pack"), "package"]);
  if ((await tar.exited) !== 0) throw new Error("tar failed");
  const bytes = await Bun.file(archive).bytes();
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      await open;
      const { pathname, origin } = new URL(request.url);
      asked.push(decodeURIComponent(pathname));
      if (pathname === "/pack.tgz") return new Response(bytes);
      if (decodeURIComponent(pathname) !== `/${name}`) return new Response("", { status: 404 });
      const dist = { tarball: `${origin}/pack.tgz`, integrity };
      return Response.json({
        name,
        "dist-tags": { latest: version },
        versions: { [version]: { ...manifest, dist } },
      });
    },
  });
  return { asked, url: server.url.href, [Symbol.asyncDispose]: () => server.stop(true) };
}
