// Instructions: whose files count, in which order, and what is kept out.
import { describe, expect, test } from "bun:test";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fixture } from "@test/agent/fixture";
import type { Tree } from "@test/support/temp";

const config = (value: unknown) => ({ "project/opencode.json": JSON.stringify(value) });

type Fixture = Awaited<ReturnType<typeof fixture>>;

async function shown(f: Fixture): Promise<string[]> {
  const found = await f.instructions.forSession("ses_1");
  return found.map(({ path }) => relative(f.root, path));
}

const everywhere: Tree = {
  "home/.config/opencode/AGENTS.md": "global",
  "home/.claude/CLAUDE.md": "claude",
  "project/AGENTS.md": "outer",
  "project/CLAUDE.md": "outer claude",
  "project/packages/one/AGENTS.md": "inner",
  "project/packages/one/CONTEXT.md": "inner context",
  "project/packages/CLAUDE.md": "middle claude",
  "project/packages/one/src/AGENTS.md": "below",
};
const directory = "packages/one";

describe("for a session", () => {
  test("the person's, then the project's of one name, outermost first", async () => {
    await using f = await fixture(everywhere, { directory });
    expect(await shown(f)).toEqual([
      "home/.config/opencode/AGENTS.md",
      "project/AGENTS.md",
      "project/packages/one/AGENTS.md",
    ]);
  });

  test("the next name when the first is nowhere on the way", async () => {
    await using f = await fixture(
      {
        "home/.claude/CLAUDE.md": "claude",
        "project/packages/CLAUDE.md": "middle",
        "project/packages/one/CONTEXT.md": "context",
        "project/packages/one/src/AGENTS.md": "below does not count",
      },
      { directory },
    );
    expect(await shown(f)).toEqual(["home/.claude/CLAUDE.md", "project/packages/CLAUDE.md"]);
  });

  test("no CLAUDE.md when that is switched off, nothing of a project that is", async () => {
    const { "home/.config/opencode/AGENTS.md": _, "project/AGENTS.md": __, ...rest } = everywhere;
    const env = { OPENCODE_DISABLE_CLAUDE_CODE_PROMPT: "true" };
    await using f = await fixture(rest, { directory, env });
    expect(await shown(f)).toEqual(["project/packages/one/AGENTS.md"]);
    const off = { OPENCODE_DISABLE_PROJECT_CONFIG: "1" };
    await using g = await fixture(everywhere, { directory, env: off });
    expect(await shown(g)).toEqual(["home/.config/opencode/AGENTS.md"]);
    const nested = await g.instructions.forFile("ses_1", "src/a.ts");
    expect(nested).toEqual([]);
  });

  test("without a repository, nothing from directories shared by all", async () => {
    const tree = { "AGENTS.md": "anybody's", "project/AGENTS.md": "mine" };
    await using f = await fixture(tree, { isBare: true });
    expect(await shown(f)).toEqual(["project/AGENTS.md"]);
  });

  test("none at all", async () => {
    await using f = await fixture({});
    expect(await f.instructions.forSession("ses_1")).toEqual([]);
    expect(await f.warnings()).toBe("");
  });

  test("a change counts for the next session", async () => {
    await using f = await fixture({ "project/AGENTS.md": "one\n" });
    expect((await f.instructions.forSession("ses_1"))[0]?.content).toBe("one");
    await writeFile(join(f.project, "AGENTS.md"), "two\n");
    expect((await f.instructions.forSession("ses_2"))[0]?.content).toBe("two");
  });

  test("a large file is cut, and says so", async () => {
    await using f = await fixture({ "project/AGENTS.md": "é".repeat(100_000) });
    const content = (await f.instructions.forSession("ses_1"))[0]?.content ?? "";
    expect(Buffer.byteLength(content)).toBeLessThan(66_000);
    expect(content).toEndWith("only the first 64 KB of 195 KB are shown.)");
    expect(content).not.toContain("\uFFFD");
  });

  test("a directory or a pipe of that name is none", async () => {
    await using f = await fixture({ "project/AGENTS.md/": "", "project/a/CLAUDE.md/": "" });
    await Bun.$`mkfifo ${join(f.project, "CONTEXT.md")}`.quiet();
    expect(await shown(f)).toEqual([]);
  });

  test("a link out of the project is followed once trusted, while it leads there", async () => {
    const files = { "shared/rules.md": "shared", "private/key": "secret" };
    await using f = await fixture(files, { isTrusted: false });
    const link = join(f.project, "AGENTS.md");
    await symlink(join(f.root, "shared/rules.md"), link);
    expect(await shown(f)).toEqual([]);
    expect(await f.acting()).toEqual(["AGENTS.md"]);
    await f.trust();
    expect(await shown(f)).toEqual(["project/AGENTS.md"]);
    await rm(link);
    await symlink(join(f.root, "private/key"), link);
    expect(await shown(f)).toEqual([]);
    await f.config.reload();
    expect(await shown(f)).toEqual([]);
    expect(await f.warnings()).toContain("AGENTS.md leads out of the project");
  });

  test("two names of one file are told once", async () => {
    await using f = await fixture({
      ...config({ instructions: ["AGENTS.md", "docs/../AGENTS.md", "LINK.md"] }),
      "project/AGENTS.md": "one",
    });
    await symlink("AGENTS.md", join(f.project, "LINK.md"));
    expect(await shown(f)).toEqual(["project/AGENTS.md"]);
  });
});

