import { expect, test } from "bun:test";
import { locateReferences } from "@/config/locate-references";
import type { ReferenceConfig } from "@/schema/config";
import { configHome } from "./support";

function locate(value: ReferenceConfig, name = "a", env = {}) {
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const place = { env, home: "/home/user", directory: "/srv/project", warn };
  const { references } = locateReferences({ references: { [name]: value } }, place);
  return { found: references?.[name], warnings };
}

const FOUND: [written: ReferenceConfig, found: ReferenceConfig][] = [
  ["../docs", { path: "/srv/docs" }],
  ["docs", { path: "/srv/project/docs" }],
  ["./owner/name", { path: "/srv/project/owner/name" }],
  ["~/notes", { path: "/home/user/notes" }],
  [
    { path: "/abs", hidden: true },
    { path: "/abs", hidden: true },
  ],
  ["owner/name", { repository: "https://github.com/owner/name.git" }],
  ["git@host.example:a/b.git", { repository: "git@host.example:a/b.git" }],
  ["https://host.example/a", { repository: "https://host.example/a" }],
  [
    { repository: "owner/name.git", branch: "next/1", description: "d" },
    { repository: "https://github.com/owner/name.git", branch: "next/1", description: "d" },
  ],
];
for (const [written, found] of FOUND) {
  test(`${JSON.stringify(written)} is located`, () => {
    expect(locate(written)).toEqual({ found, warnings: [] });
  });
}

test("repositories of GitHub may be had from elsewhere", () => {
  const env = { OPENCODE_REPO_CLONE_GITHUB_BASE_URL: "https://mirror.example/gh/" };
  const { found } = locate("owner/name", "a", env);
  expect(found).toEqual({ repository: "https://mirror.example/gh/owner/name.git" });
});

const REFUSED: [written: ReferenceConfig, reason: string, name?: string][] = [
  [{ repository: "ext::sh -c evil" }, "is no repository"],
  [{ repository: "--upload-pack=evil" }, "is no repository"],
  [{ repository: "-x/y" }, "is no repository"],
  [{ repository: "ssh://-oProxyCommand=evil/x" }, "is no repository"],
  [{ repository: "a/b", branch: "--evil" }, "is no name of a branch"],
  ["docs", "its name may hold", "../a"],
];
for (const [written, reason, name = "a"] of REFUSED) {
  test(`${JSON.stringify(written)} as ${name} is refused in words that name it`, () => {
    const { found, warnings } = locate(written, name);
    expect(found).toBeUndefined();
    expect(warnings.join()).toContain(`references.${name} is ignored: `);
    expect(warnings.join()).toContain(reason);
  });
}

test("the nearer source says what a name refers to; `reference` is the same key", async () => {
  await using home = await configHome({
    "home/.config/opencode/opencode.json": '{"reference":{"a":"./own","b":"./b"}}',
    "project/opencode.json": '{"references":{"a":{"repository":"owner/name"}}}',
  });
  const own = `${home.root}/home/.config/opencode/b`;
  const { config } = await home.service().get();
  expect(config.references).toEqual({
    a: { repository: "https://github.com/owner/name.git" },
    b: { path: own },
  });
  const untrusted = await home.service({ isTrusted: false }).get();
  expect(untrusted.config.references?.["a"]).toEqual({
    path: `${home.root}/home/.config/opencode/own`,
  });
});
