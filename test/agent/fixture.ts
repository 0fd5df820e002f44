// A person's home and a repository in a temporary directory, with the real configuration service
// on them, for the tests of this folder.
import { mkdir, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Env } from "@/base/env";
import { Logger } from "@/base/log";
import { resolvePaths } from "@/base/paths";
import { Agents } from "@/agent/agents";
import { Commands } from "@/agent/commands";
import { Instructions } from "@/agent/instructions";
import { References } from "@/agent/references";
import { Skills } from "@/agent/skills";
import { findActing } from "@/app/find-acting";
import { ConfigService } from "@/config/config-service";
import type { ProjectFiles } from "@/config/load";
import { contentHash } from "@/config/project-trust";
import { TrustStore } from "@/config/trust-store";
import { FakeClock } from "@test/support/clock";
import { tempDirectory, writeTree, type Tree } from "@test/support/temp";

interface FixtureOptions {
  env?: Env;
  /** Below the repository; the session's directory. */
  directory?: string;
  /** No repository around the directory. */
  isBare?: boolean;
  /** The project's own files are trusted, unless this is false. */
  isTrusted?: boolean;
}

/** Files of `tree` begin with `home/` or `project/`, or are outside of both. */
export async function fixture(tree: Tree, { env = {}, ...options }: FixtureOptions = {}) {
  const root = await tempDirectory();
  const home = join(root.path, "home");
  const project = join(root.path, "project");
  const directory = join(project, options.directory ?? "");
  await mkdir(home);
  await mkdir(directory, { recursive: true });
  await writeTree(root.path, tree);
  const paths = resolvePaths({}, home);
  const logs = join(root.path, "logs");
  const log = Logger.open({ clock: new FakeClock(), level: "WARN", directory: logs });
  const worktree = options.isBare ? "/" : project;
  const managedDirectory = join(root.path, "managed");
  const common = { paths, env, directory, worktree, log };
  const place = { directory, worktree, paths, env, log };
  const trust = {
    store: new TrustStore({ stateDirectory: paths.state }),
    isGiven: options.isTrusted ?? true,
    findActing: (files: ProjectFiles) => findActing(files, place),
  };
  const config = new ConfigService({ ...common, managedDirectory, trust });
  const clone = async () => {
    throw new Error("nothing is cloned here");
  };
  const references = new References({ paths, config, clone });
  const skills = new Skills({ ...common, config });
  return {
    ...common,
    root: root.path,
    home,
    project,
    config,
    skills,
    agents: new Agents({ ...common, config, references, skills }),
    commands: new Commands({ ...common, config, skills, served: async () => [] }),
    instructions: new Instructions({ ...common, config }),
    /** As when the person is asked, and trusts what is there now. */
    async trust(): Promise<void> {
      const { trust: present } = await config.reload();
      const content = contentHash(await present.acting());
      await trust.store.put(directory, { content, by: "person" });
      await config.reload();
    },
    /** What is held back, or was before it was trusted. */
    async acting(): Promise<string[]> {
      return (await (await config.reload()).trust.acting()).map(({ what }) => what).sort();
    },
    /** All warnings so far. */
    async warnings(): Promise<string> {
      await log.close();
      const files = await readdir(logs).catch(() => []);
      const texts = await Promise.all(files.map((name) => readFile(join(logs, name), "utf8")));
      return texts.join("");
    },
    async [Symbol.asyncDispose]() {
      await log.close();
      await root[Symbol.asyncDispose]();
    },
  };
}
