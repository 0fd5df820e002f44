// What all instances share: the services of the process, built once by App.
import type { Bus } from "@/base/bus";
import type { Clock } from "@/base/clock";
import type { Env } from "@/base/env";
import type { TraceExporter } from "@/base/trace-exporter";
import type { IDs } from "@/base/id";
import type { Logger } from "@/base/log";
import type { Paths } from "@/base/paths";
import type { ProcessIdentity } from "@/base/process";
import type { KeyedLock } from "@/base/queue";
import type { Scope } from "@/base/scope";
import type { TrustStore } from "@/config/trust-store";
import type { Ripgrep } from "@/host/ripgrep";
import type { ShellParser } from "@/host/shell-syntax";
import type { Catalog } from "@/llm/catalog";
import type { LLM } from "@/llm/llm";
import type { McpAuth } from "@/mcp/mcp-auth";
import type { OfferMemory } from "@/mcp/offer-memory";
import type { PluginModules } from "@/plugin/plugin-modules";
import type { AuthStore } from "@/provider/auth-store";
import type { LocalServer } from "@/provider/local-servers";
import type { BusEvent } from "@/schema/event";
import type { ProjectStore } from "@/storage/project-store";
import type { SessionStore } from "@/storage/session-store";
import type { Listeners } from "./listeners";
import type { OrganisationConfig } from "./organisation-config";
import type { OwnServer } from "./own-server";
import type { Projects } from "./projects";

/** An event with where it happened; `directory` is `global` for what belongs to no instance. */
export interface InstanceEvent {
  directory: string;
  project?: string;
  event: BusEvent;
}

export interface AppServices {
  env: Env;
  /** Where requests that name no directory belong. */
  directory: string;
  paths: Paths;
  clock: Clock;
  ids: IDs;
  log: Logger;
  scope: Scope;
  /** This process, as the owner of runs. */
  owner: ProcessIdentity;
  bus: Bus<InstanceEvent>;
  /** Clients that hear what the bus tells. */
  listeners: Listeners;
  sessionStore: SessionStore;
  projectStore: ProjectStore;
  /** Where a damaged database was moved when this process opened it: the person must hear of it. */
  keptAside?: string;
  projects: Projects;
  auth: AuthStore;
  mcpAuth: McpAuth;
  mcpMemory: OfferMemory;
  catalog: Catalog;
  llm: LLM;
  ripgrep: Ripgrep;
  shellParser: ShellParser;
  locks: KeyedLock;
  pluginModules: PluginModules;
  ownServer: OwnServer;
  localServers?: readonly LocalServer[];
  /** What the person has trusted; `isTrustGiven`: whatever this process is used on. */
  trustStore: TrustStore;
  organisations: OrganisationConfig;
  /** Where the environment names a collector. */
  traces: TraceExporter | undefined;
  isTrustGiven: boolean;
}
