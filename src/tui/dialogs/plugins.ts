// The plugins that the configuration names, as it names them, and one more of them.

import { errorMessage } from "@/base/error";
import type { Ui } from "@/tui/ui";
import { LARGE } from "./dialog";
import { ListDialog } from "./list-dialog";
import { TextDialog } from "./text-dialog";

/** `name`, `@scope/name`, either with `@version`. */
const PACKAGE = /^(@[\w.-]+\/)?[a-z\d][\w.-]*(@[\w.^~*<>=-]+)?$/i;

export function openPlugins(ui: Ui): void {
  ui.dialogs.open(
    new ListDialog<string>(ui, {
      title: "Plugins",
      width: LARGE,
      rows: () =>
        (ui.store.state.facts.config?.plugin ?? []).map((plugin) => {
          const name = Array.isArray(plugin) ? String(plugin[0]) : String(plugin);
          const right = Array.isArray(plugin) ? "with options" : "";
          return { value: name, label: name, right };
        }),
      empty:
        'None. "plugin": ["name"] in opencode.json names one; .opencode/plugin holds your own.',
      keys: [
        {
          action: "dialog.plugins.install",
          text: "install",
          run: () => {
            openInstall(ui);
            return true;
          },
        },
      ],
    }),
  );
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
