// What files say of how to work, at work in whole turns: instructions, skills, agents and their
// models, as they reach the model.
import { expect, test } from "bun:test";
import { sessionApp } from "@test/support/session-app";

test("instructions begin a session; nested ones come with a read", async () => {
  await using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) =>
      new Response(url.endsWith("rule.md") ? "Rule of the network" : "", {
        status: url.endsWith("rule.md") ? 200 : 500,
      }),
  });
  const at = (name: string) => new URL(name, server.url).href;
  await using t = await sessionApp({
    files: {
      "AGENTS.md": "Rule of the root",
      "docs/a.md": "Rule of a glob",
      "docs/b.txt": "No rule",
      "CONTEXT.md": "Another name, which does not count",
      "below/AGENTS.md": "Rule of below",
      "below/x.txt": "x",
    },
    config: { instructions: ["docs/*.md", at("/rule.md"), at("/broken")] },
    turns: [{ calls: [{ tool: "read", input: { filePath: "below/x.txt" } }] }, { text: "Done" }],
  });
  await t.prompt(t.create(), "Go");
  const [first, second] = t.model.requests;
  const system = first?.request.system ?? "";
  for (const rule of ["the root", "a glob", "the network"]) {
    expect(system).toMatch(new RegExp(`Instructions from: \\S+\\nRule of ${rule}`));
  }
  for (const none of ["No rule", "Another name", "Rule of below"]) {
    expect(system).not.toContain(none);
  }
  expect(second?.request.system).toBe(system);
  expect(second?.body).toContain("Rule of below");
});

test("a skill is listed with what it is for, and read when it is loaded", async () => {
  const skill = "---\nname: pdf\ndescription: Fills in forms\n---\nThe whole text of the skill.";
  await using t = await sessionApp({
    files: { ".claude/skills/pdf/SKILL.md": skill, ".claude/skills/pdf/form.txt": "form" },
    turns: [{ calls: [{ tool: "skill", input: { name: "pdf" } }] }, { text: "Done" }],
  });
  await t.prompt(t.create(), "Fill it in");
  const [first, second] = t.model.requests;
  expect(first?.body).toContain("Fills in forms");
  expect(first?.body).not.toContain("The whole text");
  expect(second?.body).toContain("The whole text of the skill.");
  expect(second?.body).toContain("form.txt");
});

test("an agent has its model, settings and options; its subagent takes its model", async () => {
  const poet = [
    "---",
    "description: Writes",
    "mode: primary",
    "model: scripted/other",
    "temperature: 0.3",
    "top_p: 0.5",
    "steps: 2",
    "reasoningEffort: high",
    "---",
    "You are a poet.",
  ].join("\n");
  const task = { description: "Look", prompt: "Look around", subagent_type: "scout" };
  await using t = await sessionApp({
    models: ["main", "other"],
    files: { ".opencode/agent/poet.md": poet },
    config: { agent: { scout: { mode: "subagent", prompt: "You are a scout." } } },
    turns: [{ calls: [{ tool: "task", input: task }] }, { text: "Seen" }, { text: "Done" }],
  });
  await t.prompt(t.create(), "Go", { agent: "poet" });
  const [first, second, third] = t.model.requests.map(({ request }) => request);
  expect(first).toMatchObject({ model: "other", temperature: 0.3 });
  expect(first?.system).toStartWith("You are a poet.");
  expect(first?.raw).toMatchObject({ top_p: 0.5, reasoning_effort: "high" });
  expect(second?.model).toBe("other");
  expect(second?.system).toStartWith("You are a scout.");
  // The last of its steps has to do without tools.
  expect(third?.toolChoice).toBe("none");
});
