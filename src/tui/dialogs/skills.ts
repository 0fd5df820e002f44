// Skills: enter puts the one that is chosen into the prompt.

import type { Skill } from "@/schema/skill";
import type { Ui } from "@/tui/ui";
import { attempt } from "./attempt";
import { LARGE } from "./dialog";
import { ListDialog } from "./list-dialog";

const LABEL_COLUMNS = 24;

export function openSkills(ui: Ui): void {
  const dialog: ListDialog<Skill> = new ListDialog<Skill>(ui, {
    title: "Skills",
    width: LARGE,
    labelColumns: LABEL_COLUMNS,
    rows: () =>
      (ui.store.state.facts.skills ?? []).map((skill) => ({
        value: skill,
        label: skill.name,
        detail: skill.description ?? "",
        search: skill.description ?? "",
      })),
    empty: "There are no skills. One is a directory with a SKILL.md in .opencode/skills.",
    enterText: "use",
    onSelect: ({ value }) => {
      ui.dialogs.closeAll();
      ui.prompt.setText(`/${value.name} `);
    },
  });
  ui.dialogs.open(dialog);
  void attempt(ui, async () => {
    const skills = await ui.client.skills();
    ui.store.dispatch({ type: "facts.loaded", facts: { skills } });
    dialog.refresh();
  });
}
