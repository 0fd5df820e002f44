// Which formatters are in force, and what running them does to a file: with the real prettier and
// biome, and with small programs of our own where a failure or an argument is to be seen.
import { describe, expect, test } from "bun:test";
import { chmod, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Logger } from "@/base/log";
import { isRunning } from "@/base/process";
import { Formatters, type FormattersOptions } from "@/host/formatters";
import { COMMON, linkPrograms } from "@test/support/programs";
import {
  readTree,
  type TempDirectory,
  tempDirectory,
  type Tree,
  writeTree,
} from "@test/support/temp";

const SIGNAL = new AbortController().signal;
const UGLY = "const  a = {b:1}\n";
const USES_PRETTIER = JSON.stringify({ devDependencies: { prettier: "*" } });

interface Place extends AsyncDisposable {
  directory: string;
  formatters: Formatters;
  format(name: string, signal?: AbortSignal): Promise<string | undefined>;
  read(name: string): Promise<string>;
  enabled(): Promise<string[]>;
}

/** A project with the real packages; `bin` are shell scripts on the PATH. */
async function place(
  tree: Tree,
  config: Awaited<ReturnType<FormattersOptions["config"]>>,
  options: Partial<FormattersOptions> & { bin?: Record<string, string> } = {},
): Promise<Place> {
  const root: TempDirectory = await tempDirectory();
  const directory = join(root.path, "project");
  await writeTree(root.path, { "project/": "", "bin/": "" });
  await writeTree(directory, tree);
  await symlink(resolve(import.meta.dir, "../../node_modules"), join(directory, "node_modules"));
  const { bin = {}, ...more } = options;
  for (const [name, script] of Object.entries(bin)) {
    await writeFile(join(root.path, "bin", name), `#!/bin/sh\n${script}\n`);
    await chmod(join(root.path, "bin", name), 0o755);
  }
  await linkPrograms(join(root.path, "bin"), [...COMMON, "node"]);
  const formatters = new Formatters({
    directory,
    worktree: directory,
    env: { PATH: join(root.path, "bin"), HOME: root.path },
    log: Logger.silent(),
    config: async () => config,
    isTrusted: async () => true,
    onHeld: () => undefined,
    ...more,
  });
  return {
    directory,
    formatters,
    format: (name, signal = SIGNAL) => formatters.format(resolve(directory, name), signal),
    read: (name) => readTree(directory, name),
    enabled: async () =>
      (await formatters.status()).filter(({ enabled }) => enabled).map(({ name }) => name),
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  };
}

describe("nothing is formatted", () => {
  const files = { "package.json": USES_PRETTIER, "a.ts": UGLY };

  test.each([undefined, false])("when the configuration says %p", async (config) => {
    await using p = await place(files, config);
    expect(await p.format("a.ts")).toBeUndefined();
    expect(await p.read("a.ts")).toBe(UGLY);
    expect(await p.enabled()).toEqual([]);
    expect((await p.formatters.status()).map(({ name }) => name)).toContain("prettier");
  });

  test("before the project is trusted, what lies in it or runs its code", async () => {
    const held: string[] = [];
    const onHeld = (name: string) => void held.push(name);
    const bin = { prettier: "exit 0", shfmt: 'echo formatted > "$2"' };
    const options = { isTrusted: async () => false, onHeld, bin };
    await using p = await place({ ...files, "a.sh": UGLY }, true, options);
    expect(await p.format("a.ts")).toBeUndefined();
    expect(await p.read("a.ts")).toBe(UGLY);
    expect(held).toEqual(["prettier"]);
    expect(await p.format("a.sh")).toBeUndefined();
    expect(await p.read("a.sh")).toBe("formatted\n");
    expect(await p.enabled()).not.toContain("prettier");
  });

  test("outside the worktree, also through a link", async () => {
    await using p = await place(files, true);
    await writeTree(p.directory, { "../outside/a.ts": UGLY });
    await symlink("../outside/a.ts", join(p.directory, "link.ts"));
    expect(await p.format("../outside/a.ts")).toBeUndefined();
    expect(await p.format("link.ts")).toBeUndefined();
    expect(await p.read("../outside/a.ts")).toBe(UGLY);
  });

  test("of a file that was removed, or that no formatter is for", async () => {
    await using p = await place({ ...files, "a.txt": UGLY }, true);
    expect(await p.format("gone.ts")).toBeUndefined();
    expect(await p.format("a.txt")).toBeUndefined();
    expect(await p.read("a.txt")).toBe(UGLY);
  });
});

