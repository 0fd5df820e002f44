// The actions that open dialogs, and those that choose what dialogs list.

import type { ActionBody } from "@/tui/actions/actions";
import { putFirst } from "@/tui/memory";
import { presentAgent } from "@/tui/store/present";
import type { Session } from "@/schema/session";
import type { Ui } from "@/tui/ui";
import { openAgents } from "./agents";
import { chooseAgent, cycleModel, cycleVariant, primaryAgents, variantsOf } from "./choices";
import { openConnect } from "./connect";
import { openDebug } from "./debug";
import { openExport } from "./export";
import { openHelp } from "./help";
import { openKeys } from "./keys";
import { openMcps } from "./mcps";
import { openModels, openVariants } from "./models";
import { openMove } from "./move";
import { openPalette, suggestible } from "./palette";
import { openInstall, openPlugins } from "./plugins";
import { openRename } from "./rename";
import {
  forkSession,
  listsAll,
  openSessions,
  pinnedSessions,
  switchToSlot,
  togglePin,
} from "./sessions";
import { openSkills } from "./skills";
import { openStatus } from "./status";
import { openStatusLine } from "./status-line";
import { lockMode, openThemes, switchMode } from "./themes";
import { openTimeline } from "./timeline";
import { Trash } from "./trash";
import { WhichKey } from "./which-key";
import { askTrust } from "./trust";

const SLOTS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** Until the returned function is called, which the program does when it is left. */
export function registerDialogs(ui: Ui): () => void {
  const trash = new Trash(ui);
  const canSuggest = suggestible();
  const forget = ui.actions.onRun((id) => {
    if (!canSuggest.has(id)) return;
    ui.memory.set("used", putFirst(ui.memory.get("used") ?? [], id, Object.is));
  });
  const leave = ui.actions.register({
    ...sessionActions(ui, trash),
    ...choiceActions(ui),
    ...systemActions(ui),
    ...new WhichKey(ui).actions,
  });
  const ignore = askOnce(ui);
  return () => {
    ignore();
    forget();
    leave();
    trash.empty();
  };
}

/** Whether the project's files may act is asked when the server has told which project it is. */
function askOnce(ui: Ui): () => void {
  const stop = ui.store.subscribe((state) => {
    if (state.facts.project === undefined) return;
    stop();
    void askTrust(ui, false);
  });
  return stop;
}

type Bodies = Record<string, ActionBody>;

function sessionActions(ui: Ui, trash: Trash): Bodies {
  const withSession = (run: (session: Session) => void | Promise<void>): ActionBody => ({
    when: () => openSession(ui) !== undefined,
    run: () => {
      const session = openSession(ui);
      return session && run(session);
    },
  });
  const slots = SLOTS.map((slot): [string, ActionBody] => [
    `session.quick_switch.${slot}`,
    {
      when: () => pinnedSessions(ui)[slot - 1] !== undefined,
      title: () => `Switch to: ${pinnedSessions(ui)[slot - 1]?.title ?? ""}`,
      run: () => switchToSlot(ui, slot),
    },
  ]);
  return {
    ...Object.fromEntries(slots),
    "session.list": { run: () => openSessions(ui, trash) },
    "session.new": { run: () => goHome(ui) },
    "session.timeline": { run: () => openTimeline(ui) },
    "session.rename": withSession((session) => openRename(ui, session)),
    "session.fork": withSession(({ id }) => forkSession(ui, id)),
    "session.export": withSession((session) => openExport(ui, session)),
    "session.move": {
      when: () => openSession(ui)?.parentID === undefined,
      title: () => (openSession(ui) ? "Move session" : "Begin sessions elsewhere"),
      run: () => openMove(ui, openSession(ui)),
    },
    "session.delete": withSession((session) => trash.put(session)),
    "session.pin.toggle": withSession(({ id }) => togglePin(ui, id)),
  };
}

function choiceActions(ui: Ui): Bodies {
  const cycleAgent = (step: 1 | -1): ActionBody => ({
    when: () => primaryAgents(ui.store.state).length > 1,
    run: () => {
      const names = primaryAgents(ui.store.state).map(({ name }) => name);
      const at = Math.max(0, names.indexOf(presentAgent(ui.store.state)));
      const next = names[(at + step + names.length) % names.length];
      if (next !== undefined) chooseAgent(ui, next);
    },
  });
  const hasVariants = () => variantsOf(ui.store.state).length > 0;
  return {
    "model.list": { run: () => openModels(ui) },
    "model.cycle_recent": { run: () => cycleModel(ui, "recent", 1) },
    "model.cycle_recent_reverse": { run: () => cycleModel(ui, "recent", -1) },
    "model.cycle_favorite": { run: () => cycleModel(ui, "favorite", 1) },
    "model.cycle_favorite_reverse": { run: () => cycleModel(ui, "favorite", -1) },
    "agent.list": { run: () => openAgents(ui) },
    "agent.cycle": cycleAgent(1),
    "agent.cycle.reverse": cycleAgent(-1),
    "variant.list": { when: hasVariants, run: () => openVariants(ui) },
    "variant.cycle": { when: hasVariants, run: () => cycleVariant(ui) },
  };
}

function systemActions(ui: Ui): Bodies {
  return {
    "command.palette.show": { run: () => openPalette(ui) },
    "help.keys": { run: () => openHelp(ui) },
    "help.show": { run: () => openHelp(ui) },
    "opencode.status": { run: () => openStatus(ui) },
    "statusline.edit": { run: () => openStatusLine(ui) },
    "opencode.debug": { run: () => openDebug(ui) },
    "project.trust": { run: () => askTrust(ui, true) },
    "provider.connect": { run: () => openConnect(ui) },
    "mcp.list": { run: () => openMcps(ui) },
    "plugins.list": { run: () => openPlugins(ui) },
    "plugins.install": { run: () => openInstall(ui) },
    "app.toggle.session_directory_filter": {
      title: () => (listsAll(ui) ? "List sessions of this directory" : "List all sessions"),
      run: () => ui.memory.set("allDirectories", !listsAll(ui)),
    },
    "prompt.skills": { run: () => openSkills(ui) },
    "keys.rebind": { run: () => openKeys(ui) },
    "theme.switch": { run: () => openThemes(ui) },
    "theme.switch_mode": { run: () => switchMode(ui) },
    "theme.mode.lock": { run: () => lockMode(ui) },
    "toast.last": { run: () => ui.toasts.repeat() },
  };
}

function openSession(ui: Ui): Session | undefined {
  const { route, sessions } = ui.store.state;
  return route.screen === "session" ? sessions?.[route.sessionID] : undefined;
}

function goHome(ui: Ui): void {
  ui.store.dispatch({ type: "route.changed", route: { screen: "home" } });
}
