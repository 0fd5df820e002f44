// Permission and question prompts in the session screen: what they look like, and what keys do.
import { describe, expect, test } from "bun:test";
import { type Renderable, ScrollBoxRenderable } from "@opentui/core";
import type { PermissionRequest } from "@/schema/permission";
import type { QuestionRequest } from "@/schema/question";
import type { Session } from "@/schema/session";
import { SessionAskBox } from "@/tui/asks/ask-box";
import { tellAsks } from "@/tui/asks/ask-toasts";
import type { State } from "@/tui/store/state";
import { type ScreenOptions, testScreen } from "@test/support/screen";

const SESSION = "ses_1";

function permission(more: Partial<PermissionRequest> = {}): PermissionRequest {
  const command = "git log --oneline -3 && rm -rf build";
  return {
    id: "per_000000000001aaaaaaaaaaaaaa",
    sessionID: SESSION,
    permission: "bash",
    patterns: ["git log --oneline -3", "rm -rf build"],
    always: ["git log *", "rm *"],
    metadata: { command, description: "Show the last commits" },
    ...more,
  };
}

const PATCH = [
  "Index: src/app.ts",
  "--- src/app.ts",
  "+++ src/app.ts",
  "@@ -4,5 +4,6 @@",
  "   }",
  " ",
  "   export function greet(name: string) {",
  '-    console.log("hello " + name)',
  "+    const msg = `hello ${name}`",
  "+    console.log(msg)",
  "   }",
  "",
].join("\n");

function edit(more: Partial<PermissionRequest> = {}): PermissionRequest {
  return permission({
    id: "per_000000000002aaaaaaaaaaaaaa",
    permission: "edit",
    patterns: ["src/app.ts"],
    always: ["*"],
    metadata: { filepath: "/project/src/app.ts", diff: PATCH },
    ...more,
  });
}

const QUESTION: QuestionRequest = {
  id: "que_000000000003aaaaaaaaaaaaaa",
  sessionID: SESSION,
  questions: [
    {
      header: "Database",
      question: "Which database?",
      options: [{ label: "SQLite", description: "A file" }],
    },
    {
      header: "Features",
      question: "Which features?",
      options: [
        { label: "Auth", description: "Login with passkeys" },
        { label: "Search", description: "Full text, SQLite FTS" },
      ],
      multiple: true,
    },
  ],
};

/** A session's foot: the prompt box, and the asks in its place. */
async function askScreen(state: Partial<State>, options: ScreenOptions = {}) {
  const route = { screen: "session", sessionID: SESSION } as const;
  const screen = await testScreen({ ...options, state: { route, ...state } });
  const { renderer, prompt, store } = screen.ui;
  renderer.root.flexDirection = "column";
  renderer.root.justifyContent = "flex-end";
  renderer.root.paddingX = 2;
  const box = new SessionAskBox(screen.ui, SESSION);
  renderer.root.add(prompt.root);
  renderer.root.add(box.root);
  prompt.focus();
  box.update(store.state);
  store.subscribe((now) => box.update(now));
  const keys = screen.terminal.mockInput;
  const load = (asks: { permissions?: PermissionRequest[]; questions?: QuestionRequest[] }) => {
    const { permissions = [], questions = [] } = asks;
    store.dispatch({ type: "asks.loaded", permissions, questions });
    store.flush();
  };
  const bodies = () => screen.sent.map(({ path, body }) => [path, body] as const);
  return { screen, box, prompt, keys, load, bodies, type: (text: string) => keys.typeText(text) };
}

function scrollBoxes(root: Renderable): ScrollBoxRenderable[] {
  return root.getChildren().flatMap((child) => {
    return child instanceof ScrollBoxRenderable ? [child] : scrollBoxes(child as Renderable);
  });
}

/** Whatever is asked of the server is done. */
const DONE: Pick<ScreenOptions, "answers"> = { answers: new Proxy({}, { get: () => () => true }) };

