// A repository that the configuration names: models are told of it, and it is copied when one reads
// in it.
import { expect, test } from "bun:test";
import { readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { git, gitRepository, tempDirectory } from "@test/support/temp";
import { sessionApp } from "@test/support/session-app";

const config = {
  references: {
    lib: { repository: "owner/lib", description: "The library" },
    secret: { repository: "owner/other", description: "Not told", hidden: true },
  },
};

async function origin() {
  const root = await tempDirectory();
  const repository = join(root.path, "owner", "lib.git");
  await gitRepository(repository, { "main.ts": "export const answer = 42;" });
  await symlink("/etc/hosts", join(repository, "hosts"));
  await git(repository, "add", "-A");
  await git(repository, "commit", "-qm", "link");
  const env = { OPENCODE_REPO_CLONE_GITHUB_BASE_URL: `file://${root.path}` };
  return { env, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
}

test("it is told of, and copied when read; links out of it are asked for", async () => {
  await using at = await origin();
  await using t = await sessionApp({ config, env: at.env });
  const session = t.create();
  t.model.push({ text: "Hi" });
  await t.prompt(session, "Hi");
  const [first] = t.model.requests;
  const system = first?.request.system ?? "";
  const directory = /- @lib\/ is (\S+)\/: The library/.exec(system)?.[1] ?? "";
  expect(directory).toStartWith(join(t.home, ".local/share/opencode/repos/lib-"));
  expect(system).not.toContain("Not told");
  expect(first?.byteLength).toBeLessThan(10 * 1024);
  expect(await readdir(join(directory, "..")).catch(() => "none")).toBe("none");

  t.model.push({ calls: [{ tool: "read", input: { filePath: `${directory}/hosts` } }] });
  t.model.push({ calls: [{ tool: "grep", input: { pattern: "answer", path: directory } }] });
  t.model.push({ text: "Done" });
  const asked = t.next("permission.asked");
  const answered = t.prompt(session, "Read it");
  const request = await asked;
  expect(request).toMatchObject({ permission: "external_directory", patterns: ["/etc/*"] });
  t.instance.permissions.reply(request.id, "reject", { message: "Not that" });
  await answered;
  const [read, grep] = t.calls(session).map(({ state }) => state);
  expect(read?.status).toBe("error");
  expect(grep).toMatchObject({ status: "completed" });
  expect(JSON.stringify(grep)).toContain("answer = 42");
  expect(t.model.requests.at(-1)?.request.system).toBe(system);
});
