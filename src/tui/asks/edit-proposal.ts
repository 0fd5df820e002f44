// Editing a proposal: the text that a tool would write goes through the person's editor before it
// is allowed. It is made here, of the file as it is and the diff that the request shows.
import { invalid, unavailable } from "@/base/error";
import type { PermissionRequest } from "@/schema/permission";
import { parsePatch } from "@/tui/diff/patch-rows";
import { editorCommand, editText } from "@/tui/prompt/external-editor";
import { shownPath } from "@/tui/prompt/paste";
import type { Ui } from "@/tui/ui";

/** The file that a request would change, where it is one file and its diff is known. */
export function proposedFile({ permission, metadata }: PermissionRequest): string | undefined {
  const { diff, filepath } = metadata;
  if (permission !== "edit" || typeof diff !== "string" || typeof filepath !== "string") {
    return undefined;
  }
  const files = parsePatch(diff);
  return files.length === 1 && !files[0]?.isBinary ? filepath : undefined;
}

/**
 * The text as the person leaves it. Throws AppError invalid when the file is not what the diff was
 * made for any more, unavailable when no editor is named or it failed.
 */
export async function editProposal(ui: Ui, request: PermissionRequest): Promise<string> {
  const path = proposedFile(request);
  const command = editorCommand(ui.environment.env);
  if (path === undefined) throw invalid("This change cannot be edited before it is applied");
  if (command === undefined) throw unavailable("Set $VISUAL or $EDITOR to edit a change");
  const patch = String(request.metadata["diff"]);
  const { applyPatch } = await import("diff");
  const text = await currentText(ui, path);
  // The server leaves a final newline out; whether there was one is its own to know.
  const whole = text === "" ? false : applyPatch(`${text}\n`, patch);
  const proposed = whole === false ? applyPatch(text, patch) : whole;
  if (proposed === false)
    throw invalid(`${path} has changed since; reject the edit to have it anew`);
  return editText(ui, command, proposed, path);
}

/** Nothing for a file that is to be made. */
async function currentText(ui: Ui, path: string): Promise<string> {
  const { directory, facts } = ui.store.state;
  const shown = shownPath(path, facts.path?.directory ?? directory);
  const content = await ui.client.file.read(shown).catch(() => undefined); // it is not there yet
  return content?.type === "text" ? content.content.replaceAll("\r\n", "\n") : "";
}
