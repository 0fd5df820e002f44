// Choosing where a session goes on, or where new ones begin; worktrees made and removed.
import { expect, test } from "bun:test";
import { openMove } from "@/tui/dialogs/move";
import type { SentRequest } from "@test/support/screen";
import { session } from "./facts";
import { dialogScreen } from "./support";

const HERE = "/home/user/proj";
const THERE = "/home/user/.local/share/opencode/worktree/p/quick-fox";
const SESSION = session("1", "Wanders", { directory: HERE });

async function open(of: typeof SESSION | undefined) {
  const worktrees = new Set([THERE]);
  const answers: Record<string, (request: SentRequest) => unknown> = {
    "GET /project/current": () => ({ id: "p" }),
    "GET /project/p/directories": () => [{ directory: HERE }],
    "GET /experimental/worktree": () => [...worktrees],
    "POST /experimental/worktree": () => ({ name: "new", directory: `${THERE}-2` }),
    "DELETE /experimental/worktree": () => worktrees.delete(THERE),
    [`POST /experimental/session/${SESSION.id}/move`]: ({ body }) => ({
      ...SESSION,
      ...(body as object),
    }),
  };
  const route = of ? ({ screen: "session", sessionID: of.id } as const) : undefined;
  const screen = await dialogScreen({
    width: 90,
    height: 24,
    answers,
    state: {
      directory: HERE,
      facts: { project: { id: "p" } as never },
      sessions: { [SESSION.id]: SESSION },
      ...(route && { route }),
    },
  });
  openMove(screen.ui, of);
  await screen.until(() => screen.sent.some(({ path }) => path.endsWith("/directories")));
  const shows = async (text: string | RegExp) => {
    await screen.until(() => true);
    for (let turn = 0; turn < 200; turn++) {
      if ((await screen.frame()).match(text)) return;
    }
    expect(await screen.frame()).toMatch(text);
  };
  await shows("quick-fox");
  return { screen, keys: screen.terminal.mockInput, shows };
}

const sentBody = ({ sent }: { sent: readonly SentRequest[] }, ending: string) =>
  sent.find(({ path, method }) => path.endsWith(ending) && method !== "GET")?.body;

test("the session goes on in the directory that is chosen", async () => {
  const { screen, keys, shows } = await open(SESSION);
  await using _ = screen;
  await shows(/● ~?\S*proj +/);
  await shows(/quick-fox +worktree/);
  await keys.typeText("quick");
  keys.pressEnter();
  await screen.until(() => screen.toasts.length > 0);
  expect(sentBody(screen, "/move")).toEqual({ directory: THERE });
  expect(screen.ui.store.state.sessions?.[SESSION.id]?.directory).toBe(THERE);
  expect(screen.ui.dialogs.isOpen).toBe(false);
});

test("at home new sessions begin in the directory that is chosen", async () => {
  const { screen, keys } = await open(undefined);
  await using _ = screen;
  await keys.typeText("quick");
  keys.pressEnter();
  await screen.until(() => screen.toasts.length > 0);
  expect(screen.ui.store.state.directory).toBe(THERE);
});

test("a worktree is made for it, or removed by a second press", async () => {
  const { screen, keys, shows } = await open(SESSION);
  await using _ = screen;
  await keys.typeText("quick");
  keys.pressKey("d", { ctrl: true });
  await shows("again deletes it");
  expect(sentBody(screen, "/worktree")).toBeUndefined();
  keys.pressKey("d", { ctrl: true });
  await screen.until(() => sentBody(screen, "/worktree") !== undefined);
  expect(sentBody(screen, "/worktree")).toEqual({ directory: THERE });
  await shows("Nothing matches");
  keys.pressKey("u", { ctrl: true });
  await keys.typeText("new worktree");
  keys.pressEnter();
  await screen.until(() => screen.toasts.length > 0);
  expect(sentBody(screen, "/move")).toEqual({ directory: `${THERE}-2` });
});
