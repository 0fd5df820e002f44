import { expect, test } from "bun:test";
import { configuredServers } from "@/lsp/configured-servers";

const ids = (...args: Parameters<typeof configuredServers>) =>
  configuredServers(...args).map(({ id }) => id);

test("all that are built in by default and with true, none with false", () => {
  expect(ids(undefined, {})).toEqual(ids(true, {}));
  expect(ids(undefined, {})).toContain("gopls");
  expect(ids(false, {})).toEqual([]);
});

test("one of two servers for Python", () => {
  expect(ids(true, {})).toContain("pyright");
  expect(ids(true, {})).not.toContain("ty");
  const env = { OPENCODE_EXPERIMENTAL_LSP_TY: "1" };
  expect(ids(true, env)).toContain("ty");
  expect(ids(true, env)).not.toContain("pyright");
  expect(ids({ ty: { command: ["ty", "server"] } }, {})).toContain("ty");
});

test("a map changes, ends and adds", () => {
  const servers = configuredServers(
    {
      gopls: { disabled: true },
      typescript: {
        command: ["/opt/tsls", "--stdio", "-v"],
        env: { A: "1" },
        initialization: { preferences: { quotes: "single" } },
      },
      own: { command: ["own"], extensions: [".OWN"] },
      "no extensions": { command: ["x"] },
      "no command": { command: [], extensions: [".x"] },
    },
    {},
  );
  const find = (id: string) => servers.find((server) => server.id === id);
  expect(find("gopls")).toBeUndefined();
  expect(find("no extensions")).toBeUndefined();
  expect(find("no command")).toBeUndefined();
  expect(find("typescript")).toMatchObject({
    commands: [{ program: "/opt/tsls", args: ["--stdio", "-v"] }],
    env: { A: "1" },
    initialization: {
      disableAutomaticTypingAcquisition: true,
      preferences: { quotes: "single" },
    },
    settings: { preferences: { quotes: "single" } },
  });
  expect(find("typescript")?.extensions).toContain(".ts");
  expect(find("own")).toMatchObject({
    commands: [{ program: "own", args: [] }],
    extensions: [".own"],
    root: { otherwise: "project" },
  });
  expect(servers.at(-1)?.id).toBe("own");
});
