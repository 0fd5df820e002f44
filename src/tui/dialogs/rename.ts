// Another title for a session.

import type { Session } from "@/schema/session";
import type { Ui } from "@/tui/ui";
import { errorMessage } from "@/base/error";
import { TextDialog } from "./text-dialog";

const TITLE_MAX_CHARACTERS = 60;

export function openRename(ui: Ui, session: Session): void {
  ui.dialogs.open(
    new TextDialog(ui, {
      title: "Rename session",
      value: session.title,
      enterText: "save",
      onSubmit: (title) => save(ui, session, title),
      keys: [
        {
          stroke: "alt+g",
          label: { label: "alt+g", text: "suggest" },
          run: (dialog) => {
            dialog.value = suggestion(ui, session);
          },
        },
      ],
    }),
  );
}

async function save(ui: Ui, { id }: Session, title: string): Promise<string | void> {
  if (title === "") return "A session needs a title.";
  try {
    await ui.client.session.update(id, { title });
  } catch (error) {
    return errorMessage(error);
  }
}

/** The first words that the person wrote in it. */
function suggestion(ui: Ui, session: Session): string {
  const messages = ui.store.state.transcripts[session.id]?.messages ?? [];
  const first = messages.find(({ info }) => info.role === "user");
  const text = first?.parts.find((part) => part.type === "text" && part.synthetic !== true);
  const words = (text?.type === "text" ? text.text : "").split(/\s+/);
  let title = "";
  for (const word of words) {
    if (title.length + word.length >= TITLE_MAX_CHARACTERS) break;
    title = title === "" ? word : `${title} ${word}`;
  }
  return title === "" ? session.title : title;
}
