// What a person has marked with the mouse: copied when the button is let go, and forgotten with
// the next key that would act on what is on top.
import { CliRenderEvents } from "@opentui/core";
import type { Ui } from "./ui";

/** Copies what is marked, where that is wanted, until the returned function is called. */
export function followSelection(ui: Ui): () => void {
  const { renderer, settings } = ui;
  if (!settings.copyOnSelect) return () => undefined;
  const selected = () => void copySelection(ui);
  renderer.on(CliRenderEvents.SELECTION, selected);
  return () => renderer.off(CliRenderEvents.SELECTION, selected);
}

/** False when nothing is marked. */
export async function copySelection(ui: Ui): Promise<boolean> {
  const text = ui.renderer.getSelection()?.getSelectedText() ?? "";
  if (text.trim() === "") return false;
  const count = [...new Intl.Segmenter().segment(text)].length;
  const what = `${count} ${count === 1 ? "character" : "characters"}`;
  const isCertain = await ui.clipboard.write(text);
  const message = isCertain ? `Copied ${what}` : `Sent ${what} to the terminal's clipboard`;
  ui.toasts.show({ variant: "success", message });
  return true;
}
