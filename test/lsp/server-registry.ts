// A registry on loopback with a language server in it: the published name of the one for shell
// scripts, over the fake one.

import { join } from "node:path";
import { packageRegistry, type PublishedPackage } from "@test/support/package-registry";
import { tempDirectory } from "@test/support/temp";

const FAKE = join(import.meta.dir, "fake-server.ts");

export const FAKE_PACKAGE: PublishedPackage = {
  name: "bash-language-server",
  version: "5.8.1",
  files: {
    "cli.mjs": `process.argv[2] = "plain";\nawait import(${JSON.stringify(FAKE)});\n`,
  },
  manifest: { bin: { "bash-language-server": "cli.mjs" } },
};

/** `env` is for whoever is to fetch from it; there is no other program in it. */
export async function serverRegistry(packages = [FAKE_PACKAGE], open?: Promise<void>) {
  const temp = await tempDirectory();
  const source = await packageRegistry(temp.path, packages, open ? { open } : {});
  return {
    asked: source.asked,
    env: { PATH: "", BUN_CONFIG_REGISTRY: source.url },
    async [Symbol.asyncDispose]() {
      await source[Symbol.asyncDispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}
