// What an instance's agents are made of: models and logins, permissions and questions, and what is
// written down for them: agents, skills, references, commands, instructions.
import { Agents } from "@/agent/agents";
import { Commands } from "@/agent/commands";
import { Instructions } from "@/agent/instructions";
import { References } from "@/agent/references";
import { Skills } from "@/agent/skills";
import { cloneRepository } from "@/host/clone";
import { Permissions } from "@/permission/permissions";
import { Questions } from "@/permission/questions";
import { KeyChecks } from "@/provider/key-checks";
import { ProviderLogins } from "@/provider/provider-logins";
import { Providers } from "@/provider/providers";
import type { CodeServices } from "./code-services";
import type { HostServices } from "./host-services";
import type { InstancePlace } from "./instance-place";
import { mcpCommands } from "./mcp-commands";
import type { AppServices } from "./services";

export type AgentServices = ReturnType<typeof openAgents>;

export function openAgents(
  instance: InstancePlace,
  services: AppServices,
  { config, plugins }: CodeServices,
  { mcp }: HostServices,
) {
  const { directory, log, project, publish, repository, root, scope } = instance;
  const { auth, catalog, clock, env, ids, localServers, paths } = services;

  const providers = new Providers({
    catalog,
    config,
    auth,
    env,
    paths,
    clock,
    log,
    renewals: services.llm.renewals,
    plugins,
    ...(localServers ? { localServers } : {}),
  });
  const logins = new ProviderLogins({ catalog, config, auth, providers, plugins, clock, log });
  scope.defer("logins", () => logins.close());
  const permissions = new Permissions({
    ids,
    publish,
    store: services.projectStore,
    // What is allowed for always in one directory outside of git says nothing of another one.
    projectID: repository ? project.id : directory,
    log,
    hooks: plugins.hooks,
  });

  const found = { directory, worktree: root, config, paths, env, log };
  const skills = new Skills(found);
  const references = new References({
    ...found,
    clone: (reference) => cloneRepository({ ...reference, env, clock, log, signal: scope.signal }),
  });
  return {
    providers,
    logins,
    keyChecks: new KeyChecks(providers, services.llm),
    permissions,
    questions: new Questions({ ids, publish }),
    skills,
    references,
    agents: new Agents({ ...found, references, skills }),
    commands: new Commands({ ...found, skills, served: (name) => mcpCommands(mcp, name) }),
    instructions: new Instructions(found),
  };
}
