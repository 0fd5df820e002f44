// What a dialog asks of the server: a failure is told to the person, in the server's words.

import { errorMessage } from "@/base/error";
import type { Ui } from "@/tui/ui";

/** Undefined when it failed, which has been told. */
export async function attempt<T>(ui: Ui, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    ui.toasts.show({ variant: "error", message: errorMessage(error) });
    return undefined;
  }
}