describe("answering a permission", () => {
  const replied = `/permission/${permission().id}/reply`;

  test.each<[string, unknown]>([
    ["1", { reply: "once" }],
    ["3", { reply: "reject" }],
    ["RETURN", { reply: "once" }],
    ["ESCAPE", { reply: "reject" }],
  ])("%s", async (key, body) => {
    const { screen, box, keys, bodies } = await askScreen({ permissions: [permission()] }, DONE);
    await using _ = screen;
    keys.pressKey(key);
    await screen.until(() => screen.sent.length > 0);
    expect(bodies()).toEqual([[replied, body]]);
    // It is answered: the prompt box is back before the server has said so.
    expect(box.isActive).toBe(false);
  });

  test("always sends what was chosen, and writes it down when that is asked for", async () => {
    const { screen, keys, bodies } = await askScreen(
      { permissions: [permission()], facts: { config: { permission: { bash: "ask" } } } },
      DONE,
    );
    await using _ = screen;
    for (const key of ["2", "4"]) keys.pressKey(key);
    keys.pressTab();
    keys.pressEnter();
    await screen.until(() => screen.sent.length > 1);
    expect(bodies()).toEqual([
      [replied, { reply: "always", always: ["git log *"] }],
      ["/config", { permission: { bash: { "*": "ask", "git log *": "allow" } } }],
    ]);
  });

  test("a reason is typed in a line of its own", async () => {
    const { screen, keys, type, bodies } = await askScreen({ permissions: [permission()] }, DONE);
    await using _ = screen;
    keys.pressKey("4");
    await type("use 1 test?");
    expect(await screen.frame()).toContain("use 1 test?");
    keys.pressEnter();
    await screen.until(() => screen.sent.length > 0);
    expect(bodies()).toEqual([[replied, { reply: "reject", message: "use 1 test?" }]]);
  });

  test("two asks at once are answered one after the other", async () => {
    const { screen, keys, bodies } = await askScreen({ permissions: [permission(), edit()] }, DONE);
    await using _ = screen;
    expect(await screen.frame()).toContain("1 of 2");
    keys.pressKey("1");
    expect(await screen.frame()).toContain("Edit src/app.ts");
    keys.pressKey("3");
    await screen.until(() => screen.sent.length > 1);
    expect(bodies().map(([, body]) => body)).toEqual([{ reply: "once" }, { reply: "reject" }]);
  });

  test("e gives an edit to the person's editor, and allows what it leaves", async () => {
    const before = "1\n2\n3\n  }\n \n  export function greet(name: string) {\n";
    const content = `${before}    console.log("hello " + name)\n  }\n`.replace("\n \n", "\n\n");
    const patch = PATCH.replace("\n \n", "\n \n");
    const answers = {
      "GET /file/content": () => ({ type: "text", content }),
      [`POST /permission/${edit().id}/reply`]: () => true,
    };
    const env = { EDITOR: "sed -i s/msg/text/g", PATH: process.env["PATH"] ?? "" };
    const request = edit({ metadata: { filepath: "/project/src/app.ts", diff: patch } });
    const { screen, keys, bodies } = await askScreen({ permissions: [request] }, { answers, env });
    await using _ = screen;
    expect(await screen.frame()).toMatch(
      /e edit {2}d diff {2}ctrl\+f fullscreen +⇆ select .* reject\n/,
    );
    keys.pressKey("e");
    await screen.until(() => bodies().length > 1 || screen.toasts.length > 0);
    expect(screen.toasts).toEqual([]);
    const [, replied] = bodies().at(-1) ?? [];
    expect(replied).toMatchObject({ reply: "once" });
    expect((replied as { edited: string }).edited).toContain("console.log(text)");
    expect((replied as { edited: string }).edited).toStartWith("1\n2\n3\n");
  });

  test("an answer that did not arrive asks again", async () => {
    const { screen, keys, box } = await askScreen({ permissions: [permission()] });
    await using _ = screen;
    keys.pressKey("1");
    await screen.until(() => screen.toasts.length > 0);
    expect(box.isActive).toBe(true);
    expect(await screen.frame()).toContain("Permission required");
  });

  test("of a diff that is too long to be drawn, what is left out is counted", async () => {
    const added = Array.from({ length: 2_100 }, (_, n) => `+line ${n + 1}`);
    const diff = ["--- a", "+++ a", "@@ -0,0 +1,2100 @@", ...added, ""].join("\n");
    const { screen, keys } = await askScreen({
      permissions: [edit({ metadata: { filepath: "/project/a", diff } })],
    });
    await using _ = screen;
    keys.pressKey("f", { ctrl: true });
    await screen.frame();
    await screen.frame();
    const [body] = scrollBoxes(screen.ui.renderer.root);
    body?.scrollTo(body.scrollHeight);
    expect(await screen.frame()).toContain("… 100 more lines");
  });

  test("its keys stand whole on a narrow screen, one row beneath the other", async () => {
    const size = { width: 50, height: 20 };
    const { screen } = await askScreen({ permissions: [permission()] }, size);
    await using _ = screen;
    const frame = await screen.frame();
    expect(frame).toMatch(/ctrl\+f fullscreen\n.* ⇆ select {2}enter confirm {2}esc reject/);
  });

  test("ctrl+f gives a long diff the screen, and page keys scroll it", async () => {
    const lines = Array.from({ length: 60 }, (_, line) => `+line ${line}`);
    const long = ["--- a.ts", "+++ a.ts", "@@ -0,0 +1,60 @@", ...lines].join("\n");
    const request = edit({ metadata: { diff: long } });
    const { screen, keys } = await askScreen({ permissions: [request] });
    await using _ = screen;
    await screen.frame();
    const before = (await screen.frame()).split("\n").filter((line) => line.includes("+")).length;
    keys.pressKey("f", { ctrl: true });
    await screen.frame();
    const after = (await screen.frame()).split("\n").filter((line) => line.includes("+")).length;
    expect(after).toBeGreaterThan(before + 3);
    keys.pressKey("\u001b[6~");
    const paged = await screen.frame();
    expect(paged).toContain("line 12");
    const y = paged.split("\n").findIndex((row) => row.includes("line 12"));
    await screen.terminal.mockMouse.scroll(20, y, "up");
    expect(await screen.frame()).not.toBe(paged);
  });
});

