// The plugins: those of the server as the configuration names them, and those of the terminal UI as
// they are at work. Each is switched off and on again here, and one more installed.

import { errorMessage } from "@/base/error";
import type { Config } from "@/schema/config";
import type { Ui } from "@/tui/ui";
import { attempt } from "./attempt";
import { LARGE } from "./dialog";
import type { InstalledPlugin, PluginStatus } from "@/tui/plugins/plugin-types";
import { ListDialog } from "./list-dialog";
import type { ListRow } from "./list-rows";
import { TextDialog } from "./text-dialog";

type Plugin = NonNullable<Config["plugin"]>[number];

/** Whose configuration names a plugin: the person's own, or the project's. */
type Place = "person" | "project";

interface Row {
  plugin: Plugin;
  place: Place;
  isOn: boolean;
}

/** Of the server, or of the terminal UI. */
type Choice = Row | PluginStatus;

export function openPlugins(ui: Ui): void {
  let known: readonly Row[] = [];
  const leave = ui.plugins.subscribe(() => dialog.refresh());
  const dialog: ListDialog<Choice> = new ListDialog<Choice>(ui, {
    title: "Plugins",
    width: LARGE,
    rows: () => [...ui.plugins.list().map(faceRow), ...known.map(serverRow)],
    onClose: leave,
    empty:
      'None. "plugin": ["name"] in opencode.json names one of the server, in tui.json one of the ' +
      "terminal UI; .opencode/plugin holds your own.",
    keys: [
      {
        action: "plugins.toggle",
        text: "on or off",
        // A space is a letter of the filter once something is typed.
        run: (row) => {
          if (row === undefined || dialog.typed !== "") return false;
          const { value } = row;
          void attempt(ui, async () => {
            if ("id" in value) await ui.plugins.setEnabled(value.id, !value.enabled);
            else known = await toggle(ui, known, value);
            dialog.refresh();
          });
          return true;
        },
      },
      {
        action: "dialog.plugins.install",
        text: "install",
        run: () => {
          openInstall(ui);
          return true;
        },
      },
    ],
  });
  ui.dialogs.open(dialog);
  void attempt(ui, async () => {
    known = await loadRows(ui);
    dialog.refresh();
  });
}

function faceRow(status: PluginStatus): ListRow<Choice> {
  const { id, spec, active, enabled, fault } = status;
  const mark = active ? "✓" : !enabled || fault === undefined ? " " : "✗";
  const state = active ? "at work" : enabled ? "not at work" : "off";
  return {
    value: status,
    key: spec,
    group: "Terminal UI",
    label: id,
    mark,
    markColor: active ? "success" : "error",
    right: state,
    ...(fault !== undefined && { below: fault.split("\n")[0] ?? "" }),
  };
}

function serverRow(row: Row): ListRow<Choice> {
  return {
    value: row,
    key: JSON.stringify(row.plugin),
    group: "Server",
    label: nameOf(row.plugin),
    mark: row.isOn ? "✓" : " ",
    markColor: "success",
    right: row.isOn ? (row.place === "person" ? "yours" : "project") : "off",
  };
}

async function loadRows({ client }: Ui): Promise<Row[]> {
  const [all, own] = await Promise.all([client.config.get(), client.config.getGlobal()]);
  const isOwn = (plugin: Plugin) => (own.plugin ?? []).some((one) => isSame(one, plugin));
  return (all.plugin ?? []).map((plugin) => {
    return { plugin, place: isOwn(plugin) ? "person" : "project", isOn: true };
  });
}

/** One that is off is not named any more; as long as the list is open it can be named again. */
async function toggle(ui: Ui, rows: readonly Row[], row: Row): Promise<readonly Row[]> {
  const { client, toasts } = ui;
  const next = rows.map((one) => (one === row ? { ...row, isOn: !row.isOn } : one));
  const plugin = next.flatMap((one) => (one.place === row.place && one.isOn ? [one.plugin] : []));
  if (row.place === "person") await client.config.updateGlobal({ plugin });
  else await client.config.update({ plugin });
  const state = row.isOn ? "off" : "on";
  const message = `${nameOf(row.plugin)} is ${state} from the next start on`;
  toasts.show({ variant: "info", message });
  return next;
}

function isSame(one: Plugin, other: Plugin): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function nameOf(plugin: Plugin): string {
  return Array.isArray(plugin) ? `${String(plugin[0])} (with options)` : String(plugin);
}

/** Its code runs with all that the program may: it says so before. */
export function openInstall(ui: Ui): void {
  let isForAll = false;
  const words = () =>
    `A package of npm, or a path, ${isForAll ? "for all of your projects" : "for this project"}. ` +
    "Its code may do all that you may.";
  const dialog = new TextDialog(ui, {
    title: "Install plug-in",
    text: words,
    placeholder: "name or name@version",
    busyText: "Installing…",
    enterText: "install",
    keys: [
      {
        stroke: "alt+g",
        label: { label: "alt+g", text: "project or all" },
        run: () => {
          isForAll = !isForAll;
          ui.dialogs.place();
        },
      },
    ],
    onSubmit: async (spec) => {
      try {
        const installed = await ui.plugins.install(spec, { global: isForAll });
        ui.toasts.show({ variant: "success", message: installedWords(spec, installed) });
      } catch (error) {
        return errorMessage(error);
      }
      return undefined;
    },
  });
  ui.dialogs.open(dialog);
}

function installedWords(spec: string, { server, tui }: InstalledPlugin): string {
  const parts = [
    ...(tui === undefined ? [] : [`in ${tui}`]),
    ...(server === undefined ? [] : [`in ${server}, at work from the next start on`]),
  ];
  return `${spec} is ${parts.join(", and ")}`;
}