describe("of the configuration", () => {
  test("paths, globs upward, home, absolute", async () => {
    await using f = await fixture(
      {
        ...config({ instructions: ["rules/*.md", "~/style.md", "docs/**/how*.md", "one.md"] }),
        "home/style.md": "style",
        "project/rules/b.md": "b",
        "project/rules/a.md": "a",
        "project/rules/a.txt": "no",
        "project/packages/one/rules/c.md": "c",
        "project/docs/x/y/how-to.md": "how",
        "project/docs/node_modules/how-not.md": "no",
        "project/packages/one/one.md": "one",
      },
      { directory },
    );
    expect(await shown(f)).toEqual([
      "project/rules/a.md",
      "project/rules/b.md",
      "project/packages/one/rules/c.md",
      "home/style.md",
      "project/docs/x/y/how-to.md",
      "project/packages/one/one.md",
    ]);
    const absolute = join(f.root, "home/st*.md");
    await f.config.update({ instructions: [absolute] });
    expect(await shown(f)).toContain("home/style.md");
  });

  test("links out of the project, by name and among what a glob finds, once trusted", async () => {
    const files = {
      ...config({ instructions: ["docs/*.md", "one.md", "rules/**/*.md"] }),
      "shared/a.md": "a",
      "shared/more/b.md": "b",
      "project/docs/own.md": "own",
      "project/rules/own.md": "own",
    };
    await using f = await fixture(files, { isTrusted: false });
    await symlink(join(f.root, "shared/a.md"), join(f.project, "docs/linked.md"));
    await symlink(join(f.root, "shared/a.md"), join(f.project, "one.md"));
    await symlink(join(f.root, "shared/more"), join(f.project, "rules/more"));
    const own = ["project/docs/own.md", "project/rules/own.md"];
    expect(await shown(f)).toEqual(own);
    expect(await f.acting()).toEqual(["docs/linked.md", "one.md", "rules/more"]);
    await f.trust();
    expect(await shown(f)).toEqual([
      ...["project/docs/linked.md", "project/docs/own.md"],
      ...["project/rules/own.md", "project/rules/more/b.md"],
    ]);
    await rm(join(f.project, "docs/own.md"));
    await symlink(join(f.root, "shared/more/b.md"), join(f.project, "docs/own.md"));
    expect(await shown(f)).not.toContain("project/docs/own.md");
  });

  test("what matches nothing is a warning", async () => {
    await using f = await fixture(config({ instructions: ["missing.md", "none/*.md"] }));
    expect(await shown(f)).toEqual([]);
    expect(await f.warnings()).toContain("missing.md");
    expect(await f.warnings()).toContain("none/*.md");
  });

  test("a directory whose name looks like a pattern is a name", async () => {
    await using f = await fixture(
      {
        "project/[x]/opencode.json": JSON.stringify({ instructions: ["docs/*.md"] }),
        "project/[x]/docs/a.md": "a",
        "project/x/docs/b.md": "b",
      },
      { directory: "[x]" },
    );
    expect(await shown(f)).toEqual(["project/[x]/docs/a.md"]);
  });

  test("a URL is fetched once; one that fails is a warning", async () => {
    let requests = 0;
    await using server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch(request) {
        requests++;
        const isGood = new URL(request.url).pathname === "/good.md";
        return isGood ? new Response("x".repeat(70_000)) : new Response("no", { status: 404 });
      },
    });
    const good = new URL("/good.md", server.url).href;
    const bad = new URL("/bad.md", server.url).href;
    await using f = await fixture(config({ instructions: [good, bad] }));
    const [first, ...others] = await f.instructions.forSession("ses_1");
    expect(first?.path).toBe(good);
    expect(first?.content).toEndWith("xx\n\n(Cut here: only the first 64 KB are shown.)");
    expect(others).toEqual([]);
    await f.instructions.forSession("ses_2");
    expect(requests).toBe(2);
    expect(await f.warnings()).toContain("the server answered 404");
  });
});

