// MCP servers: how each is doing and why, switched on and off, logged in to, and what it offers.

import type { MCPStatus } from "@/schema/mcp";
import type { Slot } from "@/tui/theme/slots";
import type { Ui } from "@/tui/ui";
import { attempt } from "./attempt";
import { LARGE } from "./dialog";
import { openLink } from "./link-dialog";
import { ListDialog } from "./list-dialog";
import type { ListRow } from "./list-rows";
import { PageDialog } from "./page-dialog";

const LABEL_COLUMNS = 24;

const COLORS: Readonly<Record<MCPStatus["status"], Slot>> = {
  connected: "success",
  disabled: "textMuted",
  failed: "error",
  needs_auth: "warning",
  needs_client_registration: "warning",
};

export function openMcps(ui: Ui): void {
  const dialog: ListDialog<string> = new ListDialog<string>(ui, {
    title: "MCP servers",
    width: LARGE,
    rows: () => mcpRows(ui),
    labelColumns: LABEL_COLUMNS,
    empty: "No MCP server is configured. `opencode mcp add` adds one.",
    enterText: "details",
    onSelect: ({ value }) => void openMcp(ui, value),
    onClose: () => leave(),
    keys: [
      {
        action: "dialog.mcp.toggle",
        text: "connect or disconnect",
        // A space is a letter of the filter once something is typed.
        run: (row) => {
          if (row === undefined || dialog.typed !== "") return false;
          void toggle(ui, row.value);
          return true;
        },
      },
    ],
  });
  const leave = ui.store.subscribe((state, before) => {
    if (state.facts.mcp !== before.facts.mcp) dialog.refresh();
  });
  ui.dialogs.open(dialog);
  void refreshMcp(ui);
}

export async function refreshMcp(ui: Ui): Promise<void> {
  const mcp = await attempt(ui, () => ui.client.mcp.status());
  if (mcp !== undefined) ui.store.dispatch({ type: "facts.loaded", facts: { mcp } });
}

export function mcpRows(ui: Ui): ListRow<string>[] {
  return Object.entries(ui.store.state.facts.mcp ?? {})
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, status]) => ({
      value: name,
      label: name,
      mark: "●",
      markColor: COLORS[status.status],
      detail: "error" in status ? status.error : "",
      right: status.status.replaceAll("_", " "),
    }));
}

/** Tools of a server bear its name, with what a name of a tool cannot hold replaced. */
export function toolPrefix(name: string): string {
  return `${name.replace(/[^a-zA-Z0-9_-]/g, "_")}_`;
}

async function toggle(ui: Ui, name: string): Promise<void> {
  const status = ui.store.state.facts.mcp?.[name]?.status;
  await attempt(ui, () =>
    status === "connected" ? ui.client.mcp.disconnect(name) : ui.client.mcp.connect(name),
  );
  await refreshMcp(ui);
}

/** The log of one that has failed; what a person can do for it, or what it offers. */
export async function openMcp(ui: Ui, name: string): Promise<void> {
  const status = ui.store.state.facts.mcp?.[name];
  if (status?.status === "needs_auth") return logIn(ui, name);
  if (status?.status === "failed") return openLog(ui, name);
  const ids = (await attempt(ui, () => ui.client.toolIDs())) ?? [];
  const prefix = toolPrefix(name);
  const tools = ids.filter((id) => id.startsWith(prefix));
  const fault = status !== undefined && "error" in status ? [status.error] : [];
  const rows = [
    ...fault.map((text) => ({ value: text, label: text, labelColor: "error" as const })),
    ...tools.map((id) => ({ value: id, label: id.slice(prefix.length), group: "Tools" })),
  ];
  ui.dialogs.open(
    new ListDialog<string>(ui, {
      title: name,
      width: LARGE,
      rows: () => rows,
      empty: "It offers no tools.",
      keys: [{ stroke: "ctrl+l", text: "log", run: () => void openLog(ui, name) }],
    }),
  );
}

/** What became of a server, and what its program said of it. */
async function openLog(ui: Ui, name: string): Promise<void> {
  const lines = await attempt(ui, () => ui.client.mcp.log(name));
  if (lines === undefined) return;
  const text = lines.map((line) => `${clockTime(line.time)}  ${line.text}`).join("\n");
  ui.dialogs.open(
    new PageDialog(ui, {
      title: `Log of ${name}`,
      text: text === "" ? "It has said nothing yet." : text,
      startsAtEnd: true,
      keys: [
        { stroke: "r", text: "reconnect", run: () => void reconnect(ui, name) },
        { stroke: "y", text: "copy", run: () => void copyLog(ui, text) },
      ],
    }),
  );
}

/** Connects it now, and shows what came of that. */
async function reconnect(ui: Ui, name: string): Promise<void> {
  ui.dialogs.close();
  await attempt(ui, () => ui.client.mcp.connect(name));
  await refreshMcp(ui);
  await openLog(ui, name);
}

async function copyLog(ui: Ui, text: string): Promise<void> {
  const isSure = await ui.clipboard.write(text);
  const message = isSure ? "Copied the log" : "Sent the log to the terminal's clipboard";
  ui.toasts.show({ variant: "info", message });
}

/** `09:41:02` */
function clockTime(time: number): string {
  return new Date(time).toTimeString().slice(0, 8);
}

async function logIn(ui: Ui, name: string): Promise<void> {
  const begun = await attempt(ui, () => ui.client.mcp.authorize(name));
  if (begun === undefined) return;
  openLink(ui, {
    title: `Log in to ${name}`,
    url: begun.authorizationUrl,
    text: "Open this address. The server connects by itself once you have logged in.",
    onClose: () => void refreshMcp(ui),
  });
}
