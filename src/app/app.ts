// App: the composition root. Opens what the whole process shares and hands it on; whoever opens an
// App closes it. Nothing here touches the network or starts a process.
import { join } from "node:path";
import { Bus } from "@/base/bus";
import { systemClock, type Clock } from "@/base/clock";
import { flag, type Env } from "@/base/env";
import { IDs } from "@/base/id";
import { Logger, type LogLevel } from "@/base/log";
import { resolvePaths, type Paths } from "@/base/paths";
import { processIdentity } from "@/base/process";
import { KeyedLock } from "@/base/queue";
import { Scope } from "@/base/scope";
import { openTraceExporter } from "@/base/trace-exporter";
import { TrustStore } from "@/config/trust-store";
import { Ripgrep } from "@/host/ripgrep";
import { ShellParser } from "@/host/shell-syntax";
import { openCatalog } from "@/llm/catalog";
import { LLM } from "@/llm/llm";
import { McpAuth } from "@/mcp/mcp-auth";
import { OfferMemory } from "@/mcp/offer-memory";
import { PluginModules } from "@/plugin/plugin-modules";
import { AuthStore } from "@/provider/auth-store";
import type { LocalServer } from "@/provider/local-servers";
import type { Project } from "@/schema/project";
import { recover } from "@/session/recover";
import { openDatabase } from "@/storage/open-database";
import { ProjectStore } from "@/storage/project-store";
import { SessionStore } from "@/storage/session-store";
import { GlobalConfig } from "./global-config";
import { Instances } from "./instances";
import { Listeners } from "./listeners";
import { OrganisationConfig } from "./organisation-config";
import { OwnServer, type RequestHandler } from "./own-server";
import { Projects } from "./projects";
import type { AppServices, InstanceEvent } from "./services";

export interface AppOptions {
  env: Env;
  home: string;
  /** Where requests that name no directory belong; absolute. */
  directory: string;
  clock?: Clock;
  log?: { level?: LogLevel; print?: boolean; directory?: string };
  /** Instead of the path that the environment gives; `:memory:` keeps nothing. */
  database?: string;
  localServers?: readonly LocalServer[];
  /** Makes the server that code within the app speaks to, when it is first needed. */
  serve?: (app: App) => Promise<RequestHandler>;
  /** Trust what each project's own files do, for as long as this App is open. */
  trust?: boolean;
}

export class App {
  readonly services: AppServices;
  readonly instances: Instances;
  readonly globalConfig: GlobalConfig;

  /** Throws AppError unavailable when the data directory or the database cannot be used. */
  static async open(options: AppOptions): Promise<App> {
    const clock = options.clock ?? systemClock;
    const paths = resolvePaths(options.env, options.home);
    const log = openLog(options, paths, clock);
    const scope = new Scope("app", log);
    scope.defer("log", () => log.close());
    try {
      return await App.#openIn(scope, { ...options, clock, paths, log });
    } catch (error) {
      await scope.close();
      throw error;
    }
  }

  static async #openIn(
    scope: Scope,
    options: AppOptions & { clock: Clock; paths: Paths; log: Logger },
  ): Promise<App> {
    const { clock, log, paths } = options;
    const database = await openDatabase(options.database ?? paths.database, { log, clock });
    scope.defer("database", () => database.close());
    const sessionStore = new SessionStore(database);
    const projectStore = new ProjectStore(database);
    const recovered = recover(sessionStore, clock);
    if (recovered.length > 0) log.warn("ended what a dead process left", { sessions: recovered });
    const bus = new Bus<InstanceEvent>(log);
    const ids = new IDs(clock);
    const tellProject = (project: Project, seq: number) => {
      const event = { id: ids.create("evt"), type: "project.updated" as const, seq };
      const place = { directory: "global", project: project.id };
      bus.publish({ ...place, event: { ...event, properties: project } });
    };
    const { serve } = options;
    const pluginModules = new PluginModules(clock, log.child("plugin"));
    scope.defer("console", () => pluginModules.close());
    const traces = openTraceExporter(options.env, { clock, log });
    if (traces) scope.defer("traces", () => traces.close());
    const mcpMemory = new OfferMemory(join(paths.state, "mcp-offers"), log.child("mcp"));
    scope.defer("offers of MCP servers", () => mcpMemory.close());
    const auth = new AuthStore({ path: paths.authFile, env: options.env, log, clock });
    const app: App = new App({
      env: options.env,
      directory: options.directory,
      paths,
      clock,
      ids,
      log,
      scope,
      owner: processIdentity(process.pid) ?? { pid: process.pid, startedAt: "" },
      bus,
      listeners: new Listeners(),
      sessionStore,
      projectStore,
      ...(database.keptAside === undefined ? {} : { keptAside: database.keptAside }),
      projects: new Projects(projectStore, clock, options.env, tellProject),
      auth,
      organisations: new OrganisationConfig({ auth, paths, clock, log }),
      traces,
      mcpAuth: new McpAuth({ paths, clock, log: log.child("mcp") }),
      mcpMemory,
      catalog: openCatalog(options.env),
      llm: new LLM({ clock, log }),
      ripgrep: new Ripgrep(paths, log),
      shellParser: new ShellParser(),
      locks: new KeyedLock(),
      pluginModules,
      ownServer: new OwnServer(serve && (() => serve(app))),
      ...(options.localServers ? { localServers: options.localServers } : {}),
      trustStore: new TrustStore({ stateDirectory: paths.state, clock }),
      isTrustGiven: options.trust === true || flag(options.env, "OPENCODE_TRUST"),
    });
    return app;
  }

  private constructor(services: AppServices) {
    this.services = services;
    this.instances = new Instances(services);
    this.globalConfig = new GlobalConfig(services, this.instances);
  }

  /** Ends everything that runs and closes what is open; never rejects. */
  async close(): Promise<void> {
    // First and side by side: each may have something to end that takes its time.
    await this.instances.close();
    await this.services.scope.close();
  }
}

function openLog(options: AppOptions, paths: Paths, clock: Clock): Logger {
  return Logger.open({
    clock,
    ...(options.log?.level && { level: options.log.level }),
    print: options.log?.print ?? false,
    directory: options.log?.directory ?? paths.log,
  });
}
