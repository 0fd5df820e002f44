// `opencode stats`: what was done and spent, over all projects: sessions, tokens, cost, models,
// tools.
import type { App } from "@/app/app";
import type { MessageWithParts } from "@/schema/message";
import { type CLIContext, type GlobalOptions, withApp } from "./context";
import { EXIT } from "./exit-code";
import { oneLine } from "./output";
import { formatTable } from "./table";

export interface StatsOptions extends GlobalOptions {
  days?: number;
}

interface Stats {
  sessions: number;
  messages: number;
  cost: number;
  input: number;
  output: number;
  reasoning: number;
  cacheRead: number;
  cacheWrite: number;
  models: Record<string, { messages: number; cost: number }>;
  tools: Record<string, number>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const SHOWN = 10;

export async function stats(context: CLIContext, options: StatsOptions): Promise<number> {
  return withApp(context, options, async (app) => {
    const { days } = options;
    const since = days === undefined ? 0 : context.clock.now() - days * DAY_MS;
    const counted = gather(app, since);
    const { output } = context;
    for (const line of formatTable(overview(counted))) output.print(line);
    printRanking(context, "Models", modelRows(counted));
    printRanking(context, "Tools", toolRows(counted));
    return EXIT.done;
  });
}

/** One session after the other: a whole history need not fit into memory. */
function gather(app: App, since: number): Stats {
  const { sessionStore } = app.services;
  const counted: Stats = {
    sessions: 0,
    messages: 0,
    cost: 0,
    input: 0,
    output: 0,
    reasoning: 0,
    cacheRead: 0,
    cacheWrite: 0,
    models: {},
    tools: {},
  };
  for (const { id } of sessionStore.listSessions({ start: since })) {
    const { messages } = sessionStore.listMessages(id);
    const recent = messages.filter(({ info }) => info.time.created >= since);
    if (recent.length === 0) continue;
    counted.sessions++;
    for (const message of recent) count(counted, message);
  }
  return counted;
}

function count(counted: Stats, { info, parts }: MessageWithParts): void {
  counted.messages++;
  if (info.role !== "assistant") return;
  const { cost, tokens } = info;
  counted.cost += cost;
  counted.input += tokens.input;
  counted.output += tokens.output;
  counted.reasoning += tokens.reasoning;
  counted.cacheRead += tokens.cache.read;
  counted.cacheWrite += tokens.cache.write;
  const model = (counted.models[`${info.providerID}/${info.modelID}`] ??= { messages: 0, cost: 0 });
  model.messages++;
  model.cost += cost;
  for (const part of parts) {
    if (part.type === "tool") counted.tools[part.tool] = (counted.tools[part.tool] ?? 0) + 1;
  }
}

function overview(counted: Stats): string[][] {
  const number = (value: number) => value.toLocaleString("en-US");
  return [
    ["Sessions", number(counted.sessions)],
    ["Messages", number(counted.messages)],
    ["Cost", formatCost(counted.cost)],
    ["Input tokens", number(counted.input)],
    ["Output tokens", number(counted.output)],
    ["Reasoning tokens", number(counted.reasoning)],
    ["Cache read tokens", number(counted.cacheRead)],
    ["Cache write tokens", number(counted.cacheWrite)],
  ];
}

function modelRows({ models }: Stats): string[][] {
  return Object.entries(models)
    .toSorted(([, a], [, b]) => b.messages - a.messages)
    .map(([name, { messages, cost }]) => [name, `${messages} messages`, formatCost(cost)]);
}

function toolRows({ tools }: Stats): string[][] {
  return Object.entries(tools)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, calls]) => [name, `${calls} calls`]);
}

function printRanking({ output }: CLIContext, title: string, rows: string[][]): void {
  if (rows.length === 0) return;
  output.print(`\n${title}`);
  const shown = rows.slice(0, SHOWN).map(([name = "", ...rest]) => [oneLine(name, 80), ...rest]);
  for (const line of formatTable(shown)) output.print(`  ${line}`);
  if (rows.length > SHOWN) output.print(`  and ${rows.length - SHOWN} more`);
}

function formatCost(cost: number): string {
  return `$${cost.toFixed(cost !== 0 && cost < 0.01 ? 4 : 2)}`;
}
