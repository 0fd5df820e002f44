// The prompt box as a person knows it: keys in, screen and requests out.
import { describe, expect, test } from "bun:test";
import { DONE, IN_SESSION, promptScreen, saidIn } from "@test/support/prompt-screen";

describe("editing", () => {
  test("keys reach the editor by their actions", async () => {
    const { screen, prompt, keys, type } = await promptScreen();
    await using _ = screen;
    await type("one two three");
    keys.pressKey("w", { ctrl: true });
    keys.pressKey("a", { ctrl: true });
    await type("X");
    expect(prompt.text).toBe("Xone two ");
    keys.pressKey("-", { ctrl: true });
    expect(prompt.text).toBe("one two ");
    keys.pressKey("e", { ctrl: true });
    keys.pressEnter({ shift: true });
    await type("second");
    expect(prompt.text).toBe("one two \nsecond");
    keys.pressKey("u", { ctrl: true });
    keys.pressBackspace();
    expect(prompt.text).toBe("one two ");
    await type("\\");
    keys.pressEnter();
    expect(prompt.text).toBe("one two \n");
    expect(await screen.frame()).toContain("┃  one two");
  });

  test("the box grows with its text, then scrolls", async () => {
    const { screen, prompt, type, keys } = await promptScreen();
    await using _ = screen;
    prompt.fit(11);
    for (let line = 1; line <= 5; line++) {
      await type(`line ${line}`);
      keys.pressEnter({ shift: true });
    }
    await type("last");
    await screen.frame();
    const rows = (await screen.frame()).split("\n").filter((row) => /line|last/.test(row));
    expect(rows).toHaveLength(3);
    expect(rows.at(-1)).toContain("last");
  });

  test("the box grows as far as a person wants it to, but not over the whole screen", async () => {
    for (const [max, shown] of [
      [2, 2],
      [10, 10],
      [100, 17],
    ] as const) {
      const { screen, prompt, keys } = await promptScreen();
      await using _ = screen;
      Object.assign(screen.ui.settings, { promptMaxHeight: max });
      prompt.fit(24);
      for (let line = 0; line < 30; line++) {
        prompt.type("line");
        keys.pressEnter({ shift: true });
      }
      prompt.type("line");
      await screen.frame();
      const rows = (await screen.frame()).split("\n").filter((row) => row.includes("line"));
      expect(rows).toHaveLength(shown);
    }
  });

  test("wide characters are passed and deleted one by one, the caret beside them", async () => {
    const { screen, prompt, type, keys, caret } = await promptScreen();
    await using _ = screen;
    await type("日本");
    const family = "👨‍👩‍👧‍👦";
    await keys.pasteBracketedText(`${family}e\u0301🇩🇪`);
    const columns: number[] = [];
    for (let step = 0; step < 6; step++) {
      columns.push((await caret()).x);
      keys.pressArrow("left");
    }
    const [end = 0] = columns;
    expect(columns.map((column) => end - column)).toEqual([0, 2, 3, 5, 7, 9]);
    keys.pressKey("e", { ctrl: true });
    for (const left of [`日本${family}e\u0301`, `日本${family}`, "日本", "日"]) {
      keys.pressBackspace();
      expect(prompt.text).toBe(left);
    }
  });

  test("with nothing written, keys are free for what lies outside", async () => {
    const { screen, prompt, type } = await promptScreen();
    await using _ = screen;
    expect(prompt.run("input.delete")).toBe(false);
    expect(prompt.run("prompt.clear")).toBe(false);
    await type("x");
    expect(prompt.run("input.delete")).toBe(true);
    expect(prompt.run("prompt.clear")).toBe(true);
    expect(prompt.isEmpty).toBe(true);
  });

  test("ctrl+c clears, and up brings it back", async () => {
    const { screen, prompt, keys, type } = await promptScreen();
    await using _ = screen;
    await type("half a thought");
    keys.pressCtrlC();
    expect(prompt.text).toBe("");
    keys.pressArrow("up");
    expect(prompt.text).toBe("half a thought");
  });

  test("ctrl+c copies what is selected", async () => {
    const copied: string[] = [];
    const { screen, prompt, keys, type } = await promptScreen({
      clipboard: { write: async (text) => copied.push(text) > 0 },
    });
    await using _ = screen;
    await type("one two");
    keys.pressArrow("left", { shift: true });
    keys.pressArrow("left", { shift: true });
    keys.pressCtrlC();
    expect(copied).toEqual(["wo"]);
    expect(prompt.text).toBe("one two");
  });
});

describe("sending", () => {
  test("a prompt goes to the open session with what is chosen", async () => {
    const { screen, prompt, keys, type, bodies } = await promptScreen({
      ...DONE,
      state: {
        ...IN_SESSION,
        choice: { agent: "plan", model: { providerID: "p", modelID: "m" }, variant: "high" },
      },
    });
    await using _ = screen;
    await type("hello");
    keys.pressEnter();
    expect(prompt.text).toBe("");
    await screen.until(() => screen.sent.length > 0);
    expect(bodies("/prompt_async")).toEqual([
      {
        parts: [{ type: "text", text: "hello" }],
        agent: "plan",
        model: { providerID: "p", modelID: "m" },
        variant: "high",
      },
    ]);
  });

  test("from home two prompts in a row go to one new session", async () => {
    const { screen, keys, type, bodies } = await promptScreen({ ...DONE });
    await using _ = screen;
    await type("one");
    keys.pressEnter();
    await type("two");
    keys.pressEnter();
    await screen.until(() => bodies("/prompt_async").length === 2);
    expect(bodies("/session")).toHaveLength(1);
    expect(bodies("/prompt_async").map(saidIn)).toEqual(["one", "two"]);
  });

  test("what could not be sent is back in the box, before what was typed since", async () => {
    const { screen, prompt, keys, type } = await promptScreen({ state: IN_SESSION });
    await using _ = screen;
    await type("one");
    keys.pressEnter();
    await type("two");
    await screen.until(() => screen.toasts.length > 0);
    expect(prompt.text).toBe("one\n\ntwo");
  });

  test("blanks are not sent", async () => {
    const { screen, keys, type } = await promptScreen({ ...DONE, state: IN_SESSION });
    await using _ = screen;
    await type("   ");
    keys.pressEnter();
    expect(screen.sent).toEqual([]);
  });
});

