// The configuration of an instance, and the code of people that it names: trust, plugins, hook
// commands and custom tools. They know each other: a plugin may change the configuration.
import { join } from "node:path";
import { ConfigService } from "@/config/config-service";
import type { LoadedConfig } from "@/config/load";
import { Trust } from "@/config/trust";
import { findShell } from "@/host/find-shell";
import { CommandHooks } from "@/plugin/command-hooks";
import { CustomTools } from "@/plugin/custom-tools";
import { pluginInput } from "@/plugin/plugin-input";
import { Plugins } from "@/plugin/plugins";
import { findActing } from "./find-acting";
import type { InstancePlace } from "./instance-place";
import { managedPreferences } from "./managed-preferences";
import type { AppServices } from "./services";

export type CodeServices = ReturnType<typeof openCode>;

export function openCode(instance: InstancePlace, services: AppServices) {
  const { directory, log, publish, root, scope } = instance;
  const { clock, env, paths, trustStore: store } = services;
  const place = { directory, worktree: root, log };
  const config: ConfigService = new ConfigService({
    ...place,
    env,
    paths,
    clock,
    trust: {
      store,
      isGiven: services.isTrustGiven,
      findActing: (files) => findActing(files, { ...place, env, paths }),
    },
    remote: () => services.organisations.list(),
    managed: () => managedPreferences(),
    amend: (loaded) => plugins.amend(loaded),
  });
  const trust = new Trust({
    ...place,
    config,
    store,
    onChange: (state) => publish("trust.updated", state),
  });
  /** The shell that commands of people are run by. */
  const shell = async () => findShell(env, (await config.get()).config.shell);
  const code = { ...codeContext(instance, services, config), config };
  const commandHooks = new CommandHooks({
    ...code,
    shell: async (command) => [await shell(), "-c", command],
  });
  const plugins = new Plugins({ ...code, commands: () => commandHooks.source() });
  scope.defer("plugins", () => plugins.close());
  return { config, trust, shell, plugins, customTools: new CustomTools(code) };
}

/** What code of people gets, and how far it may go. */
function codeContext(instance: InstancePlace, services: AppServices, config: ConfigService) {
  const { clock, env, ownServer, paths, pluginModules: modules } = services;
  const { directory, project, publish, root, scope, worktree } = instance;
  const log = instance.log.child("plugin");
  // In what it is started by, it may ask for the very configuration that it has a part in.
  const fetch = async (request: Request) => {
    // Whoever asks later must not have it opened anew.
    scope.signal.throwIfAborted();
    return config.readEarly(() => ownServer.fetch(request));
  };
  const serverURL = () => ownServer.url;
  return {
    directory,
    worktree: root,
    env,
    paths,
    clock,
    modules,
    packages: join(paths.cache, "packages"),
    log,
    signal: scope.signal,
    isTrusted: ({ trust }: LoadedConfig) => trust.isContentTrusted,
    input: () => pluginInput({ project, directory, worktree, fetch, serverURL }),
    report: (message: string) => {
      log.warn(message);
      publish("tui.toast.show", { title: "Plugin", message, variant: "error" });
    },
  };
}
