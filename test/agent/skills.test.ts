// Skills: where they are found, which one counts, and what is left out.
import { describe, expect, test } from "bun:test";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Env } from "@/base/env";
import type { Tree } from "@test/support/temp";
import { fixture } from "@test/agent/fixture";

const skill = (name: string, description = `about ${name}`) =>
  `---\nname: ${name}\ndescription: ${description}\n---\n\nHow to ${name}.\n`;

async function names(tree: Tree, options: { env?: Env; directory?: string } = {}) {
  await using f = await fixture(tree, options);
  return (await f.skills.list()).map(({ name }) => name);
}

const everywhere: Tree = {
  "home/.claude/skills/a/SKILL.md": skill("home-claude"),
  "home/.agents/skills/a/SKILL.md": skill("home-agents"),
  "home/.config/opencode/skill/deep/er/SKILL.md": skill("global"),
  "home/more/x/SKILL.md": skill("listed-home"),
  "project/.claude/skills/a/SKILL.md": skill("project-claude"),
  "project/.agents/skills/a/SKILL.md": skill("project-agents"),
  "project/packages/one/.claude/skills/a/SKILL.md": skill("nested-claude"),
  "project/.opencode/skills/a/SKILL.md": skill("project-own"),
  "project/opencode.json": JSON.stringify({ skills: { paths: ["~/more", "own/skills"] } }),
  "project/packages/one/own/skills/x/SKILL.md": skill("listed-relative"),
  "project/packages/two/.claude/skills/a/SKILL.md": skill("aside"),
  "project/.claude/skills/a/README.md": skill("no-skill"),
};
const directory = "packages/one";

describe("places", () => {
  test("of the person, the project upward, configuration, and listed ones", async () => {
    const all = ["global", "home-agents", "home-claude", "listed-home", "listed-relative"];
    const project = ["nested-claude", "project-agents", "project-claude", "project-own"];
    expect(await names(everywhere, { directory })).toEqual([...all, ...project]);
  });

  const own = ["global", "listed-home", "listed-relative", "project-own"];
  const SWITCHES: readonly [string, string[]][] = [
    ["OPENCODE_DISABLE_EXTERNAL_SKILLS", own],
    ["OPENCODE_DISABLE_CLAUDE_CODE_SKILLS", [...own, "home-agents", "project-agents"].sort()],
    ["OPENCODE_DISABLE_CLAUDE_CODE", [...own, "home-agents", "project-agents"].sort()],
    ["OPENCODE_DISABLE_PROJECT_CONFIG", ["global", "home-agents", "home-claude"]],
  ];
  for (const [name, expected] of SWITCHES) {
    test(`without those that ${name} switches off`, async () => {
      expect(await names(everywhere, { directory, env: { [name]: "1" } })).toEqual(expected);
    });
  }
});

describe("a skill", () => {
  test("has the text behind its front matter, and is found by name", async () => {
    await using f = await fixture({ "home/.agents/skills/pdf/SKILL.md": skill("pdf") });
    const expected = {
      name: "pdf",
      description: "about pdf",
      location: join(f.home, ".agents/skills/pdf/SKILL.md"),
      content: "How to pdf.",
    };
    expect(await f.skills.list()).toEqual([expected]);
    expect(await f.skills.find("pdf")).toEqual(expected);
    expect(await f.skills.find("xls")).toBeUndefined();
  });

  test("without a name is named after its directory, without a description has none", async () => {
    await using f = await fixture({ "project/.opencode/skill/tidy/SKILL.md": "Tidy up." });
    const location = join(f.project, ".opencode/skill/tidy/SKILL.md");
    expect(await f.skills.list()).toEqual([{ name: "tidy", location, content: "Tidy up." }]);
  });

  test("nearer to the project counts more, with a warning", async () => {
    await using f = await fixture({
      "home/.claude/skills/a/SKILL.md": skill("deploy", "mine"),
      "project/.claude/skills/b/SKILL.md": skill("deploy", "theirs"),
    });
    expect((await f.skills.list()).map(({ description }) => description)).toEqual(["theirs"]);
    expect(await f.warnings()).toContain("Two skills are named deploy");
  });

  test("that is broken is left out with a warning, the others work", async () => {
    await using f = await fixture({
      "project/.claude/skills/good/SKILL.md": skill("good"),
      "project/.claude/skills/list/SKILL.md": "---\nname: [a]\n---\n",
      "project/.claude/skills/blank/SKILL.md": "---\nname: two words\n---\n",
      "project/.claude/skills/open/SKILL.md": "---\nname: x\n",
    });
    expect((await f.skills.list()).map(({ name }) => name)).toEqual(["good"]);
    const warnings = await f.warnings();
    for (const place of ["list/SKILL.md:2: name", "blank/SKILL.md", "open/SKILL.md:1:"]) {
      expect(warnings).toContain(place);
    }
  });

  test("a description is cut to a bound", async () => {
    const long = skill("long", "x".repeat(5_000));
    await using f = await fixture({ "project/.claude/skills/long/SKILL.md": long });
    expect((await f.skills.find("long"))?.description).toHaveLength(1_024);
  });
});

describe("links", () => {
  test("of the person are followed, those of a project once trusted, circles end", async () => {
    const files = {
      "shared/one/SKILL.md": skill("shared"),
      "home/.claude/skills/x/SKILL.md": skill("own"),
      "project/.claude/skills/y/SKILL.md": skill("theirs"),
      "private/SKILL.md": skill("private"),
    };
    await using f = await fixture(files, { isTrusted: false });
    const skills = join(f.home, ".claude/skills");
    await symlink(join(f.root, "shared"), join(skills, "shared"));
    await symlink(skills, join(skills, "circle"));
    await symlink(join(f.root, "private"), join(f.project, ".claude/skills/private"));
    const names = async () => (await f.skills.list()).map(({ name }) => name);
    expect(await names()).toEqual(["own", "shared", "theirs"]);
    const outside = [
      join(skills, "x"),
      join(skills, "shared/one"),
      join(f.root, "shared/one"),
    ].sort();
    expect((await f.skills.outsideDirectories()).sort()).toEqual(outside);
    expect(await f.acting()).toEqual([".claude/skills/private"]);
    await f.trust();
    expect(await names()).toEqual(["own", "private", "shared", "theirs"]);
    // Its other files lie where it leads, and may be read as those of any skill.
    expect(await f.skills.outsideDirectories()).toContain(join(f.root, "private"));
  });

  test("a project's whole folder of skills may be one", async () => {
    const files = { "shared/a/SKILL.md": skill("a"), "shared/b/SKILL.md": skill("b") };
    await using f = await fixture({ ...files, "project/.agents/": "" }, { isTrusted: false });
    await symlink(join(f.root, "shared"), join(f.project, ".agents/skills"));
    expect(await f.skills.list()).toEqual([]);
    expect(await f.acting()).toEqual([".agents/skills"]);
    await f.trust();
    expect((await f.skills.list()).map(({ name }) => name)).toEqual(["a", "b"]);
  });
});