describe("whoever is typing", () => {
  test("goes on in the draft: a word typed ahead never answers", async () => {
    const { screen, box, prompt, keys, type, load, bodies } = await askScreen({}, DONE);
    await using _ = screen;
    await type("fix it");
    load({ permissions: [permission()] });
    expect(box.isActive).toBe(true);
    await type(" 1 2 3 x");
    keys.pressEnter();
    keys.pressEscape();
    await screen.clock.advance(300);
    await type("1");
    expect(prompt.text).toBe("fix it 1 2 3 x1");
    expect(bodies()).toEqual([]);
    await screen.clock.advance(500);
    keys.pressKey("1");
    await screen.until(() => screen.sent.length > 0);
    expect(prompt.text).toBe("fix it 1 2 3 x1");
  });

  test("a letter that means nothing begins a word, which never answers either", async () => {
    const { screen, prompt, keys, type, bodies } = await askScreen(
      { permissions: [permission()] },
      DONE,
    );
    await using _ = screen;
    await type("q 1 2");
    keys.pressEnter();
    expect(prompt.text).toBe("q 1 2");
    expect(bodies()).toEqual([]);
    await screen.clock.advance(500);
    keys.pressEnter();
    await screen.until(() => screen.sent.length > 0);
  });

  test("whoever is not, answers at once", async () => {
    const { screen, keys, load } = await askScreen({}, DONE);
    await using _ = screen;
    await screen.clock.advance(5_000);
    load({ permissions: [permission()] });
    keys.pressKey("1");
    await screen.until(() => screen.sent.length > 0);
  });

  test("the draft is kept, and the prompt box is back afterwards", async () => {
    const { screen, prompt, type, load } = await askScreen({});
    await using _ = screen;
    await type("half a thought");
    load({ questions: [QUESTION] });
    expect(await screen.frame()).not.toContain("half a thought");
    load({});
    expect(await screen.frame()).toContain("half a thought");
    await type("!");
    expect(prompt.text).toBe("half a thought!");
  });
});

