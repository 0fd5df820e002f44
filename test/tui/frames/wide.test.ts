// Wide characters, joined emoji, flags and combining marks, wherever they stand: each cluster takes
// its columns, is passed over and deleted whole, and breaks no frame.
import { expect, setDefaultTimeout, test } from "bun:test";
import { expectFrame } from "@test/support/frames";
import { type RecordedTui, recordedTui } from "@test/support/recorded-tui";
import { SESSION, textPart, toolPart, userMessage } from "@test/support/transcript";
import { answer, inSession, LOGIN } from "./recorded";

// Each draws a whole screen many times, on a busy machine, too.
setDefaultTimeout(180_000);

const FAMILY = "👨‍👩‍👧‍👦";
/** A cluster each, with the columns that it takes. */
const CLUSTERS: readonly (readonly [string, number])[] = [
  ["日", 2],
  ["本", 2],
  [FAMILY, 2],
  ["🇩🇪", 2],
  ["👍🏽", 2],
  ["e\u0301", 1],
  ["ñ", 1],
  ["한", 2],
  ["x", 1],
];
const ALL = CLUSTERS.map(([cluster]) => cluster).join("");

const TABLE = [
  "| what | shown |",
  "|---|---|",
  "| 漢字 | 二つ |",
  `| ${FAMILY} | family |`,
  "| 🇩🇪🇫🇷 | flags |",
  "| e\u0301a\u0300 | marks |",
  "| עברית | right to left |",
].join("\n");

const MESSAGES = [
  userMessage(1, `${"文字が折り返されます。".repeat(8)} ${FAMILY}🇩🇪👍🏽 e\u0301`),
  answer(2, (id) => [
    textPart(id, 1, TABLE),
    toolPart(id, 2, "grep", {
      input: { pattern: "日本語", path: "文書" },
      ...{ output: "", metadata: { matches: 2 } },
    }),
    toolPart(id, 3, "bash", {
      input: { command: `echo ${FAMILY}`, description: "絵文字を出力する" },
      metadata: { output: `${FAMILY}\n${"界".repeat(50)}\ne\u0301`, exit: 0 },
    }),
  ]),
];

/** As a terminal sends it: whole characters, in UTF-8. */
async function type({ tui }: RecordedTui, text: string): Promise<void> {
  tui.renderer.stdin.emit("data", Buffer.from(text));
  await new Promise((resolve) => setImmediate(resolve));
}

function wideTui(columns = 80, rows = 40): Promise<RecordedTui> {
  const session = { ...LOGIN, title: `日本語の題名 ${FAMILY}` };
  const state = inSession(MESSAGES, { sessions: { [SESSION]: session } });
  return recordedTui({ columns, rows, state });
}

test("wide-80: wrapped, in a table, in rows and panels, in the prompt", async () => {
  await using tui = await wideTui();
  await type(tui, ALL);
  await tui.settle("▣");
  expectFrame("wide-80", tui.terminal);
});

test("wide-drawer-80: dimmed, every character stays", async () => {
  await using tui = await wideTui();
  await tui.settle("▣");
  const plain = tui.terminal.captureCharFrame().split("\n");
  tui.terminal.mockInput.pressKey("x", { ctrl: true });
  tui.terminal.mockInput.pressKey("b");
  await tui.settle("opencode 1.0.0");
  expectFrame("wide-drawer-80", tui.terminal);
  // What the drawer does not cover is the same, character by character.
  const dimmed = tui.terminal.captureCharFrame().split("\n");
  const left = (row = "") => cells(row).slice(0, 36).join("");
  for (const [at, row] of dimmed.entries()) expect(left(row)).toBe(left(plain[at]));
});

/** A text by columns: a cluster of two has an empty one behind it. */
function cells(row: string): string[] {
  return [...new Intl.Segmenter().segment(row)].flatMap(({ segment }) => {
    return Bun.stringWidth(segment) === 2 ? [segment, ""] : [segment];
  });
}

test("typed, moved over and deleted one cluster at a time", async () => {
  await using tui = await wideTui();
  const { mockInput: keys, renderer } = tui.terminal;
  await tui.settle("▣");
  const column = async () => {
    await tui.settle();
    return renderer.getCursorState().x;
  };
  const start = await column();
  let at = start;
  for (const [cluster, width] of CLUSTERS) {
    await type(tui, cluster);
    at += width;
    expect([cluster, await column()]).toEqual([cluster, at]);
  }
  for (const [cluster, width] of CLUSTERS.toReversed()) {
    keys.pressArrow("left");
    at -= width;
    expect([cluster, await column()]).toEqual([cluster, at]);
  }
  keys.pressKey("END");
  for (let left = CLUSTERS.length - 1; left >= 0; left--) {
    keys.pressBackspace();
    expect(tui.tui.prompt.text).toBe(
      CLUSTERS.slice(0, left)
        .map(([one]) => one)
        .join(""),
    );
  }
  expect(await column()).toBe(start);
});

test("selected, a cluster at a time, and typed over", async () => {
  await using tui = await wideTui();
  const { mockInput: keys } = tui.terminal;
  await tui.settle("▣");
  await type(tui, `a${FAMILY}日b`);
  for (let n = 0; n < 3; n++) keys.pressArrow("left", { shift: true });
  await type(tui, "!");
  expect(tui.tui.prompt.text).toBe("a!");
});
