import { describe, expect, test } from "bun:test";
import {
  chipDraft,
  type Draft,
  draftText,
  isSound,
  joinDrafts,
  numberImages,
  plainDraft,
  replaceRange,
  sliceDraft,
  trimDraft,
} from "@/tui/prompt/draft";
import { type EditState, editFor, editOf, insert, type Rows } from "@/tui/prompt/edit";
import { Undo } from "@/tui/prompt/undo";

const ROWS: Rows = { up: (at) => at, down: (at) => at, start: (at) => at, end: (at) => at };

const FILE = chipDraft({ type: "file", path: "src/a.ts", lines: { start: 1, end: 20 } });

function run(state: EditState, ...actionIDs: string[]): EditState {
  return actionIDs.reduce((before, actionID) => {
    const edit = editFor(actionID);
    if (!edit) throw new Error(`no edit for ${actionID}`);
    return edit(before, ROWS);
  }, state);
}

function build(...drafts: (string | Draft)[]): Draft {
  return drafts.reduce<Draft>((all, one) => {
    const end = all.text.length;
    return replaceRange(all, end, end, typeof one === "string" ? plainDraft(one) : one);
  }, plainDraft(""));
}

/** The text with `|` at the cursor. */
function shown({ draft, cursor }: EditState): string {
  return `${draft.text.slice(0, cursor)}|${draft.text.slice(cursor)}`;
}

describe("clusters", () => {
  const FAMILY = "👨‍👩‍👧‍👦";
  const FLAG = "🇩🇪";
  const MARKED = "e\u0301";

  test("the cursor moves over and deletes one cluster at a time", () => {
    for (const cluster of [FAMILY, FLAG, MARKED, "日", "क्षि", "👍🏽"]) {
      const state = editOf(plainDraft(`a${cluster}b`));
      const left = run(state, "input.move.left", "input.move.left");
      expect(shown(left)).toBe(`a|${cluster}b`);
      expect(shown(run(left, "input.move.right"))).toBe(`a${cluster}|b`);
      expect(shown(run(left, "input.delete"))).toBe("a|b");
      expect(shown(run(state, "input.move.left", "input.backspace"))).toBe("a|b");
    }
  });

  test("words are found in text without spaces, too", () => {
    const state = editOf(plainDraft("hello 日本語 world"));
    expect(shown(run(state, "input.word.backward"))).toBe("hello 日本語 |world");
    expect(shown(run(state, "input.delete.word.backward"))).toBe("hello 日本語 |");
    const home = run(state, "input.buffer.home");
    expect(shown(run(home, "input.word.forward"))).toBe("hello| 日本語 world");
    expect(shown(run(home, "input.delete.word.forward"))).toBe("| 日本語 world");
  });
});

describe("lines", () => {
  const state = { ...editOf(plainDraft("one\ntwo three\nfour")), cursor: 7 };

  test("home and end are those of the line, buffer home and end those of all", () => {
    expect(shown(run(state, "input.line.home"))).toBe("one\n|two three\nfour");
    expect(shown(run(state, "input.line.end"))).toBe("one\ntwo three|\nfour");
    expect(run(state, "input.buffer.home").cursor).toBe(0);
    expect(run(state, "input.buffer.end").cursor).toBe(18);
  });

  test("a line is deleted with one newline, its ends without", () => {
    expect(shown(run(state, "input.delete.line"))).toBe("one\n|four");
    expect(shown(run(state, "input.delete.line", "input.delete.line"))).toBe("|one");
    expect(shown(run(state, "input.delete.to.line.end"))).toBe("one\ntwo|\nfour");
    expect(shown(run(state, "input.delete.to.line.start"))).toBe("one\n| three\nfour");
  });
});

