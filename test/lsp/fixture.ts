// The language servers of a temporary project: the service as the program builds it, over real
// servers of this repository's packages, or over the fake one.

import { symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { systemClock, type Clock } from "@/base/clock";
import { Bus } from "@/base/bus";
import { Logger } from "@/base/log";
import { Scope } from "@/base/scope";
import { CodeNavigation } from "@/lsp/code-navigation";
import { LanguageServers } from "@/lsp/language-servers";
import type { Config } from "@/schema/config";
import { tempTree, type Tree } from "@test/support/temp";

const PACKAGES = resolve(import.meta.dir, "../../node_modules");

export interface LSPBench extends AsyncDisposable {
  readonly directory: string;
  /** Where servers are kept that were fetched. */
  readonly installed: string;
  readonly servers: LanguageServers;
  readonly navigation: CodeNavigation;
  readonly scope: Scope;
  /** The servers that were not started for want of trust. */
  readonly held: [id: string, path: string][];
  /** Told for every lsp.updated. */
  readonly updates: Bus<"lsp.updated">;
  path(name: string): string;
  /** Resolves when the condition holds, looked at on every lsp.updated. */
  until(condition: () => boolean): Promise<void>;
}

export interface LSPBenchOptions {
  lsp?: Config["lsp"];
  clock?: Clock;
  env?: Record<string, string>;
  isTrusted?: boolean;
  files?: readonly string[];
  /** Another bench's. */
  installed?: string;
}

/** `await using bench = await lspBench({ "src/a.ts": "text" });` */
export async function lspBench(tree: Tree, options: LSPBenchOptions = {}): Promise<LSPBench> {
  const root = await tempTree({ "project/": "", "home/": "" });
  await Bun.write(join(root.path, "home/.keep"), "");
  const directory = join(root.path, "project");
  for (const [name, text] of Object.entries(tree)) await Bun.write(join(directory, name), text);
  const log = Logger.silent();
  const scope = new Scope("test", log);
  const held: [id: string, path: string][] = [];
  const updates = new Bus<"lsp.updated">(log);
  const clock = options.clock ?? systemClock;
  const installed = options.installed ?? join(root.path, "installed");
  const place = { directory, worktree: directory };
  const servers = new LanguageServers({
    ...place,
    home: join(root.path, "home"),
    installed,
    config: async () => options.lsp,
    isTrusted: async () => options.isTrusted ?? true,
    onHeld: (id, path) => void held.push([id, path]),
    // Some servers leave directories in the temporary one.
    env: { ...process.env, HOME: join(root.path, "home"), TMPDIR: root.path, ...options.env },
    clock,
    log,
    scope,
    publish: (type) => {
      if (type === "lsp.updated") updates.publish(type);
    },
  });
  const navigation = new CodeNavigation({
    ...place,
    servers,
    clock,
    log,
    listFiles: async () => (options.files ?? []).map((name) => join(directory, name)),
  });
  return {
    directory,
    installed,
    servers,
    navigation,
    scope,
    updates,
    held,
    path: (name) => join(directory, name),
    until(condition) {
      const { promise, resolve: done } = Promise.withResolvers<void>();
      const check = () => {
        if (condition()) done();
      };
      const stop = updates.subscribe(check);
      check();
      return promise.finally(stop);
    },
    async [Symbol.asyncDispose]() {
      await scope.close();
      await root[Symbol.asyncDispose]();
    },
  };
}

/** What the fake server has been told and answered, as its hover says. */
export interface FakeRecord {
  pid: number;
  children: number[];
  heard: { method: string; params: unknown }[];
  /** Our answers to its requests, by `<number> <method>`; null for none and for errors. */
  answers: Record<string, unknown>;
}

/** The configuration of one fake server or more, by their ids: `{ fake: ["plain"] }`. */
export function fakes(
  modes: Record<string, readonly [mode: string, argument?: string]>,
  extensions: readonly string[] = [".fake"],
): Config["lsp"] {
  const script = join(import.meta.dir, "fake-server.ts");
  return Object.fromEntries(
    Object.entries(modes).map(([id, mode]) => {
      const command = [process.execPath, script, ...mode.map(String)];
      return [id, { command, extensions: [...extensions] }];
    }),
  );
}

/** Asks the fake server of a file for its record. */
export async function recordOf(bench: LSPBench, name: string): Promise<FakeRecord> {
  const { signal } = bench.scope;
  const text = await bench.navigation.hover(bench.path(name), { line: 0, character: 0 }, signal);
  return JSON.parse(text ?? "null");
}

/** Gives the project this repository's packages, as if they were installed in it. */
export async function linkPackages(bench: LSPBench): Promise<void> {
  await symlink(PACKAGES, bench.path("node_modules"));
}
