// A screen whose dialogs are real.

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
