// The agents that a person may talk to.

import type { Agent } from "@/schema/agent";
import { presentAgent } from "@/tui/store/present";
import type { Ui } from "@/tui/ui";
import { chooseAgent, primaryAgents } from "./choices";
import { SMALL } from "./dialog";
import { ListDialog } from "./list-dialog";
import type { ListRow } from "./list-rows";

const LABEL_COLUMNS = 9;

export function openAgents(ui: Ui): void {
  ui.dialogs.open(
    new ListDialog<Agent>(ui, {
      title: "Select agent",
      width: SMALL,
      hasFilter: false,
      rows: () => agentRows(ui),
      labelColumns: LABEL_COLUMNS,
      empty: "The server has told no agents yet.",
      isCurrent: ({ value }) => value.name === presentAgent(ui.store.state),
      enterText: "select",
      onSelect: ({ value }) => {
        ui.dialogs.close();
        chooseAgent(ui, value.name);
      },
    }),
  );
}

function agentRows(ui: Ui): ListRow<Agent>[] {
  const current = presentAgent(ui.store.state);
  const agents = primaryAgents(ui.store.state);
  return agents.map((agent) => ({
    value: agent,
    label: agent.name,
    mark: agent.name === current ? "●" : " ",
    detail: `${agent.native === true ? "native" : "project"}`.padEnd(12) + wordsOf(agent),
    right: agent.name === current ? (ui.keymap.label("agent.cycle") ?? "") : "",
  }));
}

function wordsOf({ description, permission, native }: Agent): string {
  if (native !== true && description !== undefined) return description;
  // Rules of single files say nothing about edits as a whole.
  const ask = permission.findLast(({ permission: of, pattern }) => {
    return pattern === "*" && (of === "edit" || of === "*");
  })?.action;
  if (ask === "ask") return "edits ask";
  return ask === "deny" ? "no edits" : "all tools";
}