describe("who asks", () => {
  const child = { id: "ses_2", parentID: SESSION, agent: "general" } as Session;
  const other = { id: "ses_3" } as Session;
  const sessions = { ses_2: child, ses_3: other };

  test("a subagent is named", async () => {
    const request = permission({ sessionID: "ses_2" });
    const { screen } = await askScreen({ sessions, permissions: [request] });
    await using _ = screen;
    expect(await screen.frame()).toContain("General asks");
  });

  test("another session's asks are none of this one's", async () => {
    const { screen, box } = await askScreen({
      sessions,
      permissions: [permission({ sessionID: "ses_3" })],
    });
    await using _ = screen;
    expect(box.isActive).toBe(false);
  });

  test("what is answered elsewhere goes away", async () => {
    const { screen, box, load } = await askScreen({ permissions: [permission(), edit()] });
    await using _ = screen;
    load({ permissions: [edit()] });
    expect(await screen.frame()).toContain("Edit src/app.ts");
    load({});
    expect(box.isActive).toBe(false);
  });
});

test("asks of sessions that are not on the screen are told of, once each", async () => {
  const sessions = {
    ses_2: { id: "ses_2", parentID: SESSION } as Session,
    ses_3: { id: "ses_3", title: "Release\nnotes" } as Session,
  };
  const { screen, load } = await askScreen({ sessions });
  await using _ = screen;
  const shown: string[] = [];
  screen.ui.toasts.show = ({ title = "" }) => void shown.push(title);
  const stop = tellAsks(screen.ui);
  const elsewhere = permission({ sessionID: "ses_3" });
  load({ permissions: [elsewhere, permission({ id: "per_5", sessionID: "ses_2" })] });
  load({ permissions: [elsewhere] });
  expect(shown).toEqual(["Release notes"]);
  stop();
});

describe("answering questions", () => {
  test("tab by tab, with own words, confirmed at the end", async () => {
    const { screen, keys, type, bodies } = await askScreen({ questions: [QUESTION] }, DONE);
    await using _ = screen;
    keys.pressKey("2");
    await type("DuckDB 1");
    keys.pressEnter();
    keys.pressKey("2");
    keys.pressTab();
    expect(await screen.frame()).toContain("DuckDB 1");
    keys.pressEnter();
    await screen.until(() => screen.sent.length > 0);
    expect(bodies()).toEqual([
      [`/question/${QUESTION.id}/reply`, { answers: [["DuckDB 1"], ["Search"]] }],
    ]);
  });

  test("escape dismisses", async () => {
    const { screen, keys, bodies } = await askScreen({ questions: [QUESTION] }, DONE);
    await using _ = screen;
    keys.pressEscape();
    await screen.until(() => screen.sent.length > 0);
    expect(bodies()).toEqual([[`/question/${QUESTION.id}/reject`, undefined]]);
  });
});

test("what tools and models write cannot leave its cells", async () => {
  const evil = "\u001b[31mred\u001b]52;c;AAAA\u0007\u202e\r\nnext";
  const request = permission({
    patterns: [evil],
    always: [evil],
    metadata: { command: evil, description: evil },
  });
  const { screen } = await askScreen({ permissions: [request] });
  await using _ = screen;
  const frame = await screen.frame();
  for (const hostile of ["\u001b", "\u0007", "\u202e"]) expect(frame).not.toContain(hostile);
  expect(frame).toContain("1 Allow once");
});
