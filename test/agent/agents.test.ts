// Agents: the built-in table, what configuration and markdown make of it, and who answers first.
import { describe, expect, test } from "bun:test";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { evaluate, isToolHidden } from "@/permission/rules";
import { isValid } from "@/base/schema";
import { Agent } from "@/schema/agent";
import type { Config } from "@/schema/config";
import { fixture } from "@test/agent/fixture";
import type { Tree } from "@test/support/temp";

/** The person's own configuration. */
const PERSONAL = "home/.config/opencode/opencode.json";
const config = (value: unknown) => ({ "project/opencode.json": JSON.stringify(value) });

describe("built-in agents", () => {
  test("the default first, then by name; the inner ones hidden", async () => {
    await using f = await fixture({});
    const agents = await f.agents.list();
    expect(agents.map(({ name, mode, hidden }) => [name, mode, hidden ?? false])).toEqual([
      ["build", "primary", false],
      ["compaction", "primary", true],
      ["explore", "subagent", false],
      ["general", "subagent", false],
      ["plan", "primary", false],
      ["summary", "primary", true],
      ["title", "primary", true],
    ]);
    for (const agent of agents) {
      expect(isValid(Agent, agent)).toBe(true);
      expect(agent.native).toBe(true);
      expect(agent.options).toEqual({});
    }
    expect(await f.agents.defaultAgent()).toBe("build");
  });

  // Agent, permission, pattern, verdict without any configuration.
  const TABLE: readonly [string, string, string, string][] = [
    ["build", "bash", "rm x", "allow"],
    ["build", "edit", "a.ts", "allow"],
    ["build", "question", "*", "allow"],
    ["build", "doom_loop", "read", "ask"],
    ["build", "external_directory", "/etc/*", "ask"],
    ["build", "read", "a.ts", "allow"],
    ["build", "read", ".env", "ask"],
    ["build", "read", "x/.env.production", "ask"],
    ["build", "read", ".env.example", "allow"],
    ["plan", "edit", "a.ts", "deny"],
    ["plan", "edit", ".opencode/plans/a.md", "allow"],
    ["plan", "bash", "git log", "allow"],
    ["plan", "task", "general", "deny"],
    ["plan", "task", "explore", "allow"],
    ["general", "todowrite", "*", "deny"],
    ["general", "question", "*", "deny"],
    ["general", "edit", "a.ts", "allow"],
    ["explore", "edit", "a.ts", "deny"],
    ["explore", "task", "general", "deny"],
    ["explore", "grep", "x", "allow"],
    ["explore", "read", "a.ts", "allow"],
    ["explore", "read", ".env", "ask"],
    ["explore", "read", "deploy/.env.local", "ask"],
    ["explore", "external_directory", "/etc/*", "ask"],
    ["explore", "doom_loop", "read", "ask"],
    ["title", "read", "a.ts", "deny"],
    ["compaction", "bash", "ls", "deny"],
  ];
  for (const [name, permission, pattern, expected] of TABLE) {
    test(`${name}: ${permission} ${pattern} -> ${expected}`, async () => {
      await using f = await fixture({});
      const agent = await f.agents.get(name);
      expect<string>(evaluate(permission, pattern, agent.permission).action).toBe(expected);
    });
  }

  test("all may read saved tool outputs and skills outside the project, and no more", async () => {
    await using f = await fixture({
      "home/.claude/skills/pdf/SKILL.md": "---\nname: pdf\ndescription: d\n---\n",
      "project/.claude/skills/own/SKILL.md": "---\nname: own\ndescription: d\n---\n",
    });
    for (const name of ["build", "explore"]) {
      const { permission } = await f.agents.get(name);
      const verdict = (path: string) => evaluate("external_directory", path, permission).action;
      expect(verdict(join(f.paths.toolOutput, "*"))).toBe("allow");
      expect(verdict(join(f.home, ".claude/skills/pdf/scripts/*"))).toBe("allow");
      expect(verdict(join(f.home, ".claude/skills/other/*"))).toBe("ask");
      expect(verdict(join(f.home, ".ssh/*"))).toBe("ask");
    }
  });

  test("the explore agent is not offered what it may never do", async () => {
    await using f = await fixture({});
    const { permission } = await f.agents.get("explore");
    const hidden = ["edit", "write", "apply_patch", "todowrite", "task", "question", "read"];
    expect(hidden.filter((tool) => isToolHidden(tool, permission))).toEqual(hidden.slice(0, -1));
  });
});

