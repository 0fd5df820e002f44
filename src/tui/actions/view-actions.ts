// Actions that change how things are shown.
import type { ViewSettings } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import type { ActionBody } from "./actions";

type Switch = {
  [K in keyof ViewSettings]: ViewSettings[K] extends boolean ? K : never;
}[keyof ViewSettings];

const SWITCHES: Readonly<Record<string, { name: Switch; on: string; off: string }>> = {
  "session.toggle.thinking": { name: "thinking", on: "Show thinking", off: "Fold thinking" },
  "session.toggle.timestamps": {
    name: "timestamps",
    on: "Show timestamps",
    off: "Hide timestamps",
  },
  "session.toggle.generic_tool_output": {
    name: "genericToolOutput",
    on: "Show generic tool output",
    off: "Hide generic tool output",
  },
  "session.toggle.actions": {
    name: "toolDetails",
    on: "Show tool details",
    off: "Hide tool details",
  },
  "session.toggle.conceal": {
    name: "conceal",
    on: "Hide Markdown marks",
    off: "Show Markdown marks",
  },
  "session.toggle.scrollbar": { name: "scrollbar", on: "Show scrollbar", off: "Hide scrollbar" },
  "app.toggle.animations": { name: "animations", on: "Animate", off: "Do not animate" },
  "app.toggle.diffwrap": { name: "diffWrap", on: "Wrap diffs", off: "Do not wrap diffs" },
};

export function viewActions(ui: Ui): Record<string, ActionBody> {
  const bodies = Object.entries(SWITCHES).map(([id, { name, on, off }]) => {
    const isOn = () => ui.store.state.view[name];
    const body: ActionBody = {
      title: () => (isOn() ? off : on),
      run: () => ui.store.dispatch({ type: "view.changed", view: { [name]: !isOn() } }),
    };
    return [id, body] as const;
  });
  return { ...Object.fromEntries(bodies), "tips.toggle": tips(ui) };
}

/** For good, not only for the life of the program. */
function tips(ui: Ui): ActionBody {
  return {
    title: () => (ui.store.state.view.tips ? "Hide tips" : "Show tips"),
    run() {
      const isShown = !ui.store.state.view.tips;
      ui.store.dispatch({ type: "view.changed", view: { tips: isShown } });
      ui.memory.set("tips", isShown);
    },
  };
}