describe("shell mode", () => {
  test("! at the start runs a command, !! one that the model never sees", async () => {
    const { screen, prompt, keys, type, bodies } = await promptScreen({
      ...DONE,
      state: IN_SESSION,
    });
    await using _ = screen;
    await type("!ls");
    expect(await screen.frame()).toContain("Shell");
    keys.pressEnter();
    await type("!!env");
    expect(await screen.frame()).toContain("the model does not see it");
    keys.pressEnter();
    expect(prompt.isEmpty).toBe(true);
    await screen.until(() => bodies("/shell").length === 2);
    expect(bodies("/shell")).toEqual([
      { command: "ls", agent: "build" },
      { command: "env", agent: "build", ignored: true },
    ]);
    expect(await screen.frame()).toContain("Build");
  });

  test("escape and backspace at the start leave it, with the text", async () => {
    const { screen, prompt, keys, type } = await promptScreen();
    await using _ = screen;
    await type("!ls");
    keys.pressEscape();
    expect(await screen.frame()).toContain("Build");
    expect(prompt.text).toBe("ls");
    prompt.clear();
    await type("!!");
    keys.pressBackspace();
    expect(await screen.frame()).toContain("Shell");
    keys.pressBackspace();
    expect(await screen.frame()).toContain("Build");
  });

  test("a ! elsewhere is a letter", async () => {
    const { screen, prompt, type } = await promptScreen();
    await using _ = screen;
    await type("stop!!");
    expect(prompt.text).toBe("stop!!");
  });
});

describe("vim keys", () => {
  test("normal, insert and visual mode, shown beneath the text", async () => {
    const { screen, prompt, keys, type } = await promptScreen();
    await using _ = screen;
    prompt.run("prompt.vim");
    await type("one two");
    expect(await screen.frame()).toContain("INSERT");
    keys.pressEscape();
    expect(await screen.frame()).toContain("NORMAL");
    await type("0dwA!");
    expect(prompt.text).toBe("two!");
    keys.pressEscape();
    await type("V");
    expect(await screen.frame()).toContain("V-LINE");
    await type("d");
    expect(prompt.text).toBe("");
    await type("u");
    expect(prompt.text).toBe("two!");
  });

  test("return sends in normal mode, and what comes next is typed", async () => {
    const { screen, prompt, keys, type, bodies } = await promptScreen({
      ...DONE,
      state: IN_SESSION,
    });
    await using _ = screen;
    prompt.run("prompt.vim");
    await type("one");
    keys.pressEscape();
    keys.pressEnter();
    await screen.until(() => bodies("/prompt_async").length === 1);
    await type("jkl");
    expect(prompt.text).toBe("jkl");
  });
});

describe("from outside", () => {
  test("text of an editor is appended, files with lines as chips", async () => {
    const { screen, prompt, keys, type, bodies } = await promptScreen({
      answers: { ...DONE.answers, "GET /find/file": ({ query }) => [query["query"]] },
      state: { ...IN_SESSION, directory: "/project" },
    });
    await using _ = screen;
    await type("look at ");
    prompt.append("@src/a.ts#L1-20 and @b.ts ");
    await screen.until(() => bodies("/find/file").length > 0);
    await screen.frame();
    keys.pressEnter();
    await screen.until(() => bodies("/prompt_async").length > 0);
    expect(bodies("/prompt_async")).toMatchObject([
      {
        parts: [
          { type: "text", text: "look at @src/a.ts#L1-20 and @b.ts" },
          { type: "file", url: "file:///project/src/a.ts?start=1&end=20" },
          { type: "file", url: "file:///project/b.ts" },
        ],
      },
    ]);
  });
});

test("a question mark shows the keys only where nothing is written", async () => {
  const { screen, prompt, type } = await promptScreen();
  await using _ = screen;
  await type("?");
  expect(screen.actions).toEqual(["help.keys"]);
  await type("why?");
  expect(prompt.text).toBe("why?");
});

describe("mouse", () => {
  test("a click places the cursor, a drag selects what the next key replaces", async () => {
    const { screen, prompt, type } = await promptScreen();
    await using _ = screen;
    await type("one two three");
    await screen.frame();
    const { mockMouse } = screen.terminal;
    await mockMouse.click(9, 20);
    await type("X");
    expect(prompt.text).toBe("one Xtwo three");
    await screen.frame();
    await mockMouse.drag(5, 20, 8, 20);
    await type("1");
    expect(prompt.text).toBe("1 Xtwo three");
  });
});

test("on a narrow screen there are no blank rows around the text", async () => {
  const { screen, prompt, type } = await promptScreen({ width: 48, height: 16 });
  await using _ = screen;
  prompt.fit(15);
  await type("hello");
  const rows = (await screen.frame())
    .trimEnd()
    .split("\n")
    .filter((row) => row !== "");
  const starts = rows.map((row) => row.trim().slice(0, 8));
  expect(starts).toEqual(["┃ hello", "┃ Build", "╹▀▀▀▀▀▀▀"]);
});