describe("permissions of the user", () => {
  test("come over the built-in ones, those of the agent over all", async () => {
    await using f = await fixture(
      config({
        permission: { bash: { "*": "ask", "git *": "allow" }, webfetch: "deny" },
        agent: { build: { permission: { bash: { "git push *": "deny" } } } },
      }),
    );
    const { permission } = await f.agents.get("build");
    const verdict = (name: string, pattern: string) => evaluate(name, pattern, permission).action;
    expect(verdict("bash", "ls")).toBe("ask");
    expect(verdict("bash", "git log")).toBe("allow");
    expect(verdict("bash", "git push")).toBe("deny");
    expect(verdict("webfetch", "x")).toBe("deny");
    const explore = await f.agents.get("explore");
    expect(evaluate("bash", "ls", explore.permission).action).toBe("ask");
    expect(evaluate("bash", "git push", explore.permission).action).toBe("allow");
  });

  test("a general allow does not let read-only agents write; their own rules do", async () => {
    const allow = { permission: "allow" };
    await using general = await fixture(config(allow));
    for (const name of ["plan", "explore"]) {
      const { permission } = await general.agents.get(name);
      expect(evaluate("edit", "a.ts", permission).action).toBe("deny");
    }
    const build = await general.agents.get("build");
    expect(evaluate("external_directory", "/etc/*", build.permission).action).toBe("allow");
    const own = { ...allow, agent: { plan: { permission: { edit: { "docs/*": "allow" } } } } };
    await using specific = await fixture({ [PERSONAL]: JSON.stringify(own) });
    const { permission } = await specific.agents.get("plan");
    expect(evaluate("edit", "docs/a.md", permission).action).toBe("allow");
    expect(evaluate("edit", "src/a.ts", permission).action).toBe("deny");
    await using project = await fixture(config(own));
    const theirs = await project.agents.get("plan");
    expect(evaluate("edit", "docs/a.md", theirs.permission).action).toBe("deny");
  });
});

describe("nearer definitions count more", () => {
  const file = (temperature: number) => `---\ntemperature: ${temperature}\n---\nMarkdown`;
  const json = (temperature: number) =>
    JSON.stringify({ agent: { a: { temperature, prompt: "JSON" } } });
  /** From the farthest to the nearest. */
  const PLACES: readonly [name: string, text: (temperature: number) => string][] = [
    ["home/.config/opencode/opencode.json", json],
    ["home/.config/opencode/agent/a.md", file],
    ["project/opencode.json", json],
    ["project/.opencode/opencode.json", json],
    ["project/.opencode/agent/a.md", file],
    ["project/below/opencode.json", json],
    ["project/below/.opencode/agents/a.md", file],
  ];

  test("whether they are markdown or JSON", async () => {
    for (let count = 1; count <= PLACES.length; count++) {
      const files = PLACES.slice(0, count).map(([name, text], at) => [name, text(at)]);
      await using f = await fixture(Object.fromEntries(files), { directory: "below" });
      const isMarkdown = PLACES[count - 1]?.[1] === file;
      expect(await f.agents.get("a")).toMatchObject({
        temperature: count - 1,
        prompt: isMarkdown ? "Markdown" : "JSON",
      });
    }
  });
});

