// What other programs have the terminal UI do, by the server's `/tui/*` routes.
import type { BusEvent } from "@/schema/event";
import type { Ui } from "./ui";

/** Does what the event asks for; other events are none of its business. */
export function actOn(ui: Ui, event: BusEvent): void {
  switch (event.type) {
    case "tui.prompt.append":
      return ui.prompt.append(event.properties.text);
    case "tui.command.execute":
      return execute(ui, event.properties.command);
    case "tui.toast.show":
      return ui.toasts.show(event.properties);
    case "tui.session.select": {
      const { sessionID } = event.properties;
      ui.dialogs.closeAll();
      ui.store.dispatch({ type: "route.changed", route: { screen: "session", sessionID } });
      return undefined;
    }
    default:
      return undefined;
  }
}

function execute(ui: Ui, command: string): void {
  if (ui.actions.run(command)) return;
  const isKnown = ui.actions.resolve(command) !== undefined;
  const what = isKnown ? "cannot be done now" : "is no command of the terminal UI";
  ui.toasts.show({ variant: "warning", message: `${command} ${what}` });
}