describe("for a file", () => {
  const tree: Tree = {
    "project/AGENTS.md": "root",
    "project/one/AGENTS.md": "one",
    "project/one/src/CLAUDE.md": "src",
    "project/one/src/deep/AGENTS.md": "deep",
    "project/one/src/deep/CLAUDE.md": "deep claude",
    "project/two/AGENTS.md": "two",
    "outside/AGENTS.md": "outside",
  };

  async function forFile(f: Fixture, path: string, sessionID = "ses_1") {
    const found = await f.instructions.forFile(sessionID, path);
    return found.map(({ content }) => content);
  }

  test("those between the session's directory and the file, each once for a session", async () => {
    await using f = await fixture(tree, { directory: "one" });
    await f.instructions.forSession("ses_1");
    expect(await forFile(f, join(f.project, "one/a.ts"))).toEqual([]);
    expect(await forFile(f, join(f.project, "one/src/deep/er/a.ts"))).toEqual(["src", "deep"]);
    expect(await forFile(f, join(f.project, "one/src/b.ts"))).toEqual([]);
    expect(await forFile(f, "src/b.ts", "ses_2")).toEqual(["src"]);
    f.instructions.forget("ses_1");
    expect(await forFile(f, "src/b.ts")).toEqual(["src"]);
  });

  test("those of a part of the project aside; none outside", async () => {
    await using f = await fixture(tree, { directory: "one" });
    expect(await forFile(f, "../two/x/a.ts")).toEqual(["two"]);
    expect(await forFile(f, join(f.root, "outside/a.ts"))).toEqual([]);
    expect(await forFile(f, join(f.project, "a.ts"))).toEqual([]);
  });

  test("calls at the same time tell one file once", async () => {
    await using f = await fixture(tree, { directory: "one" });
    const files = ["src/a.ts", "src/b.ts", "src/c.ts"];
    const told = await Promise.all(files.map((path) => forFile(f, path)));
    expect(told.flat()).toEqual(["src"]);
  });

  test("not one that the session began with", async () => {
    await using f = await fixture({
      ...config({ instructions: ["lib/AGENTS.md"] }),
      "project/lib/AGENTS.md": "lib",
    });
    await mkdir(join(f.project, "lib/x"));
    expect(await shown(f)).toEqual(["project/lib/AGENTS.md"]);
    expect(await forFile(f, "lib/x/a.ts")).toEqual([]);
  });
});