describe("prettier", () => {
  test("formats by the project's own settings", async () => {
    await using p = await place(
      { "package.json": USES_PRETTIER, ".prettierrc": '{"semi":false}', "src/a.ts": UGLY },
      true,
    );
    expect(await p.format("src/a.ts")).toBeUndefined();
    expect(await p.read("src/a.ts")).toBe("const a = { b: 1 }\n");
    expect(await p.enabled()).toContain("prettier");
  });

  test("is in force from the moment the project depends on it", async () => {
    await using p = await place({ "package.json": "{}", "a.ts": UGLY }, true);
    await p.format("a.ts");
    expect(await p.read("a.ts")).toBe(UGLY);
    await writeTree(p.directory, { "package.json": USES_PRETTIER });
    await p.format("a.ts");
    expect(await p.read("a.ts")).toBe("const a = { b: 1 };\n");
    await writeTree(p.directory, { "package.json": "{}" });
    expect(await p.enabled()).not.toContain("prettier");
  });

  test("says why it failed, and the edit stays", async () => {
    await using p = await place({ "package.json": USES_PRETTIER, "a.ts": "const = ;\n" }, true);
    const note = await p.format("a.ts");
    expect(note).toStartWith("The formatter prettier failed: exit code 2\n");
    expect(note).toContain("SyntaxError");
    expect(await p.read("a.ts")).toBe("const = ;\n");
  });
});

test("biome formats a file of a package below its configuration", async () => {
  await using p = await place(
    { "biome.json": '{"formatter":{"indentStyle":"space"}}', "packages/a/b.ts": "if(a){b()}\n" },
    true,
  );
  expect(await p.format("packages/a/b.ts")).toBeUndefined();
  expect(await p.read("packages/a/b.ts")).toBe("if (a) {\n  b();\n}\n");
  expect(await p.enabled()).toContain("biome");
  expect(await p.enabled()).not.toContain("prettier");
});

describe("what the table says of a project", () => {
  const listed = { bin: { ruff: "", uv: "", standardrb: "", rubocop: "", gofmt: "", oxfmt: "" } };

  test("uv and rubocop give way to ruff and standardrb", async () => {
    await using p = await place({}, true, listed);
    expect(await p.enabled()).toEqual(["gofmt", "uv", "rubocop"]);
    await writeTree(p.directory, {
      "pyproject.toml": '[project]\ndependencies = ["ruff>=0.5"]\n',
      ".standard.yml": "",
    });
    expect(await p.enabled()).toEqual(["gofmt", "ruff", "standardrb"]);
  });

  test("oxfmt needs its switch", async () => {
    const files = { "package.json": '{"dependencies":{"oxfmt":"1"}}' };
    await using off = await place(files, true, listed);
    expect(await off.enabled()).not.toContain("oxfmt");
    const env = { PATH: join(off.directory, "../bin"), OPENCODE_EXPERIMENTAL_OXFMT: "1" };
    await using on = await place(files, true, { env });
    expect(await on.enabled()).toContain("oxfmt");
  });

  test("a program of the same name is not taken for another", async () => {
    await using go = await place({}, true, { bin: { air: "echo live reload for Go" } });
    expect(await go.enabled()).toEqual([]);
    await using r = await place({}, true, { bin: { air: "echo An R language server" } });
    expect(await r.enabled()).toEqual(["air"]);
  });

  test("Rust is read as of the edition of the workspace", async () => {
    await using p = await place(
      {
        "Cargo.toml": '[workspace.package]\nedition = "2024"\n',
        "a/Cargo.toml": "[package]\nedition.workspace = true\n",
        "a/b.rs": "old",
      },
      true,
      { bin: { rustfmt: 'printf "%s " "$1" "$2" > "$3"' } },
    );
    expect(await p.format("a/b.rs")).toBeUndefined();
    expect(await p.read("a/b.rs")).toBe("--edition 2024 ");
  });
});