describe("permissions of a project", () => {
  /** What may be done with bash by an agent, when the person and the project say so much. */
  async function verdicts(
    person: Config,
    project: Config,
    { agent = "build", isTrusted = true, files = {} as Tree } = {},
  ) {
    const tree = { [PERSONAL]: JSON.stringify(person), ...config(project), ...files };
    await using f = await fixture(tree, { isTrusted });
    const { permission } = await f.agents.get(agent);
    return (name: string, pattern: string) => evaluate(name, pattern, permission).action;
  }
  const CAREFUL: Config = {
    permission: { bash: { "*": "ask", "git *": "allow", "rm *": "deny" }, webfetch: "deny" },
  };

  test.each([true, false])("loosen nothing that the person set, trusted: %p", async (isTrusted) => {
    const loose: Config = {
      permission: { "*": "allow", bash: "allow", webfetch: "ask" },
      agent: {
        build: { permission: "allow" },
        theirs: { mode: "primary", permission: { bash: "allow" } },
      },
    };
    const files = { "project/.opencode/agent/mine.md": "---\npermission: allow\n---\nMine" };
    for (const agent of ["build", "theirs", "mine"]) {
      const verdict = await verdicts(CAREFUL, loose, { agent, isTrusted, files });
      expect(verdict("bash", "ls")).toBe("ask");
      expect(verdict("bash", "git log")).toBe("allow");
      expect(verdict("bash", "rm -r x")).toBe("deny");
      expect(verdict("webfetch", "x")).toBe("deny");
      // What nobody but the defaults asks for.
      expect(verdict("external_directory", "/x/*")).toBe(isTrusted ? "allow" : "ask");
    }
  });

  test.each([true, false])("tighten, trusted: %p", async (isTrusted) => {
    const strict: Config = {
      permission: { edit: { "*": "ask", "docs/*": "allow" }, bash: { "git push *": "deny" } },
      tools: { task: false },
    };
    const verdict = await verdicts(CAREFUL, strict, { isTrusted });
    expect(verdict("edit", "src/a.ts")).toBe("ask");
    expect(verdict("edit", "docs/a.md")).toBe("allow");
    expect(verdict("bash", "git push")).toBe("deny");
    expect(verdict("bash", "git log")).toBe("allow");
    expect(verdict("bash", "ls")).toBe("ask");
    expect(verdict("task", "general")).toBe("deny");
    expect(verdict("read", ".env")).toBe("ask");
  });

  test("what a project forbids an agent is not offered to it", async () => {
    await using f = await fixture(config({ agent: { build: { permission: { edit: "deny" } } } }), {
      isTrusted: false,
    });
    const { permission } = await f.agents.get("build");
    expect(isToolHidden("write", permission)).toBe(true);
    expect(isToolHidden("bash", permission)).toBe(false);
  });
});

test("a project that is not trusted chooses no models; all else of its agents works", async () => {
  const files = {
    "project/.opencode/agent/poet.md": "---\nmodel: x/y\ntemperature: 1\n---\nBe brief",
    "home/.config/opencode/agent/own.md": "---\nmodel: x/y\n---\nMine",
    ...config({ agent: { build: { model: "x/y", prompt: "Build" } } }),
  };
  await using f = await fixture(files, { isTrusted: false });
  const poet = await f.agents.get("poet");
  expect(poet).toMatchObject({ temperature: 1, prompt: "Be brief" });
  expect(poet.model).toBeUndefined();
  const build = await f.agents.get("build");
  expect(build.prompt).toBe("Build");
  expect(build.model).toBeUndefined();
  expect((await f.agents.get("own")).model).toEqual({ providerID: "x", modelID: "y" });
});

