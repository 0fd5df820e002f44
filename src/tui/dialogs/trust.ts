// The question whether this project's own files may act: run programs, reach out, read elsewhere.
// What they would do is listed; nothing of it happens until the person says so.

import type { TrustState } from "@/schema/trust";
import type { Ui } from "@/tui/ui";
import { attempt } from "./attempt";
import { LARGE } from "./dialog";
import { ListDialog } from "./list-dialog";
import type { ListRow } from "./list-rows";

const LABEL_COLUMNS = 34;

type Answer = "trust" | "leave";

/** Asks, if there is something to ask about; says so if there is not and the person wanted it. */
export async function askTrust(ui: Ui, isWanted: boolean): Promise<void> {
  const state = await attempt(ui, () => ui.client.project.trust());
  if (state === undefined) return;
  if (state.held.length === 0) {
    const message = "Nothing of this project is held back";
    if (isWanted) ui.toasts.show({ variant: "info", message });
    return;
  }
  // Who is typing must not answer by accident.
  const isBusy = !ui.prompt.isEmpty || ui.dialogs.isOpen;
  if (isWanted || !isBusy) return openTrust(ui, state);
  ui.toasts.show({ variant: "warning", message: `${state.summary}. /trust shows it` });
}

function openTrust(ui: Ui, state: TrustState): void {
  ui.dialogs.open(
    new ListDialog<Answer>(ui, {
      title: "Do you trust the files of this project?",
      width: LARGE,
      hasFilter: false,
      labelColumns: LABEL_COLUMNS,
      rows: () => trustRows(state),
      empty: "",
      enterText: "answer",
      isCurrent: ({ value }) => value === "leave",
      onSelect: ({ value }) => {
        ui.dialogs.close();
        if (value === "trust") void grant(ui, state);
      },
    }),
  );
}

/** The answers first; what would act beneath, and choosing that answers nothing. */
function trustRows(state: TrustState): ListRow<Answer>[] {
  const items = state.held.map(({ kind, what, origin }, index): ListRow<Answer> => ({
    value: "leave",
    key: `${index}`,
    group: "\nWhat they would do",
    label: `${kind}: ${what}`,
    detail: origin,
  }));
  return [
    { value: "leave", label: "Not now: nothing of it happens", group: state.directory },
    { value: "trust", label: "Trust this directory as it is now", group: state.directory },
    ...items,
  ];
}

async function grant(ui: Ui, { content, held }: TrustState): Promise<void> {
  const granted = await attempt(ui, () => ui.client.project.grantTrust(content));
  if (granted === undefined) return;
  const message = granted.trusted
    ? "The files of this project act now"
    : `Something has changed meanwhile: ${held.length} were shown, ${granted.held.length} are held`;
  ui.toasts.show({ variant: granted.trusted ? "success" : "warning", message });
}
