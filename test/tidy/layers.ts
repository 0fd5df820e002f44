// The architecture as a literal: layers in order, what each may import, which npm packages are
// fenced in, and what the top of the repository holds. src/README.md shows the same table, and the
// tidy test compares the two.

export interface Layer {
  folder: string;
  owns: string;
  /** Folders by name, or a phrase which `permittedFolders` understands. */
  mayImport: string;
}

export const LAYERS: readonly Layer[] = [
  {
    folder: "base",
    owns:
      "what would make sense in any project: assert, bus, clock, env, error, file, id, limits, " +
      "log, npm packages, paths, process, queue, schema helpers, scope, secrets, text, traces, " +
      "unified-diff, version, wildcard, within-time",
    mayImport: "-",
  },
  {
    folder: "schema",
    owns:
      "the vocabulary: session, message and its parts, event, agent, tool, permission, question, " +
      "provider, model, project, config, mcp, file, vcs, pty, todo, command, skill, tui, error",
    mayImport: "base",
  },
  {
    folder: "storage",
    owns: "SQLite: open, pragmas, embedded migrations, tables, session-store, project-store",
    mayImport: "base schema",
  },
  {
    folder: "llm",
    owns:
      "talking to models: `stream(request, signal): AsyncIterable<ModelEvent>`, provider " +
      "packages, retry, repair of wire quirks, model catalog",
    mayImport: "base schema",
  },
  {
    folder: "mcp",
    owns: "one MCP connection, all of an instance, OAuth",
    mayImport: "base schema",
  },
  {
    folder: "lsp",
    owns: "JSON-RPC client, table of languages, how they are fetched, the service",
    mayImport: "base schema",
  },
  {
    folder: "host",
    owns:
      "the machine: git, snapshot, worktree, ripgrep, file index, shell, pty, formatter, " +
      "watcher, images",
    mayImport: "base schema",
  },
  {
    folder: "tool",
    owns:
      "what the model can do: `defineTool`, registry, one file and one `.txt` prompt per tool, " +
      "edit matching, patch grammar",
    mayImport: "base schema host lsp mcp",
  },
  {
    folder: "config",
    owns: "where configuration is found, in which order, how it merges, where each value came from",
    mayImport: "base schema host storage",
  },
  {
    folder: "plugin",
    owns: "code of people: loads plugins and custom tools, calls hooks",
    mayImport: "base schema config tool",
  },
  {
    folder: "provider",
    owns: "catalog + config + credentials -> Provider, Model; login",
    mayImport: "base schema config llm plugin storage",
  },
  {
    folder: "permission",
    owns: "rules (pure), asks and replies, questions to the human",
    mayImport: "base schema config plugin storage",
  },
  {
    folder: "agent",
    owns: "agents, commands, skills, instructions (AGENTS.md)",
    mayImport: "base schema config permission provider",
  },
  {
    folder: "session",
    owns:
      "the heart: sessions, runs, loop, turn, tool-call, prompt, system-prompt, model-messages, " +
      "compaction, revert, recover, title, usage, todo, share",
    mayImport: "all above except mcp and lsp",
  },
  {
    folder: "app",
    owns: "composition root: App, Instance, Instances, Projects",
    mayImport: "all above",
  },
  {
    folder: "server",
    owns:
      "HTTP: server, listen, request-context, error-response, event-stream, openapi, access, " +
      "explorer, mdns, `routes/`",
    mayImport: "base schema app",
  },
  {
    folder: "client",
    owns: "one typed line per operation; transports: in memory, HTTP + SSE",
    mayImport: "base schema",
  },
  {
    folder: "tui",
    owns:
      "the face: store (pure reduce), sync, actions, keymap, theme, screens, views, prompt, " +
      "plugins, asks, dialogs, diff, mini",
    mayImport: "base schema client",
  },
  {
    folder: "cli",
    owns: "argv -> command -> exit code; one file a command; the only writer to stdout and stderr",
    mayImport: "everything",
  },
  {
    folder: "main.ts",
    owns: "the only file that does something when imported",
    mayImport: "cli",
  },
];