describe("selection", () => {
  test("what is typed replaces it, left and right leave it at its ends", () => {
    const state = run(editOf(plainDraft("one two")), "input.select.word.backward");
    expect(shown(insert(state, plainDraft("2")))).toBe("one 2|");
    expect(shown(run(state, "input.move.left"))).toBe("one |two");
    expect(shown(run(state, "input.move.right"))).toBe("one two|");
    expect(shown(run(state, "input.select.all", "input.backspace"))).toBe("|");
  });
});

describe("chips", () => {
  const draft = build("see ", FILE, " now");

  test("the cursor passes one in a step", () => {
    const end = { ...editOf(draft), cursor: draft.text.length - 4 };
    expect(shown(run(end, "input.move.left"))).toBe("see |@src/a.ts#L1-20 now");
    expect(shown(run(end, "input.move.left", "input.move.right"))).toBe(shown(end));
    expect(shown(run(end, "input.word.backward"))).toBe("see |@src/a.ts#L1-20 now");
  });

  test("backspace and delete take it whole, and so does a selection that touches it", () => {
    const end = { ...editOf(draft), cursor: draft.text.length - 4 };
    const gone = run(end, "input.backspace");
    expect(shown(gone)).toBe("see | now");
    expect(gone.draft.chips).toEqual([]);
    expect(shown(run(end, "input.move.left", "input.delete"))).toBe("see | now");
    const touched = insert({ draft, cursor: 0, anchor: 8 }, plainDraft("x"));
    expect(shown(touched)).toBe("x| now");
  });

  test("text around it moves it along", () => {
    const moved = insert({ draft, cursor: 0 }, plainDraft("please "));
    expect(moved.draft.chips[0]?.start).toBe(11);
    expect(isSound(moved.draft)).toBe(true);
  });

  test("random edits keep every chip on its label", () => {
    const actions = ["input.backspace", "input.delete", "input.delete.word.backward"];
    const moves = ["input.move.left", "input.move.right", "input.word.backward", "input.line.home"];
    let seed = 7;
    const next = (max: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % max;
    let state = editOf(build("a ", FILE, "\nb ", FILE, FILE, " 日本 c"));
    for (let step = 0; step < 2_000; step++) {
      const names = [...moves, ...moves, ...actions];
      state = run(state, names[next(names.length)] ?? "");
      if (next(4) === 0) state = insert(state, next(3) === 0 ? FILE : plainDraft("x y"));
      expect(isSound(state.draft)).toBe(true);
    }
  });

  test("images are counted in their order, pasted text is written out", () => {
    const image = (number: number) =>
      chipDraft({ type: "image", number, mime: "image/png", url: "data:image/png;base64,AA" });
    const paste = chipDraft({ type: "paste", text: "1\n2\n3\n" });
    const joined = joinDrafts([build("a ", image(1)), plainDraft(" "), build(image(1), paste)]);
    expect(joined.text).toBe("a [Image 1]\n\n[Image 2][Pasted ~3 lines]");
    expect(draftText(joined)).toBe("a [Image 1]\n\n[Image 2]1\n2\n3\n");
    expect(numberImages(sliceDraft(joined, 12, 40)).text).toContain("[Image 1]");
    expect(trimDraft(build("  ", FILE, " \n")).text).toBe(FILE.text);
  });
});

describe("undo", () => {
  test("takes back words, and brings chips back whole", () => {
    const undo = new Undo();
    let state = editOf(plainDraft(""));
    const apply = (after: EditState, typed?: string) => {
      undo.record(state, after, typed);
      state = after;
    };
    for (const letter of "fix it") apply(insert(state, plainDraft(letter)), letter);
    apply(insert(state, FILE));
    apply(run(state, "input.backspace"));
    const texts: string[] = [];
    for (let before = undo.undo(state); before; before = undo.undo(state)) {
      state = before;
      texts.push(state.draft.text);
    }
    expect(texts).toEqual(["fix it@src/a.ts#L1-20", "fix it", "fix ", "fix", ""]);
    for (let after = undo.redo(state); after; after = undo.redo(state)) state = after;
    expect(state.draft.text).toBe("fix it");
  });
});
