import { expect, setDefaultTimeout, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CLI_TIMEOUT_MS, CLIHome, ScriptedHome } from "@test/cli/support";
import { SCRIPTED_KEY } from "@test/support/scripted-model/scripted-model";

setDefaultTimeout(CLI_TIMEOUT_MS);

test("the configuration is shown without secrets, and where it comes from", async () => {
  await using home = await ScriptedHome.open({});
  await writeFile(join(home.cli.project, "opencode.json"), '{"share":"disabled"}');
  const [config, sources] = await Promise.all([
    home.cli.run(["debug", "config"]),
    home.cli.run(["debug", "config", "--sources"]),
  ]);
  expect(config.stdout).not.toContain(SCRIPTED_KEY);
  expect(JSON.parse(config.stdout)).toMatchObject({ share: "disabled", model: "scripted/main" });
  expect(sources.stdout).toMatch(/^share +.*project\/opencode\.json$/m);
});

test("a corrupt configuration is named with its line, and code 2", async () => {
  await using cli = await CLIHome.open();
  await writeFile(join(cli.project, "opencode.json"), '{\n  "model": 5\n}');
  const { exitCode, stderr } = await cli.run(["run", "hi"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/project\/opencode\.json.*2.*model/s);
  expect(stderr).not.toMatch(/^ +at /m);
});

test("paths, the database, models, agents, stats", async () => {
  await using home = await ScriptedHome.open({});
  const { cli } = home;
  const [paths, db, models, agents, stats] = await Promise.all([
    cli.run(["debug", "paths"]),
    cli.run(["db", "path"]),
    cli.run(["models"]),
    cli.run(["agent", "list"]),
    cli.run(["stats", "--days", "3"]),
  ]);
  const database = db.stdout.trim();
  expect(database.startsWith(cli.dataDirectory)).toBe(true);
  expect(database.endsWith("opencode.db")).toBe(false);
  expect(paths.stdout).toContain(database);
  expect(models.stdout).toBe("scripted/main\n");
  expect(agents.stdout).toMatch(/^build \(primary\)\n/);
  expect(stats.stdout).toMatch(/^Sessions +0$/m);
});
