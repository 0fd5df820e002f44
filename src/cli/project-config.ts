// The configuration of the directory for commands that need no App: with the person's decisions of
// trust, as an App has them.
import { findActing } from "@/app/find-acting";
import { flag } from "@/base/env";
import { nearestRealpath } from "@/base/file";
import { Logger } from "@/base/log";
import { ConfigService } from "@/config/config-service";
import type { ProjectFiles } from "@/config/load";
import { TrustStore } from "@/config/trust-store";
import { findRepository } from "@/host/git";
import type { CLIContext, GlobalOptions } from "./context";

export async function openProjectConfig(
  context: CLIContext,
  options: Pick<GlobalOptions, "trust"> & { directory?: string } = {},
): Promise<ConfigService> {
  const { clock, env, paths } = context;
  const directory = await nearestRealpath(options.directory ?? context.directory);
  const worktree = (await findRepository(directory))?.worktree ?? directory;
  const place = { directory, worktree, env, paths, log: Logger.silent() };
  const trust = {
    store: new TrustStore({ stateDirectory: paths.state, clock }),
    isGiven: options.trust === true || flag(env, "OPENCODE_TRUST"),
    findActing: (files: ProjectFiles) => findActing(files, place),
  };
  return new ConfigService({ ...place, clock, trust });
}
