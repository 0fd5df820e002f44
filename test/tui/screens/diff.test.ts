// The diff viewer: what it shows of a change, and what its keys do.
import { expect, test } from "bun:test";
import { createPatch } from "@/base/unified-diff";
import { DiffScreen } from "@/tui/screens/diff";
import { type TestScreen, testScreen } from "@test/support/screen";

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`);

async function changes() {
  const before = lines(30);
  const after = before.with(2, "line three").with(24, "line twenty-five");
  const joined = [before, after].map((all) => `${all.join("\n")}\n`);
  const [old = "", now = ""] = joined;
  return [
    {
      file: "src/app.ts",
      patch: await createPatch("src/app.ts", old, now),
      additions: 2,
      deletions: 2,
      status: "modified",
    },
    {
      file: "src/new.ts",
      patch: await createPatch("src/new.ts", "", "export const x = 1\n"),
      additions: 1,
      deletions: 0,
      status: "added",
    },
  ];
}

interface Viewer {
  screen: TestScreen;
  frame(): Promise<string>;
  run(id: string): Promise<string>;
}

async function withViewer(
  size: { width: number; height: number },
  test: (viewer: Viewer) => Promise<void>,
): Promise<void> {
  const files = await changes();
  const answers = {
    "GET /vcs/diff": ({ query }: { query: Record<string, string> }) =>
      query["mode"] === "branch" ? [] : files,
    "POST /vcs/apply": () => ({ applied: true }),
  };
  await using screen = await testScreen({ ...size, answers });
  const { ui } = screen;
  const back = { screen: "session", sessionID: "ses_1" } as const;
  const viewer = new DiffScreen(ui, { screen: "diff", source: { type: "worktree" }, back });
  ui.renderer.root.add(viewer.root);
  ui.actions.register(viewer.actions);
  viewer.resize({ columns: size.width, rows: size.height });
  const frame = async () => {
    await screen.frame();
    return screen.frame();
  };
  const run = async (id: string) => {
    await viewer.actions[id]?.run();
    return frame();
  };
  while (!(await frame()).includes("app.ts")) await Promise.resolve();
  await test({ screen, frame, run });
  viewer.destroy();
}

test("the tree, the hunks and the figures are shown", async () => {
  await withViewer({ width: 120, height: 30 }, async ({ frame }) => {
    const rows = (await frame()).trimEnd().split("\n");
    expect(rows[0]).toMatch(/^ Diff {2}working tree ▾ +2 files \+3 -2 {3}0\/2 reviewed$/);
    expect(rows[2]).toMatch(/▾ src +│ src\/app.ts +\+2 -2/);
    expect(rows[3]).toMatch(/├─ {3}app\.ts +M +│/);
    const text = rows.join("\n");
    expect(text).toMatch(/3 - line 3\n/);
    expect(text).toMatch(/3 \+ line three\n/);
    expect(text).toContain("┆ 15 unchanged lines");
    expect(text).toMatch(/1 \+ export const x = 1/);
    expect(rows.at(-1)).toContain("tab tree");
  });
});

test("keys go from hunk to hunk and from file to file", async () => {
  await withViewer({ width: 120, height: 30 }, async ({ run }) => {
    expect(await run("diff.next_hunk")).toMatch(/▸ *3 - line 3\n/);
    expect(await run("diff.next_hunk")).toMatch(/▸ *25 - line 25\n/);
    expect(await run("diff.next_hunk")).toMatch(/▸ *1 \+ export const x/);
    expect(await run("diff.previous_file")).toMatch(/▸ *1 {3}line 1\n/);
  });
});

test("a reviewed file is ticked, and the next one is chosen", async () => {
  await withViewer({ width: 120, height: 30 }, async ({ run }) => {
    const frame = await run("diff.mark_reviewed");
    expect(frame).toContain("1/2 reviewed");
    expect(frame).toContain("├─ ✓ app.ts");
    expect(frame).toMatch(/▸ *1 \+ export const x/);
  });
});

test("a hunk is undone by the patch that takes it back", async () => {
  await withViewer({ width: 120, height: 30 }, async ({ screen, run }) => {
    await run("diff.next_hunk");
    await run("diff.undo_hunk");
    const sent = screen.sent.find(({ path }) => path === "/vcs/apply");
    expect(sent?.body).toMatchObject({ patch: expect.stringContaining("-line three\n") });
    expect(screen.sent.filter(({ path }) => path === "/vcs/diff")).toHaveLength(2);
  });
});

test("another source says so when it has no changes", async () => {
  await withViewer({ width: 120, height: 30 }, async ({ run }) => {
    const frame = await run("diff.switch_source");
    expect(frame).toContain("since the default branch");
    expect(frame).toContain("No changes.");
  });
});

test("a comment takes the line to the prompt and goes back", async () => {
  await withViewer({ width: 120, height: 30 }, async ({ screen, run }) => {
    await run("diff.next_hunk");
    await run("diff.down");
    await run("diff.comment");
    expect(screen.ui.prompt.text).toContain("src/app.ts");
    expect(screen.ui.store.state.route).toEqual({ screen: "session", sessionID: "ses_1" });
  });
});

test("the file of the line is opened in the person's editor", async () => {
  await withViewer({ width: 120, height: 30 }, async ({ screen, run }) => {
    Object.assign(screen.ui.environment.env, { EDITOR: "vi" });
    await expect(run("diff.open_file")).rejects.toThrow(/There is no file .*src\/app\.ts/);
  });
});

test("the tree folds, and is hidden where there is little room", async () => {
  await withViewer({ width: 120, height: 30 }, async ({ run }) => {
    await run("diff.switch_focus");
    const folded = await run("diff.collapse");
    expect(folded).toContain("▸ src");
    expect(folded).not.toContain("├─");
  });
  await withViewer({ width: 80, height: 24 }, async ({ frame, run }) => {
    expect(await frame()).not.toContain("├─");
    expect(await run("diff.toggle_file_tree")).toContain("├─");
  });
});

test("the two sides stand beside each other when there is room, or on demand", async () => {
  await withViewer({ width: 120, height: 30 }, async ({ run }) => {
    expect(await run("diff.toggle_view")).toMatch(/3 - line 3 +3 \+ line three/);
  });
});

test("hints that have no room are left out whole, never how to leave", async () => {
  await withViewer({ width: 80, height: 24 }, async ({ frame }) => {
    const footer = (await frame()).trimEnd().split("\n").at(-1);
    expect(footer).toMatch(/^ tab tree {2}.* {2}m reviewed {2}q close {2}\? all$/);
  });
});

test("the title keeps its distance from the figures on a narrow screen", async () => {
  await withViewer({ width: 50, height: 16 }, async ({ frame }) => {
    const [title] = (await frame()).split("\n");
    expect(title).toMatch(/^ Diff {2}working tree ▾ {2,}2 files \+3 -2 {3}0\/2 ✓$/);
  });
});
