import { expect, test } from "bun:test";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { findLoginShell, findShell, listShells } from "@/host/find-shell";
import { tempTree } from "@test/support/temp";

const GIT_BASH = { OPENCODE_GIT_BASH_PATH: "/git/bin/bash" };

test.each([
  [{ SHELL: "/bin/zsh", ...GIT_BASH }, "/opt/fish", "/opt/fish", "/opt/fish"],
  [{ SHELL: "/bin/zsh", ...GIT_BASH }, undefined, "/git/bin/bash", "/bin/zsh"],
  [{ ...GIT_BASH }, undefined, "/git/bin/bash", "/git/bin/bash"],
  [{ SHELL: "/bin/zsh" }, undefined, "/bin/zsh", "/bin/zsh"],
  [{ SHELL: "/usr/bin/fish", PATH: "/nowhere" }, undefined, "sh", "/usr/bin/fish"],
])("with %j and %p commands run in %s, people work in %s", (env, configured, commands, login) => {
  expect(findShell(env, configured)).toBe(commands);
  expect(findLoginShell(env, configured)).toBe(login);
});

test("the named bash is among the shells that are listed", async () => {
  await using tree = await tempTree({ bash: "#!/bin/sh\n" });
  const path = join(tree.path, "bash");
  await chmod(path, 0o755);
  const shells = await listShells({ OPENCODE_GIT_BASH_PATH: path, PATH: "/nowhere" });
  expect(shells).toContainEqual({ path, name: "bash", acceptable: true });
});