describe("the configuration's map", () => {
  test("ends a formatter, and leaves the others", async () => {
    const bin = { gofmt: 'echo formatted > "$2"', shfmt: "" };
    await using p = await place({ "a.go": "old\n" }, { gofmt: { disabled: true } }, { bin });
    await p.format("a.go");
    expect(await p.read("a.go")).toBe("old\n");
    expect(await p.enabled()).toEqual(["shfmt"]);
  });

  test("gives a built-in one another command, environment and files", async () => {
    const prettier = {
      command: ["./format.sh", "to=$FILE", "$FILE"],
      environment: { WORD: "mine" },
      extensions: ["TXT"],
    };
    await using p = await place(
      { "format.sh": '#!/bin/sh\necho "$WORD $1" > "$2"\n', "a.txt": "", "a.ts": UGLY },
      { prettier },
    );
    await chmod(join(p.directory, "format.sh"), 0o755);
    expect(await p.format("a.txt")).toBeUndefined();
    expect(await p.read("a.txt")).toBe(`mine to=${join(p.directory, "a.txt")}\n`);
    await p.format("a.ts");
    expect(await p.read("a.ts")).toBe(UGLY);
  });

  test("adds others, whose arguments no shell reads", async () => {
    const name = "$(touch made) `touch made` $& 'x\".q";
    await using p = await place(
      { [name]: "old" },
      { mine: { command: ["write-name", "$FILE"], extensions: [".q"] } },
      { bin: { "write-name": 'printf "%s" "$1" > "$1"' } },
    );
    expect(await p.format(name)).toBeUndefined();
    expect(await p.read(name)).toBe(join(p.directory, name));
    expect(await stat(join(p.directory, "made")).catch(() => "none")).toBe("none");
    expect((await p.formatters.status()).at(-1)).toEqual({
      name: "mine",
      extensions: [".q"],
      enabled: true,
    });
  });

  test("names a program that is not there: it is not in force", async () => {
    const mine = { command: ["no-such-program", "$FILE"], extensions: [".q"] };
    await using p = await place({ "a.q": "old" }, { mine });
    expect(await p.format("a.q")).toBeUndefined();
    expect(await p.enabled()).toEqual([]);
  });
});

describe("a formatter that fails", () => {
  const config = {
    mine: { command: ["mine", "$FILE"], extensions: [".q"] },
    other: { command: ["other", "$FILE"], extensions: [".q"] },
  };

  test.each([': > "$1"; exit 3', 'rm "$1"; exit 3'])("and does %p takes nothing", async (mine) => {
    await using p = await place({ "a.q": "the edit" }, config, { bin: { mine } });
    const path = join(p.directory, "a.q");
    await chmod(path, 0o755);
    expect(await p.format("a.q")).toBe("The formatter mine failed: exit code 3");
    expect(await p.read("a.q")).toBe("the edit");
    expect((await stat(path)).mode & 0o777).toBe(0o755);
  });

  test("does not keep the next from its work", async () => {
    const bin = { mine: "echo broken >&2; exit 1", other: 'echo formatted > "$1"' };
    await using p = await place({ "a.q": "" }, config, { bin });
    expect(await p.format("a.q")).toBe("The formatter mine failed: exit code 1\nbroken");
    expect(await p.read("a.q")).toBe("formatted\n");
  });

  test("is ended on abort, and what it began is undone", async () => {
    const bin = { mine: 'echo half > "$1"; echo $$ > pid; exec sleep 600', other: "touch ran" };
    await using p = await place({ "a.q": "the edit" }, config, { bin });
    const pipe = join(p.directory, "pid");
    expect(await Bun.spawn(["mkfifo", pipe]).exited).toBe(0);
    const abort = new AbortController();
    const formatted = p.format("a.q", abort.signal);
    const pid = Number(await p.read("pid"));
    abort.abort();
    expect(await formatted).toBeUndefined();
    expect(await isRunning(pid)).toBe(false);
    expect(await p.read("a.q")).toBe("the edit");
    expect(await stat(join(p.directory, "ran")).catch(() => "none")).toBe("none");
    await rm(pipe);
  });

  test("nothing rejects when the configuration cannot be read", async () => {
    await using p = await place({ "a.q": "" }, true, {
      config: async () => {
        throw new Error("opencode.json is broken");
      },
    });
    expect(await p.format("a.q")).toContain("opencode.json is broken");
  });
});
