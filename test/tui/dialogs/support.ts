// A screen whose dialogs are real, and the frames of the specification.

import { join } from "node:path";
import { DialogStack } from "@/tui/dialogs/dialog-stack";
import { EditorPromptBox } from "@/tui/prompt/prompt-box";
import { testScreen, type ScreenOptions, type TestScreen } from "@test/support/screen";

export function dialogScreen(options: Omit<ScreenOptions, "ui"> = {}): Promise<TestScreen> {
  return testScreen({
    ...options,
    ui: (ui) => {
      const prompt = new EditorPromptBox(ui);
      return { prompt, dialogs: new DialogStack(Object.assign(ui, { prompt })) };
    },
  });
}

/** A frame as test/tui/frames keeps it; `_` stands where the cursor is and is a space here. */
export async function frameOf(name: string): Promise<string> {
  const text = await Bun.file(join(import.meta.dir, "../frames", `${name}.txt`)).text();
  return text.replace(/_(?= |$)/gm, " ").replace(/ +$/gm, "");
}
