// What a bug report needs of where it happened, as lines; no names of files and no keys.

import { platform, release } from "node:os";
import { presentModel } from "@/tui/store/present";
import { findModel } from "./choices";
import type { Ui } from "@/tui/ui";

export type FactLine = readonly [name: string, value: string];

export function debugFacts(ui: Ui): FactLine[] {
  const { environment, renderer, store, clock } = ui;
  const { env, version } = environment;
  const { route, connection } = store.state;
  const model = findModel(store.state, presentModel(store.state));
  const capabilities = renderer.capabilities;
  const terminal = [env.TERM_PROGRAM, env.TERM, env.COLORTERM].filter(Boolean).join(", ");
  return [
    ["Version", version],
    ["Date", new Date(clock.now()).toISOString()],
    ["System", `${platform()} ${release()}`],
    ["Terminal", `${terminal || "unknown"}, ${renderer.width}x${renderer.height}`],
    ["Keyboard", capabilities?.kitty_keyboard === true ? "kitty protocol" : "plain"],
    ["Multiplexer", env.TMUX === undefined ? "none" : "tmux"],
    ["Theme", `${ui.theme.name}, ${ui.theme.mode}`],
    ["Session", route.screen === "session" ? route.sessionID : "none"],
    ["Model", model === undefined ? "none" : `${model.provider.id}/${model.model.id}`],
    ["Connection", connection.state],
  ];
}
