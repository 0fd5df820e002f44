// Status: one page of what is in use and how it is doing, with causes where something is not.

import { plural } from "@/base/text";
import type { Slot } from "@/tui/theme/slots";
import { homeShortened } from "@/tui/screens/place";
import { usageOf } from "@/tui/screens/usage";
import type { Ui } from "@/tui/ui";
import { presentModel } from "@/tui/store/present";
import { isNarrow } from "@/tui/views/style";
import { amount, dollars, duration } from "@/tui/views/words";
import { attempt } from "./attempt";
import { findModel } from "./choices";
import { copyFacts } from "./debug";
import { LARGE } from "./dialog";
import { ListDialog } from "./list-dialog";
import { NO_LINE, type ListRow } from "./list-rows";
import { mcpRows, openMcp, refreshMcp, toolPrefix } from "./mcps";

const LABEL_COLUMNS = 11;
const RULE_FILES: readonly string[] = ["AGENTS.md", "CLAUDE.md", "CONTEXT.md"];

/** What a row leads to: an MCP server, by its name, or nothing. */
type Target = { mcp: string } | undefined;

/** What only the server knows, and is asked when the page opens. */
interface Asked {
  rules: readonly string[];
  toolIDs: readonly string[];
  /** How many clients there are, and how long the answer took. */
  server?: { clients: number; ms: number };
}

export function openStatus(ui: Ui): void {
  let asked: Asked = { rules: [], toolIDs: [] };
  const dialog: ListDialog<Target> = new ListDialog<Target>(ui, {
    title: "Status",
    width: LARGE,
    hasFilter: false,
    labelColumns: LABEL_COLUMNS,
    rows: () => statusRows(ui, asked),
    empty: "",
    enterText: "details",
    onSelect: ({ value }) => value && void openMcp(ui, value.mcp),
    onClose: () => leave(),
    keys: [
      { stroke: "r", text: "reconnect", run: () => void reconnect(ui) },
      { stroke: "y", text: "copy for a bug report", run: () => void copyFacts(ui) },
    ],
  });
  const leave = ui.store.subscribe((state, before) => {
    if (state.facts !== before.facts) dialog.refresh();
  });
  ui.dialogs.open(dialog);
  void refresh(ui);
  const ask = (part: () => Promise<Partial<Asked>>) =>
    void attempt(ui, async () => {
      const found = await part();
      asked = { ...asked, ...found };
      dialog.refresh();
    });
  ask(async () => ({ toolIDs: await ui.client.toolIDs() }));
  ask(async () => {
    const files = await ui.client.file.list("");
    return { rules: files.map(({ name }) => name).filter((name) => RULE_FILES.includes(name)) };
  });
  ask(async () => {
    const before = ui.clock.now();
    const { clients } = await ui.client.use();
    return { server: { clients, ms: ui.clock.now() - before } };
  });
}

/** How servers and formatters are doing now. */
async function refresh(ui: Ui): Promise<void> {
  await attempt(ui, async () => {
    const [lsp, formatters] = await Promise.all([ui.client.lsp(), ui.client.formatters()]);
    ui.store.dispatch({ type: "facts.loaded", facts: { lsp, formatters } });
  });
  await refreshMcp(ui);
}

/** Every server that could be connected and is not. */
async function reconnect(ui: Ui): Promise<void> {
  const failed = Object.entries(ui.store.state.facts.mcp ?? {}).filter(
    ([, { status }]) => status === "failed",
  );
  await attempt(ui, async () => {
    await Promise.all(failed.map(([name]) => ui.client.mcp.connect(name)));
  });
  await refresh(ui);
}

