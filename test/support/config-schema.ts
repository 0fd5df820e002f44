// The JSON schema of the configuration, for editors: `"$schema"` in a file leads to it. It is the
// schema that files are checked by, with a word about each key, and strict about unknown ones.
// `bun run schema` writes it to where the program publishes it from.
import { resolve } from "node:path";
import { isRecord, toJSONSchema } from "@/base/schema";
import { Config } from "@/schema/config";

export const SCHEMA_FILE = resolve(import.meta.dir, "../../src/schema/config-schema.json");

/** The file's text. */
export function schemaText(): string {
  return `${JSON.stringify(configSchema(), undefined, 2)}\n`;
}

export function configSchema(): Record<string, unknown> {
  const { properties, ...rest } = toJSONSchema(Config);
  const keys = Object.entries(Object(properties)).map(([key, schema]) => {
    const description = DESCRIPTIONS[key as keyof Config]; // the keys of Config's own properties
    return [key, { description, ...Object(schema) }];
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration of opencode",
    // Both are understood by the language servers for JSON.
    allowComments: true,
    allowTrailingCommas: true,
    ...(close({ ...rest, properties: Object.fromEntries(keys) }) as Record<string, unknown>),
  };
}

/** Where all keys are named, others are mistakes. */
function close(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(close);
  if (!isRecord(node)) return node;
  const entries = Object.entries(node).map(([key, value]) => [
    key,
    // Under `properties` stand names, which may be any word.
    key === "properties" && isRecord(value)
      ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, close(inner)]))
      : close(value),
  ]);
  const isClosed = isRecord(node["properties"]) && node["additionalProperties"] === undefined;
  return { ...Object.fromEntries(entries), ...(isClosed && { additionalProperties: false }) };
}

const DESCRIPTIONS: Record<keyof Config, string> = {
  $schema: "The address of this schema, for editors.",
  shell: "The shell of the bash tool and of terminals.",
  logLevel: "How much is logged.",
  server: "The HTTP server. Only in your own configuration.",
  command: "Slash commands by name; also as markdown in .opencode/command.",
  skills: "Further directories of skills, and addresses of lists of them.",
  references:
    "Directories outside the project, and repositories, that agents may read: by their names.",
  watcher: "Files whose changes are of no interest, as globs.",
  snapshot: "Whether changes of files can be undone.",
  hooks: "Commands that run before and after tools, on prompts, at the start and the end.",
  plugin: "Plugins: npm packages or paths, each alone or with its options.",
  share: "Whether sessions may be shared: when asked to, always, or never.",
  autoshare: "Superseded by share.",
  autoupdate: "Without effect: this program never replaces itself.",
  disabled_providers: "Providers that are not used, whatever keys there are.",
  enabled_providers: "The only providers that are used.",
  model: "The model that answers, as provider/model.",
  small_model: "The model for titles and summaries, as provider/model.",
  default_agent: "The agent that answers when none is chosen.",
  subagent_depth: "How deep agents may start agents.",
  budget: "What a turn may cost, for agents without a budget of their own.",
  username: "What you are called.",
  mode: "Superseded by agent.",
  agent: "Agents by name; also as markdown in .opencode/agent. Unknown keys are for the provider.",
  provider: "Providers by id: their addresses, keys and models.",
  mcp: "MCP servers by name: programs, or addresses.",
  formatter: "Formatters that run after edits: true for the usual ones, or by name.",
  lsp: "Language servers: false for none, or by name.",
  instructions: "Files, globs and addresses that the agent is told of at the start.",
  layout: "Superseded; without effect.",
  permission:
    "What agents may do: allow, ask or deny, by tool and pattern. The last match decides.",
  tools: "Superseded by permission.",
  attachment: "How images are prepared for models.",
  enterprise: "`url` is what links to shared sessions begin with.",
  tool_output: "How much of a tool's output a model sees.",
  compaction: "When and how long sessions are summarised.",
  experimental: "Settings that may change.",
};

if (import.meta.main) await Bun.write(SCHEMA_FILE, schemaText());