/** The folders that files of a layer may import, besides their own. */
export function permittedFolders(layer: Layer): string[] {
  const phrase = layer.mayImport;
  const everything = LAYERS.map((other) => other.folder).filter((name) => name !== "main.ts");
  const above = everything.slice(0, everything.indexOf(layer.folder));
  if (phrase === "-") return [];
  if (phrase === "everything") return everything;
  if (!phrase.startsWith("all above")) return phrase.split(" ");
  const except = phrase.match(/except (.*)$/)?.[1]?.split(" and ") ?? [];
  return above.filter((name) => !except.includes(name));
}

/** The table as src/README.md has it, line by line. */
export function layerTable(): string[] {
  return [
    "| folder | owns | may import, besides itself and npm |",
    "| --- | --- | --- |",
    ...LAYERS.map((layer) => `| ${layer.folder} | ${layer.owns} | ${layer.mayImport} |`),
  ];
}

export interface Fence {
  /** A package, or a scope with "/*". Its subpaths are meant too. */
  npm: string;
  /** Folders ("server/") and files ("base/schema.ts") below src; none means nowhere. */
  only: readonly string[];
  why: string;
}

export const FENCES: readonly Fence[] = [
  { npm: "elysia", only: ["server/", "base/schema.ts"], why: "take t from @/base/schema" },
  { npm: "@elysiajs/*", only: ["server/"], why: "HTTP is the server's" },
  { npm: "drizzle-orm", only: ["storage/"], why: "ask a store of storage/" },
  { npm: "bun:sqlite", only: ["storage/"], why: "ask a store of storage/" },
  { npm: "bun:ffi", only: ["host/inotify.ts"], why: "what the runtime offers is enough" },
  { npm: "@opentui/core", only: ["tui/"], why: "drawing is the terminal UI's" },
  { npm: "@modelcontextprotocol/sdk", only: ["mcp/"], why: "speak to a connection of mcp/" },
  { npm: "@ai-sdk/*", only: ["llm/"], why: "speak to models through llm's stream()" },
  { npm: "vscode-jsonrpc", only: ["lsp/"], why: "speak to the service of lsp/" },
  { npm: "#package.json", only: ["base/version.ts"], why: "take version from @/base/version" },
  { npm: "#ripgrep", only: ["host/ripgrep-binary.ts"], why: "ask ripgrepBinary()" },
  { npm: "ai", only: [], why: "the loop is ours, over the provider packages" },
  { npm: "@opencode-ai/sdk", only: ["plugin/"], why: "the published client is for plugins" },
  { npm: "zod", only: ["plugin/"], why: "schemas are TypeBox, from @/base/schema" },
  { npm: "node:async_hooks", only: [], why: "pass what is needed as an argument" },
];

/** Packages that start-up must not evaluate: each is reached by `await import()` only. */
export const HEAVY: readonly string[] = [
  "@ai-sdk/*",
  "@elysiajs/swagger",
  "@modelcontextprotocol/sdk",
  "@opencode-ai/sdk",
  "@opentui/core",
  "multicast-dns",
  "turndown",
  "vscode-jsonrpc",
  "web-tree-sitter",
  "zod",
];

/** Whether the specifier is the package or a path in it; "@scope/*" is every one of the scope. */
export function isPackage(specifier: string, npm: string): boolean {
  const prefix = npm.endsWith("/*") ? npm.slice(0, -1) : `${npm}/`;
  return specifier === npm || specifier.startsWith(prefix);
}

export const TOP_LEVEL: readonly string[] = [
  ".ci",
  ".github",
  ".gitignore",
  ".oxlintrc.json",
  "AGENTS.md",
  "LICENSE",
  "README.md",
  "build.ts",
  "bun.lock",
  "bunfig.toml",
  "package.json",
  "src",
  "test",
  "tsconfig.json",
];
