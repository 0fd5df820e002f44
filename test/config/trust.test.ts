// The person's decisions: kept for a directory and its content, private, and taken back.
import { expect, test } from "bun:test";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Logger } from "@/base/log";
import type { ConfigService } from "@/config/config-service";
import { Trust } from "@/config/trust";
import type { TrustState } from "@/schema/trust";
import { readTree, writeTree } from "@test/support/temp";
import { type ConfigHome, configHome } from "./support";

const MCP = '{"mcp":{"a":{"type":"local","command":["x"]}},"share":"manual"}';

function open(home: ConfigHome, config: ConfigService = home.service({ isTrusted: false })) {
  const told: TrustState[] = [];
  const directory = join(home.root, "project");
  const trust = new Trust({
    directory,
    worktree: directory,
    config,
    store: home.store,
    log: Logger.silent(),
    onChange: (state) => void told.push(state),
  });
  return { trust, config, told, directory };
}

test("content is trusted by a decision, for later processes too, until it changes", async () => {
  await using home = await configHome({ "project/opencode.json": MCP });
  const { trust, config } = open(home);
  expect((await config.get()).config).toMatchObject({ mcp: {}, share: "manual" });
  expect(await trust.isTrusted()).toBe(false);
  const { content, summary } = await trust.state();
  expect(summary).toBe("MCP server a");
  await expect(trust.grant("something else")).rejects.toMatchObject({ kind: "conflict" });
  await trust.grant(content);
  expect(await trust.isTrusted()).toBe(true);
  const later = open(home);
  expect((await later.config.get()).config.mcp).toHaveProperty("a");

  await writeTree(home.root, { "project/opencode.json": MCP.replace("manual", "disabled") });
  expect((await later.config.reload()).trust.isTrusted).toBe(true);
  await writeTree(home.root, { "project/opencode.json": MCP.replace('"x"', '"y"') });
  const { config: changed, trust: judged } = await later.config.reload();
  expect([changed.mcp, judged.isTrusted]).toEqual([{}, false]);
  await writeTree(home.root, { "project/opencode.json": MCP });
  expect((await later.config.reload()).trust.isTrusted).toBe(true);
  await later.trust.revoke();
  expect((await later.config.get()).config.mcp).toEqual({});
  const file = join(home.paths.state, "trust.json");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readTree(home.paths.state, "trust.json"))).toEqual({ directories: {} });
});

test("a change that the person makes here is as trusted as what there was", async () => {
  await using home = await configHome({});
  const config = home.service({ isTrusted: false });
  expect(await config.update({ model: "a/b" })).toMatchObject({ model: "a/b" });
  // That says nothing of the programs that lie in the directory.
  expect(await open(home, config).trust.isTrusted()).toBe(false);
  await writeTree(home.root, { "project/opencode.json": MCP });
  await config.reload();
  const updated = await config.update({ small_model: "a/c" });
  expect([updated.small_model, updated.mcp]).toEqual([undefined, {}]);
  await open(home, config).trust.grant();
  expect(await config.update({ small_model: "a/d" })).toMatchObject({ small_model: "a/d" });
  expect(await open(home, config).trust.isTrusted()).toBe(true);
});

test("programs of the project need trust, and what was held is told once", async () => {
  await using home = await configHome({});
  const { trust, told, directory } = open(home);
  const own = join(directory, "node_modules/.bin/x");
  expect(await trust.allowsProgram("/usr/bin/x")).toBe(true);
  expect(await trust.allowsProgram(own)).toBe(false);
  trust.hold("formatter", "prettier", own);
  trust.hold("formatter", "prettier", own);
  const { held, summary } = await trust.state();
  expect(held).toEqual([{ kind: "formatter", what: "prettier", origin: "node_modules/.bin/x" }]);
  expect(summary).toBe("formatter prettier");
  expect(told.map((state) => state.held.length)).toEqual([1]);
  await trust.grant();
  expect(await trust.allowsProgram(own)).toBe(true);
  expect((await trust.state()).held).toEqual([]);
});

test("a file of decisions that is damaged trusts nothing, and is made anew", async () => {
  await using home = await configHome({ "project/opencode.json": MCP });
  for (const damage of ['{"directories":', '{"directories":{"x":5}}', "[]"]) {
    await writeTree(home.paths.state, { "trust.json": damage });
    const { trust } = open(home);
    expect(await trust.isTrusted()).toBe(false);
    await trust.grant();
    expect(await trust.isTrusted()).toBe(true);
  }
});

test("one that is the person's own file as well is the person's", async () => {
  await using home = await configHome({ "home/.config/opencode/opencode.json": MCP });
  const place = "home/.config/opencode";
  const config = home.service({ isTrusted: false, directory: place, worktree: "home" });
  expect((await config.get()).config.mcp).toHaveProperty("a");
});