describe("agents of the configuration", () => {
  test("all keys; those that are not known are for the provider", async () => {
    await using f = await fixture(
      config({
        agent: {
          poet: {
            name: "ignored",
            description: "writes verse",
            mode: "primary",
            model: "openrouter/meta/llama-4",
            variant: "high",
            temperature: 1.2,
            top_p: 0.9,
            prompt: "You rhyme.",
            color: "#ff8800",
            steps: 7,
            hidden: false,
            options: { seed: 1 },
            reasoningEffort: "low",
          },
        },
      }),
    );
    const { permission: _, ...poet } = await f.agents.get("poet");
    expect(poet).toEqual({
      name: "poet",
      description: "writes verse",
      mode: "primary",
      model: { providerID: "openrouter", modelID: "meta/llama-4" },
      variant: "high",
      temperature: 1.2,
      topP: 0.9,
      prompt: "You rhyme.",
      color: "#ff8800",
      steps: 7,
      hidden: false,
      options: { seed: 1, reasoningEffort: "low" },
    });
  });

  test("a built-in one keeps what is not said, and can be disabled", async () => {
    await using f = await fixture(
      config({
        agent: { plan: { temperature: 0.1 }, general: { disable: true }, mine: { maxSteps: 3 } },
      }),
    );
    const plan = await f.agents.get("plan");
    expect(plan).toMatchObject({ temperature: 0.1, mode: "primary", native: true });
    expect(await f.agents.get("mine")).toMatchObject({ mode: "all", steps: 3, options: {} });
    await expect(f.agents.get("general")).rejects.toMatchObject({ kind: "not-found" });
  });

  test("a model without a provider is ignored with a warning", async () => {
    await using f = await fixture(config({ agent: { mine: { model: "gpt" } } }));
    expect((await f.agents.get("mine")).model).toBeUndefined();
    expect(await f.warnings()).toContain("agent.mine.model");
  });

  test("an unknown name is told with the names there are", async () => {
    await using f = await fixture({});
    await expect(f.agents.get("biuld")).rejects.toThrow("Did you mean build?");
    await expect(f.agents.get("zzzzzz")).rejects.toThrow(
      "There are: build, explore, general, plan",
    );
  });

  test("a change counts after the configuration was loaded anew, not before", async () => {
    await using f = await fixture({});
    const before = await f.agents.get("build");
    expect(await f.agents.get("build")).toBe(before);
    await f.config.update({ agent: { build: { temperature: 0.3 } } });
    expect((await f.agents.get("build")).temperature).toBe(0.3);
  });
});

describe("the default agent", () => {
  test("is the one that the configuration names, and stands first", async () => {
    await using f = await fixture(config({ default_agent: "plan" }));
    expect(await f.agents.defaultAgent()).toBe("plan");
    const names = (await f.agents.list()).map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(["plan", "build", "compaction"]);
  });

  for (const name of ["nobody", "explore", "title"]) {
    test(`cannot be ${name}: an error that names the key, and a list all the same`, async () => {
      await using f = await fixture(config({ default_agent: name }));
      await expect(f.agents.defaultAgent()).rejects.toThrow(/default_agent.*build, plan/);
      expect((await f.agents.list())[0]?.name).toBe("build");
    });
  }

  test("is another primary one when build is disabled", async () => {
    await using f = await fixture(config({ agent: { build: { disable: true } } }));
    expect(await f.agents.defaultAgent()).toBe("plan");
    const none = { build: { disable: true }, plan: { hidden: true } };
    await using g = await fixture(config({ agent: none }));
    await expect(g.agents.defaultAgent()).rejects.toMatchObject({ kind: "invalid" });
  });
});

