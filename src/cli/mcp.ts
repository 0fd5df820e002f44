// `opencode mcp`: how the MCP servers of the directory are doing, what is known of their logins,
// and what one of them answers. Adding one is mcp-add.ts, logging in mcp-login.ts.
import { notFound } from "@/base/error";
import { didYouMean } from "@/base/text";
import type { McpServers } from "@/mcp/mcp-servers";
import type { MCPStatus, McpServerConfig } from "@/schema/mcp";
import { type CLIContext, type GlobalOptions, withApp } from "./context";
import { EXIT } from "./exit-code";
import { tellHeldBack } from "./held-back";
import { oneLine } from "./output";
import { formatTable, formatTime } from "./table";

type Summary = Awaited<ReturnType<McpServers["summaries"]>>[number];

/** How long a command waits for the servers: as long as most may take to connect. */
export const CONNECT_MAX_MS = 30_000;
const NONE = 'No MCP servers: add one with "opencode mcp add", or under "mcp" in the configuration';

export async function list(context: CLIContext, options: GlobalOptions): Promise<number> {
  return withApp(context, options, async (app) => {
    const instance = await app.instances.get(context.directory);
    await tellHeldBack(context, instance);
    const { mcp } = instance;
    await mcp.ready(context.interrupts.signal, CONNECT_MAX_MS);
    const [statuses, summaries] = [await mcp.status(), await mcp.summaries()];
    if (Object.keys(statuses).length === 0) context.output.note(NONE);
    else {
      const rows = Object.entries(statuses).map(([name, status]) => {
        const summary = summaries.find((one) => one.name === name);
        return [name, status.status, describe(status, summary), summary ? place(summary) : ""];
      });
      print(context, [["server", "status", "offers", "runs"], ...rows]);
    }
    return EXIT.done;
  });
}

export async function listLogins(context: CLIContext, options: GlobalOptions): Promise<number> {
  return withApp(context, options, async (app) => {
    const { mcp } = await app.instances.get(context.directory);
    await mcp.look();
    const logins = (await mcp.summaries()).filter(({ config }) => config.type === "remote");
    if (logins.length === 0) context.output.note("No remote MCP servers");
    else {
      const rows = logins.map((summary) => [summary.name, describeLogin(summary), place(summary)]);
      print(context, [["server", "login", "address"], ...rows]);
    }
    return EXIT.done;
  });
}

export async function debug(
  context: CLIContext,
  name: string,
  options: GlobalOptions,
): Promise<number> {
  return withApp(context, options, async (app) => {
    const { mcp } = await app.instances.get(context.directory);
    const { signal } = context.interrupts;
    await mcp.ready(signal, CONNECT_MAX_MS);
    const statuses = await mcp.status();
    const status = statuses[name];
    if (!status) throw unknownServer(name, Object.keys(statuses));
    const summary = (await mcp.summaries()).find((one) => one.name === name);
    const facts = [
      ["server", name],
      ["status", status.status],
    ];
    if ("error" in status) facts.push(["error", status.error]);
    if (summary) {
      facts.push([summary.config.type, place(summary)]);
      facts.push(["offers", describe(status, summary)]);
      if (summary.config.type === "remote") {
        facts.push(["login", describeLogin(summary)]);
        facts.push(["client id", summary.login.clientID ?? "none"]);
        facts.push(...(await probe(mcp, name, signal)));
      }
    }
    print(context, facts);
    return status.status === "connected" ? EXIT.done : EXIT.failed;
  });
}

export function unknownServer(name: string, names: readonly string[]) {
  const similar = didYouMean(name, names);
  const hint = similar ? `Did you mean ${similar}?` : `There are: ${names.join(", ") || "none"}`;
  return notFound("MCP server", name, hint);
}

async function probe(mcp: McpServers, name: string, signal: AbortSignal): Promise<string[][]> {
  try {
    const answer = await mcp.probe(name, signal);
    const how = answer.hasToken ? "with the stored token" : "without a token";
    const { challenge, contentType, status, statusText, tookMs } = answer;
    return [
      ["initialize", `${status} ${statusText} after ${tookMs} ms, ${how}`],
      ...(contentType === undefined ? [] : [["content-type", contentType]]),
      ...(challenge === undefined ? [] : [["www-authenticate", challenge]]),
    ];
  } catch (error) {
    signal.throwIfAborted();
    return [["initialize", error instanceof Error ? error.message : String(error)]];
  }
}

function describe(status: MCPStatus, summary: Summary | undefined): string {
  if ("error" in status) return status.error;
  if (status.status === "needs_auth") return `log in: opencode mcp auth ${summary?.name}`;
  if (status.status !== "connected" || !summary) return "";
  const { tools, prompts, resources, templates } = summary.counts;
  const counts: [number, string][] = [
    [tools, "tools"],
    [prompts, "prompts"],
    [resources, "resources"],
    [templates, "resource templates"],
  ];
  const some = counts.filter(([count]) => count > 0);
  return some.map(([count, what]) => `${count} ${what}`).join(", ") || "nothing";
}

function describeLogin({ login }: Summary): string {
  if (login.kind === "none") return `none: it ${login.reason}`;
  if (login.kind === "needed") return "not logged in";
  const end = login.expiresAt === undefined ? "" : `, until ${formatTime(login.expiresAt)}`;
  return `logged in${end}${login.canRenew ? ", renewed by itself" : ""}`;
}

/** The program, or the address without what may be a secret in it. */
function place({ config }: { config: McpServerConfig }): string {
  if (config.type === "local") return config.command.join(" ");
  const url = URL.parse(config.url);
  return url ? `${url.origin}${url.pathname}` : config.url;
}

function print({ output }: CLIContext, rows: readonly (readonly string[])[]): void {
  const plain = rows.map((row) => row.map((cell) => oneLine(cell, 500)));
  for (const line of formatTable(plain)) output.print(line);
}
