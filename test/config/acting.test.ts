// What of a project's configuration acts, and what is left of it.
import { expect, test } from "bun:test";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { type ProjectPlace, splitProject } from "@/config/acting";
import type { JSONRecord } from "@/config/json";
import { tempTree, writeTree } from "@test/support/temp";

const PLACE = { origin: "/p/opencode.json", directory: "/p", root: "/p" };

async function split(value: JSONRecord, place: ProjectPlace = PLACE) {
  const { quiet, acting } = await splitProject(value, place);
  return { quiet, acts: acting.map(({ kind, what }) => `${kind} ${what}`) };
}

const LOCAL = { type: "local", command: ["x"] };

test.each<[value: JSONRecord, quiet: JSONRecord, acts: string[]]>([
  [{ shell: "./sh", username: "u" }, { username: "u" }, ["shell shell"]],
  [{ plugin: ["a", ["b", {}]] }, { plugin: [] }, ["plugin plugin[0]", "plugin plugin[1]"]],
  [{ hooks: { Stop: [] } }, {}, ["hook hooks"]],
  [{ mcp: { a: LOCAL, b: { enabled: false } } }, { mcp: { b: { enabled: false } } }, ["mcp mcp.a"]],
  [{ mcp: { a: { enabled: true } } }, { mcp: {} }, ["mcp mcp.a"]],
  [{ formatter: true }, {}, ["formatter formatter"]],
  [{ formatter: false }, { formatter: false }, []],
  [{ formatter: { a: { disabled: true } } }, {}, ["formatter formatter"]],
  [{ lsp: true }, {}, ["lsp lsp"]],
  [{ lsp: false }, { lsp: false }, []],
  [
    { lsp: { a: { command: ["x"] }, b: { disabled: true } } },
    { lsp: { b: { disabled: true } } },
    ["lsp lsp.a"],
  ],
  [
    { provider: { a: { options: { timeout: 5, baseURL: "u" }, blacklist: ["m"] } } },
    { provider: { a: { options: { timeout: 5 }, blacklist: ["m"] } } },
    ["provider provider.a"],
  ],
  [{ provider: { a: { blacklist: ["m"] } } }, { provider: { a: { blacklist: ["m"] } } }, []],
  [{ model: "a/b", small_model: "a/c" }, {}, ["model model", "model small_model"]],
  [
    { agent: { a: { model: "a/b", prompt: "p" } } },
    { agent: { a: { prompt: "p" } } },
    ["model agent.a.model"],
  ],
  [
    { command: { a: { template: "t", model: "a/b" } } },
    { command: { a: { template: "t" } } },
    ["model command.a.model"],
  ],
  [
    { skills: { urls: ["https://x"], paths: ["in"] } },
    { skills: { urls: [], paths: ["in"] } },
    ["url skills.urls[0]"],
  ],
  [
    { instructions: ["a.md", "docs/*.md", "/p/b.md"] },
    { instructions: ["a.md", "docs/*.md", "/p/b.md"] },
    [],
  ],
  [
    { instructions: ["../a.md", "~/a.md", "/etc/a.md", "https://x/a.md", "docs/../../a.md"] },
    { instructions: [] },
    ["file", "file", "file", "url", "file"].map((kind, at) => `${kind} instructions[${at}]`),
  ],
  [{ share: "auto", autoshare: true }, {}, ["sharing share", "sharing autoshare"]],
  [{ share: "disabled" }, { share: "disabled" }, []],
  [{ enterprise: { url: "u" } }, { enterprise: {} }, ["sharing enterprise.url"]],
  [
    { experimental: { openTelemetry: true, batch_tool: true } },
    { experimental: { batch_tool: true } },
    ["telemetry experimental.openTelemetry"],
  ],
  [{ username: "{env:USER}" }, {}, ["variable username"]],
  [{ agent: { a: { prompt: "{file:../x}" } } }, { agent: { a: {} } }, ["file agent.a.prompt"]],
  [{ agent: { a: { prompt: "{file:x.md}" } } }, { agent: { a: { prompt: "{file:x.md}" } } }, []],
  [{ agent: { "{env:X}": {} } }, { agent: {} }, ['variable agent["{env:X}"]']],
  [{ command: { a: { template: "{env:X}" } } }, { command: {} }, ["variable command.a.template"]],
  [{ permission: "allow", tools: { a: true } }, { permission: "allow", tools: { a: true } }, []],
])("of %j is left %j", async (value, quiet, acts) => {
  expect(await split(value)).toEqual({ quiet, acts });
});

test.each(["!`ls`", "Look at @/etc/passwd", "See @~/x", "See @../x", "See @docs/../../x"])(
  "the template %j acts, and stays for who fills it in",
  async (template) => {
    const value = { command: { a: { template } } };
    expect(await split(value)).toEqual({ quiet: value, acts: ["command command.a.template"] });
  },
);

test("odd values are left to whoever checks them", async () => {
  for (const value of [{ mcp: 5 }, { agent: [1], command: "x" }]) {
    expect((await split(value)).quiet).toEqual(value);
  }
});

test("a file that leads out of the project by a link is outside", async () => {
  await using temp = await tempTree({ "p/": "", "secret.txt": "s" });
  await symlink("../secret.txt", join(temp.path, "p/link.txt"));
  const root = join(temp.path, "p");
  const place = { origin: join(root, "opencode.json"), directory: root, root };
  const { acts } = await split({ agent: { a: { prompt: "{file:link.txt}" } } }, place);
  expect(acts).toEqual(["file agent.a.prompt"]);
});

test("the hash changes with all that decides, and with nothing else", async () => {
  await using temp = await tempTree({
    "p/run.sh": "one",
    "p/server.ts": 'import "./lib/a";',
    "p/lib/a.ts": "1",
    "p/other.txt": "x",
  });
  const root = join(temp.path, "p");
  const place = { origin: join(root, "opencode.json"), directory: root, root };
  const hashOf = async (command: string[]) => {
    const { acting } = await splitProject({ mcp: { a: { type: "local", command } } }, place);
    return acting.map(({ hash }) => hash).join();
  };
  for (const [command, file] of [
    [["sh", "-c", "./run.sh --now"], "run.sh"],
    [["bun", "server.ts"], "lib/a.ts"],
  ] satisfies [string[], string][]) {
    const before = await hashOf(command);
    await writeTree(root, { "other.txt": command.join() });
    expect(await hashOf(command)).toBe(before);
    await writeTree(root, { [file]: "changed" });
    const after = await hashOf(command);
    expect(after).not.toBe(before);
    expect(await hashOf([...command, "--more"])).not.toBe(after);
  }
});
