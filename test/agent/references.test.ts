import { expect, test } from "bun:test";
import { join } from "node:path";
import { References, type Clone } from "@/agent/references";
import { evaluate } from "@/permission/rules";
import { fixture } from "./fixture";

const CONFIG = {
  references: {
    lib: { repository: "owner/lib", branch: "main", description: "The\nlibrary" },
    docs: { path: "../docs", description: "Docs", hidden: true },
  },
};
const TREE = { "project/opencode.json": JSON.stringify(CONFIG), "docs/": "" };

async function references(clone: Clone) {
  const f = await fixture(TREE);
  const found = new References({ config: f.config, paths: f.paths, clone });
  const [docs, lib] = await found.list();
  if (!docs || !lib) throw new Error("both are listed");
  return { found, docs, lib, f, [Symbol.asyncDispose]: () => f[Symbol.asyncDispose]() };
}

test("each has its directory; hidden ones are not described", async () => {
  await using r = await references(async () => undefined);
  expect(r.docs).toEqual({ name: "docs", directory: join(r.f.root, "docs") });
  expect(r.lib).toMatchObject({ name: "lib", branch: "main", description: "The library" });
  expect(r.lib.directory).toStartWith(join(r.f.paths.data, "repos", "lib-"));
});

test("what lies in a repository's directory has it copied, once for all who wait", async () => {
  const cloned: string[] = [];
  const copied = Promise.withResolvers<void>();
  await using r = await references(({ repository }) => {
    cloned.push(repository);
    return copied.promise;
  });
  const { signal } = new AbortController();
  await r.found.fetch(r.docs.directory, signal);
  await r.found.fetch(`${r.lib.directory}x`, signal);
  expect(cloned).toEqual([]);
  const both = Promise.all([
    r.found.fetch(r.lib.directory, signal),
    r.found.fetch(join(r.lib.directory, "a"), signal),
  ]);
  const aborted = r.found.fetch(r.lib.directory, AbortSignal.abort(new Error("enough")));
  expect(await aborted.catch(String)).toContain("enough");
  copied.resolve();
  await both;
  expect(cloned).toEqual(["https://github.com/owner/lib.git"]);
});

test("agents read in them without asking, and ask before they change something", async () => {
  await using f = await fixture(TREE);
  const verdict = async (agent: string, permission: string) => {
    const { permission: rules } = await f.agents.get(agent);
    return evaluate(permission, join(f.root, "docs/*"), rules).action;
  };
  expect(await verdict("build", "external_directory")).toBe("allow");
  expect(await verdict("explore", "external_directory")).toBe("allow");
  expect<string>(await verdict("build", "edit")).toBe("ask");
  expect<string>(await verdict("plan", "edit")).toBe("deny");
});

test("an untrusted project's are none", async () => {
  await using f = await fixture(TREE, { isTrusted: false });
  const { permission } = await f.agents.get("build");
  const { action } = evaluate("external_directory", join(f.root, "docs/*"), permission);
  expect(action).toBe("ask");
});
