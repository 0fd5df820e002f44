// The plugins that the configuration names, as it names them: switched off, and one more of them.

import { errorMessage } from "@/base/error";
import type { Config } from "@/schema/config";
import type { Ui } from "@/tui/ui";
import { attempt } from "./attempt";
import { LARGE } from "./dialog";
import { ListDialog } from "./list-dialog";
import { TextDialog } from "./text-dialog";

/** `name`, `@scope/name`, either with `@version`. */
const PACKAGE = /^(@[\w.-]+\/)?[a-z\d][\w.-]*(@[\w.^~*<>=-]+)?$/i;

type Plugin = NonNullable<Config["plugin"]>[number];

/** Whose configuration names a plugin: the person's own, or the project's. */
type Place = "person" | "project";

interface Row {
  plugin: Plugin;
  place: Place;
  isOn: boolean;
}

export function openPlugins(ui: Ui): void {
  let known: readonly Row[] = [];
  const dialog: ListDialog<Row> = new ListDialog<Row>(ui, {
    title: "Plugins",
    width: LARGE,
    rows: () =>
      known.map((row) => ({
        value: row,
        key: JSON.stringify(row.plugin),
        label: nameOf(row.plugin),
        mark: row.isOn ? "✓" : " ",
        markColor: "success",
        right: row.isOn ? (row.place === "person" ? "yours" : "project") : "off",
      })),
    empty: 'None. "plugin": ["name"] in opencode.json names one; .opencode/plugin holds your own.',
    keys: [
      {
        action: "plugins.toggle",
        text: "on or off",
        // A space is a letter of the filter once something is typed.
        run: (row) => {
          if (row === undefined || dialog.typed !== "") return false;
          void attempt(ui, async () => {
            known = await toggle(ui, known, row.value);
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
  ui.dialogs.open(
    new TextDialog(ui, {
      title: "Install plug-in",
      text: "A package of npm, for this project. Its code may do all that you may.",
      placeholder: "name or name@version",
      enterText: "install",
      onSubmit: async (spec) => {
        if (!PACKAGE.test(spec)) return "That is no package: write name, or name@version";
        try {
          await addPlugin(ui, spec);
        } catch (error) {
          return errorMessage(error);
        }
        return undefined;
      },
    }),
  );
}

/** To what the project names itself; what the person's own files name stays there alone. */
async function addPlugin({ client, toasts }: Ui, spec: string): Promise<void> {
  const [all, own] = await Promise.all([client.config.get(), client.config.getGlobal()]);
  const known = new Set((own.plugin ?? []).map((plugin) => JSON.stringify(plugin)));
  const named = (all.plugin ?? []).filter((plugin) => !known.has(JSON.stringify(plugin)));
  await client.config.update({ plugin: [...named.filter((plugin) => plugin !== spec), spec] });
  const message = `${spec} is in the project's configuration; it is installed at the next start`;
  toasts.show({ variant: "success", message });
}
