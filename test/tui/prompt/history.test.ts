import { describe, expect, test } from "bun:test";
import { plainDraft } from "@/tui/prompt/draft";
import { type Entry, History } from "@/tui/prompt/history";

function entry(text: string, mode: Entry["mode"] = "prompt"): Entry {
  return { draft: plainDraft(text), mode };
}

function historyOf(...texts: string[]): History {
  const history = new History();
  for (const text of texts) history.add(entry(text));
  return history;
}

describe("walking", () => {
  test("goes from the newest to the oldest, and back to what was being written", () => {
    const history = historyOf("one", "two");
    expect(history.previous(entry("half"))?.draft.text).toBe("two");
    expect(history.previous(entry("two"))?.draft.text).toBe("one");
    expect(history.previous(entry("one"))).toBeUndefined();
    expect(history.next()?.draft.text).toBe("two");
    expect(history.next()?.draft.text).toBe("half");
    expect(history.next()).toBeUndefined();
  });

  test("begins anew after a prompt was sent", () => {
    const history = historyOf("one", "two");
    history.previous(entry("half"));
    history.add(entry("three"));
    expect(history.next()).toBeUndefined();
    expect(history.previous(entry(""))?.draft.text).toBe("three");
  });
});

describe("keeping", () => {
  test("blank prompts and repetitions are not kept", () => {
    const history = historyOf("one", "one", "  ", "two", "one");
    expect(history.entries.map(({ draft }) => draft.text)).toEqual(["one", "two", "one"]);
  });

  test("a shell command is not the same as a prompt of the same words", () => {
    const history = historyOf("ls");
    expect(history.add(entry("ls", "shell"))).toBe(true);
  });

  test("only so many are kept, and loaded ones go before those of this run", () => {
    const history = historyOf("new");
    history.load(Array.from({ length: 600 }, (_, index) => entry(`old ${index}`)));
    expect(history.entries).toHaveLength(500);
    expect(history.entries.at(-1)?.draft.text).toBe("new");
    expect(history.previous(entry(""))?.draft.text).toBe("new");
  });
});

test("a list of them has the newest first, each text once", () => {
  const history = historyOf("one", "two", "one", "three");
  expect(history.distinct().map(({ draft }) => draft.text)).toEqual(["three", "one", "two"]);
});
