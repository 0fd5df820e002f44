// The agents that a person may talk to.

import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { unavailable } from "@/base/error";
import type { Agent } from "@/schema/agent";
import { openFile } from "@/tui/prompt/external-editor";
import { presentAgent } from "@/tui/store/present";
import type { Ui } from "@/tui/ui";
import { attempt } from "./attempt";
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
      keys: [{ stroke: "e", text: "open its file", run: (row) => openDefinition(ui, row?.value) }],
    }),
  );
}

/** Where agents are defined by a file, this is it; an agent of the program's own has none. */
function openDefinition(ui: Ui, agent: Agent | undefined): boolean {
  if (agent === undefined) return false;
  void attempt(ui, async () => {
    const paths = definitionPaths(ui, agent.name);
    const places = await Promise.all(
      paths.map(async (path) => [path, await isFile(path)] as const),
    );
    const [path] = places.find(([, isThere]) => isThere) ?? [];
    if (path === undefined)
      throw unavailable(`${agent.name} is defined by no file of this machine`);
    ui.dialogs.closeAll();
    await openFile(ui, path);
  });
  return true;
}

/** The nearest first: those of the directory and of what is above it, then the person's own. */
function definitionPaths({ environment, store }: Ui, name: string): string[] {
  const { facts, directory } = store.state;
  const { directory: here = directory, worktree = here } = facts.path ?? {};
  const roots: string[] = [];
  for (let at = here; ; at = dirname(at)) {
    roots.push(join(at, ".opencode"));
    if (at === worktree || at === dirname(at)) break;
  }
  return [...roots, environment.configDirectory].flatMap((root) =>
    ["agent", "agents"].map((folder) => join(root, folder, `${name}.md`)),
  );
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
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