describe("markdown", () => {
  test("in agent and agents of all configuration directories, named by path", async () => {
    await using f = await fixture({
      "home/.config/opencode/agent/mine.md": "---\ndescription: from home\nsteps: 2\n---\nHome.",
      "project/.opencode/agents/mine.md": "---\ndescription: from project\n---\n",
      "project/.opencode/agents/review/security.md":
        "---\nmode: subagent\ntools:\n  write: false\nreasoningEffort: high\n---\nFind holes.",
      "project/.opencode/modes/slow.md": "Take your time.",
      "project/.opencode/agents/notes.txt": "no agent",
    });
    const names = (await f.agents.list()).filter(({ native }) => !native).map(({ name }) => name);
    expect(names).toEqual(["mine", "review/security", "slow"]);
    const mine = { description: "from project", steps: 2, prompt: "Home.", mode: "all" };
    expect(await f.agents.get("mine")).toMatchObject(mine);
    const security = await f.agents.get("review/security");
    expect(security).toMatchObject({
      mode: "subagent",
      prompt: "Find holes.",
      options: { reasoningEffort: "high" },
    });
    expect(isToolHidden("write", security.permission)).toBe(true);
    expect(await f.agents.get("slow")).toMatchObject({ mode: "primary" });
  });

  test("what is nearer overrides it field by field, rules are added up", async () => {
    const settings = {
      agent: { mine: { temperature: 0.5, permission: { bash: { "rm *": "deny" } } } },
    };
    await using f = await fixture({
      ...config(settings),
      "home/.config/opencode/agents/mine.md":
        "---\ntemperature: 1\npermission:\n  bash: allow\n  edit: deny\n---\nMine.",
    });
    const mine = await f.agents.get("mine");
    expect(mine).toMatchObject({ temperature: 0.5, prompt: "Mine." });
    const verdict = (name: string, value: string) => evaluate(name, value, mine.permission).action;
    expect(verdict("bash", "ls")).toBe("allow");
    expect(verdict("bash", "rm x")).toBe("deny");
    expect(verdict("edit", "x")).toBe("deny");
  });

  test("a broken file is skipped with its line, the others work", async () => {
    await using f = await fixture({
      "project/.opencode/agents/good.md": "---\ndescription: fine\n---\n",
      "project/.opencode/agents/syntax.md": "---\ndescription: x\ntools: [\n---\n",
      "project/.opencode/agents/type.md": "---\nsteps: many\n---\n",
      "project/.opencode/agents/open.md": "---\nsteps: 1\n",
      "project/.opencode/agents/large.md": "x".repeat(300 * 1024),
    });
    const names = (await f.agents.list()).filter(({ native }) => !native).map(({ name }) => name);
    expect(names).toEqual(["good"]);
    const warnings = await f.warnings();
    for (const place of ["syntax.md:3:", "type.md:2: steps", "open.md:1:", "large.md"]) {
      expect(warnings).toContain(place);
    }
  });

  test("a key that looks mistyped is told with the one that was meant", async () => {
    await using f = await fixture({
      "project/.opencode/agents/a.md": "---\ndescripton: x\nmodle: p/m\ntop_k: 4\n---\nA",
      "project/.opencode/agents/b.md": "---\nname: b\ntools: Read\n---\n",
      "project/.opencode/agents/d.md": "---\nname: d\ndisabled: false\nsystem: x\n---\n",
      "project/.opencode/commands/c.md": "---\nagnet: build\nallowed-tools: Bash\n---\nDo",
    });
    const a = join(f.project, ".opencode/agents/a.md");
    const goes = "is not known and goes to the provider as it is.";
    expect(await f.agents.warnings()).toEqual([
      expect.stringMatching(/^A file is skipped: .*b\.md:3: tools/),
      `${a}: the key "descripton" ${goes} Did you mean "description"?`,
      `${a}: the key "modle" ${goes} Did you mean "model"?`,
    ]);
    expect(await f.commands.warnings()).toEqual([
      `${join(f.project, ".opencode/commands/c.md")}: the key "agnet" is not known and was ` +
        `ignored. Did you mean "agent"?`,
    ]);
    expect(await f.warnings()).toContain("descripton");
  });

  test("links: within the project and in circles, yes; out of it, once trusted", async () => {
    await using f = await fixture(
      { "project/.opencode/agents/real/a.md": "A", "elsewhere/secret.md": "private" },
      { isTrusted: false },
    );
    const names = async () =>
      (await f.agents.list()).filter(({ native }) => !native).map(({ name }) => name);
    const agents = join(f.project, ".opencode/agents");
    await symlink(agents, join(agents, "circle"));
    await symlink(join(f.root, "elsewhere"), join(agents, "out"));
    await symlink(join(f.root, "elsewhere/secret.md"), join(agents, "stolen.md"));
    await symlink(join(agents, "nowhere"), join(agents, "broken.md"));
    expect(await names()).toEqual(["real/a"]);
    expect(await f.acting()).toEqual([".opencode/agents/out", ".opencode/agents/stolen.md"]);
    await f.trust();
    expect(await names()).toEqual(["out/secret", "real/a", "stolen"]);
  });
});
