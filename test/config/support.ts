// A home and a project in one temporary directory, and services that look nowhere else.
import { join } from "node:path";
import type { Env } from "@/base/env";
import { Logger } from "@/base/log";
import { resolvePaths } from "@/base/paths";
import { ConfigService } from "@/config/config-service";
import { TrustStore } from "@/config/trust-store";
import { tempTree, type Tree } from "@test/support/temp";

export interface ConfigHome extends AsyncDisposable {
  root: string;
  /** `root/home/.config/opencode` and so on. */
  paths: ReturnType<typeof resolvePaths>;
  /** The project is trusted, unless `isTrusted` is false: then it is what the person decided. */
  service(options?: ServiceOptions): ConfigService;
  store: TrustStore;
}

interface ServiceOptions {
  env?: Env;
  directory?: string;
  worktree?: string;
  isTrusted?: boolean;
}

/** Keys are below the root: `home/...` is the person's, `project/...` the repository. */
export async function configHome(tree: Tree): Promise<ConfigHome> {
  const directory = await tempTree({ "home/": "", "project/": "", ...tree });
  const root = directory.path;
  const paths = resolvePaths({}, join(root, "home"));
  const store = new TrustStore({ stateDirectory: paths.state });
  return {
    root,
    paths,
    store,
    service: ({ env = {}, directory = "project", worktree = "project", isTrusted = true } = {}) =>
      new ConfigService({
        paths,
        env,
        directory: join(root, directory),
        worktree: worktree === "/" ? "/" : join(root, worktree),
        managedDirectory: join(root, "managed"),
        log: Logger.silent(),
        trust: { store, isGiven: isTrusted, findActing: async () => [] },
      }),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}
