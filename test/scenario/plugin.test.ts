// Plugins as people write them for @opencode-ai/plugin: real files in temporary projects, their
// hooks at work in a session.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { evaluate } from "@/permission/rules";
import { sessionApp, type SessionAppOptions } from "@test/support/session-app";
import { readTree } from "@test/support/temp";

function open(plugin: string, options: SessionAppOptions = {}) {
  return sessionApp({
    turns: [{ text: "Done" }],
    ...options,
    files: { ".opencode/plugin/mine.ts": plugin, ...options.files },
  });
}

test("a plugin gets its input, and speaks to the program with the published client", async () => {
  await using t = await open(`
    import type { Plugin } from "@opencode-ai/plugin";
    export const Mine: Plugin = async ({ client, project, directory, worktree, serverUrl, $ }) => {
      const early = await client.config.get();
      const shell = await $\`pwd\`.text();
      const facts = {
        directory, worktree, project: project.id, url: serverUrl.href, shell: shell.trim(),
        username: early.data.username,
      };
      await Bun.write(directory + "/facts.json", JSON.stringify(facts));
      return {
        event: async ({ event }) => {
          if (event.type !== "session.idle") return;
          const { data } = await client.session.messages({
            path: { id: event.properties.sessionID },
          });
          await client.tui.showToast({ body: {
            message: data.length + " messages", variant: "success",
          } });
        },
      };
    };`);
  const session = t.create();
  const toast = t.next("tui.toast.show");
  await t.prompt(session, "Hello");
  expect(await toast).toMatchObject({ message: "2 messages", variant: "success" });
  const facts: unknown = JSON.parse(await readTree(t.directory, "facts.json"));
  expect(facts).toMatchObject({
    directory: t.directory,
    worktree: t.instance.worktree,
    shell: t.directory,
    username: expect.any(String),
    url: "http://localhost:4096/",
  });
});

test("the config hook decides over what everybody reads", async () => {
  await using t = await open(`export default async () => ({
    config: async (config) => {
      config.command = { ...config.command, hello: { template: "Say hello to $1" } };
    },
  });`);
  await t.instance.slashCommands.run(t.create().id, { command: "hello", arguments: "Ann" });
  expect(t.model.requests[0]?.body).toContain("Say hello to Ann");
  await expect(t.instance.config.get()).resolves.toMatchObject({
    config: { command: { hello: {} } },
  });
});

test("the rules of agents that a plugin adds are in force", async () => {
  await using t = await open(
    `export default async () => ({
      config: (config) => {
        config.agent.careful = { mode: "primary", permission: { edit: "deny" } };
        config.agent.silent = { mode: "primary", tools: { bash: false } };
        config.permission = { ...config.permission, webfetch: "deny" };
      },
    });`,
    { config: { permission: { bash: "ask" } } },
  );
  const actionOf = async (agent: string, permission: string) => {
    const { permission: rules } = await t.instance.agents.get(agent);
    return evaluate(permission, "x", rules).action;
  };
  expect(await actionOf("careful", "edit")).toBe("deny");
  expect(await actionOf("silent", "bash")).toBe("deny");
  expect(await actionOf("careful", "webfetch")).toBe("deny");
  expect(await actionOf("build", "edit")).toBe("allow");
  expect(await actionOf("build", "bash")).toBe("ask");
});

test("a plugin named in the configuration gets its options, and brings tools", async () => {
  const plugin = `
    import { tool } from "@opencode-ai/plugin";
    export default async (input, options) => ({
      tool: { greet: tool({
        description: "Greets",
        args: { name: tool.schema.string() },
        async execute({ name }) { return options.greeting + " " + name; },
      }) },
    });`;
  await using t = await sessionApp({
    files: { "lib/greeter.ts": plugin },
    config: { plugin: [["./lib/greeter.ts", { greeting: "Good day" }]] },
    turns: [{ calls: [{ tool: "greet", input: { name: "Ann" } }] }, { text: "Done" }],
  });
  const session = t.create();
  await t.prompt(session, "Greet");
  expect(t.calls(session)[0]?.state).toMatchObject({ output: "Good day Ann" });
});

test("one that throws is reported and left out, and the others work", async () => {
  await using t = await open(`export default async () => { throw new Error("out of order") };`, {
    files: {
      ".opencode/plugins/none.js": "export const nothing = 1;",
      ".opencode/plugins/other.js": `export default async () => ({
        config: (config) => { config.username = "other" },
      });`,
      ".opencode/plugins/wrong.js": `export default async () => ({
        config: (config) => { config.model = 7 },
      });`,
    },
  });
  const { config } = await t.instance.config.get();
  expect(config.username).toBe("other");
  expect(config.model).toBeString();
  const toasts = t.told("tui.toast.show").map(({ message }) => message);
  expect(toasts).toHaveLength(3);
  expect(toasts.join("\n")).toContain(`${join(t.directory, ".opencode/plugin/mine.ts")} is left`);
  expect(toasts.join("\n")).toContain("out of order");
  expect(toasts.join("\n")).toContain("exports no function");
  expect(toasts.join("\n")).toContain("wrong.js: the hook config failed");
});

test("with OPENCODE_PURE there are none", async () => {
  await using t = await open(
    `export default async () => ({
    config: (config) => { config.username = "mine" },
  });`,
    { env: { OPENCODE_PURE: "1" } },
  );
  const { config } = await t.instance.config.get();
  expect(config.username).not.toBe("mine");
});
