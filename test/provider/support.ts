// A home with a configuration, credentials and a small catalog, and Providers over them.
import { join } from "node:path";
import type { Env } from "@/base/env";
import { Logger } from "@/base/log";
import { resolvePaths } from "@/base/paths";
import { ConfigService } from "@/config/config-service";
import { Catalog } from "@/llm/catalog";
import type { CatalogModel, CatalogProvider } from "@/llm/catalog-format";
import type { KeyRenewals } from "@/llm/key-renewals";
import { AuthStore } from "@/provider/auth-store";
import type { LocalServer } from "@/provider/local-servers";
import { Providers } from "@/provider/providers";
import type { Auth } from "@/schema/auth";
import type { Config } from "@/schema/config";
import { FakeClock } from "@test/support/clock";
import { tempTree } from "@test/support/temp";
import { trustAll } from "@test/support/trust";

/** A model with tools and text, and whatever differs. */
export function catalogModel(changes: Partial<CatalogModel> = {}): CatalogModel {
  return {
    name: "Model",
    release_date: "2026-01-01",
    cost: { input: 1, output: 2 },
    limit: { context: 100_000, output: 10_000 },
    modalities: { input: ["text"], output: ["text"] },
    ...changes,
  };
}

type Source = Partial<CatalogProvider> & { models: Record<string, CatalogModel> };

export function catalogOf(sources: Record<string, Source>): Catalog {
  const providers = Object.entries(sources).map(([id, { models, ...provider }]) => ({
    id,
    name: id,
    env: [`${id.toUpperCase()}_API_KEY`],
    npm: "@ai-sdk/openai-compatible",
    modelCount: Object.keys(models).length,
    ...provider,
  }));
  return new Catalog(() => ({ providers, models: (id) => sources[id]?.models ?? {} }));
}

/** Two providers, one of them with old, experimental and small models. */
export const CATALOG = catalogOf({
  acme: {
    api: "https://acme.example/v1",
    models: {
      "acme-1": catalogModel({ release_date: "2026-02-01" }),
      "acme-1-mini": catalogModel({ cost: { input: 0.1, output: 0.2 } }),
      "acme-0": catalogModel({ status: "deprecated" }),
      "acme-2-alpha": catalogModel({ status: "alpha", release_date: "2026-03-01" }),
    },
  },
  beta: { models: { "beta-1": catalogModel() } },
});

export interface ProviderHomeOptions {
  config?: Config;
  env?: Env;
  auth?: Record<string, Auth>;
  /** Content of model.json. */
  state?: unknown;
  catalog?: Catalog;
  localServers?: readonly LocalServer[];
  clock?: FakeClock;
  renewals?: KeyRenewals;
}

export interface ProviderHome extends AsyncDisposable {
  root: string;
  clock: FakeClock;
  config: ConfigService;
  auth: AuthStore;
  providers: Providers;
}

export async function providerHome(options: ProviderHomeOptions = {}): Promise<ProviderHome> {
  const { config = {}, env = {}, auth = {}, state } = options;
  const directory = await tempTree({
    "project/opencode.json": JSON.stringify(config),
    "home/.local/share/opencode/auth.json": JSON.stringify(auth),
    "home/.local/state/opencode/model.json": JSON.stringify(state ?? {}),
  });
  const root = directory.path;
  const paths = resolvePaths({}, join(root, "home"));
  const log = Logger.silent();
  const clock = options.clock ?? new FakeClock();
  const project = join(root, "project");
  const managedDirectory = join(root, "managed");
  const location = { paths, env, directory: project, worktree: project, managedDirectory };
  const service = new ConfigService({ ...location, log, trust: trustAll(paths) });
  const store = new AuthStore({ path: paths.authFile, env, log });
  return {
    root,
    clock,
    config: service,
    auth: store,
    providers: new Providers({
      catalog: options.catalog ?? CATALOG,
      config: service,
      auth: store,
      env,
      paths,
      clock,
      log,
      localServers: options.localServers ?? [],
      ...(options.renewals ? { renewals: options.renewals } : {}),
    }),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}
