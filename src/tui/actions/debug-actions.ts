// Actions for those who want to know how the program works, or why it does not.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openLink } from "@/tui/dialogs/link-dialog";
import type { Ui } from "@/tui/ui";
import type { ActionBody } from "./actions";

export function debugActions(ui: Ui): Record<string, ActionBody> {
  const { renderer } = ui;
  return {
    "docs.open": {
      when: () => ui.store.state.facts.serverURL !== undefined,
      run: () => openDocs(ui),
    },
    "app.debug": { run: () => renderer.toggleDebugOverlay() },
    "app.console": {
      title: () => (renderer.console.visible ? "Close console" : "Open console"),
      run: () => toggleConsole(ui),
    },
    "app.heap_snapshot": { run: () => writeHeap(ui) },
  };
}

function openDocs(ui: Ui): void {
  openLink(ui, {
    title: "Documentation",
    url: `${ui.store.state.facts.serverURL ?? ""}/doc`,
    text: "What the server can do, operation by operation:",
  });
}

/** It takes what is printed for as long as it is open, and only then: the log has it otherwise. */
function toggleConsole({ renderer }: Ui): void {
  if (renderer.console.visible) {
    renderer.console.hide();
    renderer.consoleMode = "disabled";
    return;
  }
  renderer.consoleMode = "console-overlay";
  renderer.console.show();
  // The keys stay with the prompt, and with what closes it again.
  renderer.console.blur();
}

/** For the memory tools of a browser. It holds what the program holds: nobody else may read it. */
async function writeHeap(ui: Ui): Promise<void> {
  const { logDirectory } = ui.environment;
  const path = join(logDirectory, `heap-${ui.clock.now()}.heapsnapshot`);
  await mkdir(logDirectory, { recursive: true });
  await writeFile(path, Bun.generateHeapSnapshot("v8"), { mode: 0o600 });
  ui.toasts.show({ variant: "success", title: "Heap snapshot", message: path });
}
