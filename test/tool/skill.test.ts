import { join } from "node:path";
import { expect, test } from "bun:test";
import { skillTool } from "@/tool/skill";
import { toolBench } from "@test/support/tool-context";

test("gives the text, the base directory and at most ten files", async () => {
  const extra = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`s/x/${i + 10}.md`, ""]));
  await using bench = await toolBench({ "s/SKILL.md": "x", "s/run.sh": "x", ...extra });
  const location = join(bench.directory, "s/SKILL.md");
  const result = await bench.run(
    skillTool,
    { name: "deploy" },
    { findSkill: async (name) => ({ name, description: "d", location, content: "\nDo it.\n" }) },
  );
  expect(result.output).toStartWith('<skill_content name="deploy">\nDo it.\n');
  expect(result.output).toContain(`Base directory of this skill: ${join(bench.directory, "s")}`);
  expect(result.output).toContain("<file>run.sh</file>");
  expect(result.output).not.toContain("SKILL.md");
  expect(result.output.match(/<file>/g)).toHaveLength(10);
  expect(result.output).toEndWith("</skill_content>");
  expect(bench.asks).toMatchObject([{ permission: "skill", patterns: ["deploy"] }]);
});

test("an unknown skill names those there are", async () => {
  await using bench = await toolBench();
  const message = await bench.failure(
    skillTool,
    { name: "nope" },
    { listSkills: async () => [{ name: "deploy", location: "/s", content: "" }] },
  );
  expect(message).toBe("Skill not found: nope. Available skills: deploy");
});