function statusRows(ui: Ui, { rules, toolIDs, server }: Asked): ListRow<Target>[] {
  const { facts, route } = ui.store.state;
  const usage = route.screen === "session" ? usageOf(ui.store.state, route.sessionID) : undefined;
  const session = route.screen === "session" ? `   session ${route.sessionID.slice(0, 7)}…` : "";
  const size = usage?.context === undefined ? "" : ` of ${amount(usage.context)}`;
  const tokens = usage === undefined ? "" : `   ${amount(usage.tokens)}${size}`;
  const present = presentModel(ui.store.state);
  const found = findModel(ui.store.state, present);
  const variant = present?.variant === undefined ? "" : ` · ${present.variant}`;
  const instructions = [...rules, ...(facts.config?.instructions ?? [])];
  const plugins = facts.config?.plugin ?? [];
  const row = (label: string, rest: Partial<ListRow<Target>> = {}): ListRow<Target> => ({
    value: undefined,
    label,
    ...rest,
  });
  return [
    row(`opencode ${ui.environment.version}${session}${tokens}`, {
      right: usage?.cost === undefined ? "" : dollars(usage.cost),
    }),
    row("Model", {
      group: "",
      detail: found ? `${found.provider.name} / ${found.model.name}${variant}` : "none",
      right: answerWords(ui),
    }),
    row("Rules", { group: "", detail: instructions.join(", ") || "none" }),
    ...mcpGroup(ui, toolIDs),
    ...lspGroup(ui),
    ...formatterRows(ui),
    row(plural(plugins.length, "plugin"), { group: NO_LINE }),
    row("Server", {
      group: NO_LINE,
      detail: [facts.serverURL ?? "in this process", ...clientWords(server)].join("   "),
      right: server === undefined ? "" : `answers in ${Math.round(server.ms)} ms`,
    }),
  ];
}

function clientWords(server: Asked["server"]): string[] {
  return server === undefined ? [] : [plural(server.clients, "client")];
}

/** What the provider said last, such as `200 · 41 ms to first token`, or `401`. */
function answerWords(ui: Ui): string {
  const { route, transcripts } = ui.store.state;
  const messages = route.screen === "session" ? transcripts[route.sessionID]?.messages : undefined;
  for (const { info, parts } of messages?.toReversed() ?? []) {
    if (info.role !== "assistant") continue;
    const status = info.error?.name === "APIError" ? info.error.data.statusCode : undefined;
    if (status !== undefined) return String(status);
    const starts = parts.flatMap((part) => {
      return part.type === "text" || part.type === "reasoning" ? (part.time?.start ?? []) : [];
    });
    if (starts.length === 0) continue;
    const ms = Math.max(0, Math.min(...starts) - info.time.created);
    const took = `200 · ${ms < 1_000 ? `${Math.round(ms)} ms` : duration(ms)}`;
    return isNarrow(ui) ? took : `${took} to first token`;
  }
  return "";
}

/** With what each offers, or why it does not. */
function mcpGroup(ui: Ui, toolIDs: readonly string[]): ListRow<Target>[] {
  const rows = mcpRows(ui);
  const group = `\n${plural(rows.length, "MCP server")}`;
  const toolsOf = (name: string) => {
    const count = toolIDs.filter((id) => id.startsWith(toolPrefix(name))).length;
    return count === 0 ? "" : plural(count, "tool");
  };
  const statuses = ui.store.state.facts.mcp ?? {};
  return rows.map(({ value, markColor, detail, right = "" }) => ({
    ...{ value: { mcp: value }, key: `mcp ${value}`, group },
    label: spaced(`● ${value}`, detail || toolsOf(value)),
    ...(markColor !== undefined && markColor !== "success" && { labelColor: markColor }),
    right: statuses[value]?.status === "failed" ? "enter: log" : right,
  }));
}

function lspGroup(ui: Ui): ListRow<Target>[] {
  const servers = ui.store.state.facts.lsp ?? [];
  return servers.map(({ name, root, status, errors = 0 }) => ({
    value: undefined,
    key: `lsp ${name} ${root}`,
    group: `${servers.length} LSP`,
    label: spaced(`● ${name}`, root === "" ? "." : homeShortened(root, ui.environment.home)),
    ...(status === "error" && { labelColor: "error" satisfies Slot }),
    right: errors > 0 ? plural(errors, "error") : status,
    ...(errors > 0 && { rightColor: "error" satisfies Slot }),
  }));
}

function formatterRows(ui: Ui): ListRow<Target>[] {
  const enabled = (ui.store.state.facts.formatters ?? []).filter((one) => one.enabled);
  const names = enabled.map(({ name }) => name).join("  ");
  const label = `${plural(enabled.length, "formatter")}   ${names}`.trimEnd();
  return [{ value: undefined, key: "formatters", group: NO_LINE, label }];
}

/** In columns where the name leaves room for that. */
function spaced(name: string, detail: string): string {
  return detail === "" ? name : `${name.padEnd(LABEL_COLUMNS - 3)}   ${detail}`;
}
