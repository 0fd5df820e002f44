// History, stash and queue in the prompt box: what keys do to them, and that nothing is lost.
import { describe, expect, test } from "bun:test";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MessageError } from "@/schema/message-error";
import { plainDraft } from "@/tui/prompt/draft";
import { EditorPromptBox } from "@/tui/prompt/prompt-box";
import { DONE, IN_SESSION, promptScreen, saidIn, SESSION_ID } from "@test/support/prompt-screen";
import { answerMessage, messageID, userMessage } from "@test/support/transcript";

const OPEN = { ...DONE, state: { ...IN_SESSION, directory: "/project" } };

/** Sends prompts one after the other, each when the one before is stored. */
async function sendAll(box: Awaited<ReturnType<typeof promptScreen>>, ...texts: string[]) {
  for (const [index, text] of texts.entries()) {
    await box.type(text);
    box.keys.pressEnter();
    await box.screen.until(() => box.bodies("/prompt_async").length === index + 1);
  }
}

describe("history", () => {
  test("up and down walk through it, and the draft is kept", async () => {
    const box = await promptScreen(OPEN);
    await using _ = box.screen;
    const { prompt, keys, type } = box;
    await sendAll(box, "one", "two");
    await type("half");
    keys.pressArrow("up");
    keys.pressArrow("up");
    expect(prompt.text).toBe("one");
    keys.pressArrow("down");
    keys.pressArrow("down");
    expect(prompt.text).toBe("half");
    keys.pressArrow("down");
    expect(prompt.text).toBe("half");
  });

  test("in a text of several rows the arrows move first", async () => {
    const box = await promptScreen(OPEN);
    await using _ = box.screen;
    const { prompt, keys, type } = box;
    await sendAll(box, "one");
    await type("first");
    keys.pressEnter({ shift: true });
    await type("second");
    keys.pressArrow("up");
    await type("X");
    expect(prompt.text).toBe("firstX\nsecond");
    keys.pressArrow("up");
    expect(prompt.text).toBe("one");
  });

  test("what comes back is not being written: no list opens that would take the keys", async () => {
    const box = await promptScreen(OPEN);
    await using _ = box.screen;
    const { prompt, keys } = box;
    for (const text of ["one", "see @a.ts", "/compact"]) {
      prompt.setText(text);
      prompt.run("prompt.clear");
    }
    for (const text of ["/compact", "see @a.ts", "one"]) {
      keys.pressArrow("up");
      expect(prompt.text).toBe(text);
      expect(prompt.hint ?? "").not.toContain("pick");
    }
  });

  test("a shell command comes back as one", async () => {
    const box = await promptScreen(OPEN);
    await using _ = box.screen;
    await box.type("!ls");
    box.keys.pressEnter();
    box.keys.pressArrow("up");
    expect(await box.screen.frame()).toContain("Shell");
    expect(box.prompt.text).toBe("ls");
  });

  test("the search narrows, return takes, escape gives the draft back", async () => {
    const box = await promptScreen(OPEN);
    await using _ = box.screen;
    const { prompt, keys, type, lead } = box;
    await sendAll(box, "fix the clock", "write a test", "fix the door");
    await type("half");
    lead("p");
    await type("fix cl");
    const frame = await box.screen.frame();
    expect(frame).toContain("fix the clock");
    expect(frame).not.toContain("fix the door");
    keys.pressEscape();
    expect(prompt.text).toBe("half");
    prompt.clear();
    lead("p");
    await type("zzz");
    expect(await box.screen.frame()).toContain("Nothing matches");
    keys.pressEnter();
    for (let letter = 0; letter < 3; letter++) keys.pressBackspace();
    await type("clock");
    keys.pressEnter();
    expect(prompt.text).toBe("fix the clock");
    expect(box.bodies("/prompt_async")).toHaveLength(3);
  });

  test("is there in the next program of the project", async () => {
    const box = await promptScreen(OPEN);
    await using _ = box.screen;
    // At once, before what is kept of the project was read.
    await sendAll(box, "one", "two");
    await box.shows("Build");
    await box.prompt.close();
    const next = new EditorPromptBox(box.screen.ui);
    await box.shows("Build");
    await box.screen.until(() => next.run("prompt.history.previous") && next.text !== "");
    expect(next.text).toBe("two");
    await next.close();
  });
});

describe("stash", () => {
  test("escape twice puts the draft there, and it comes back", async () => {
    const { screen, prompt, keys, type } = await promptScreen(OPEN);
    await using _ = screen;
    await type("half a thought");
    keys.pressEscape();
    expect(await screen.frame()).toContain("esc again");
    keys.pressEscape();
    expect(prompt.text).toBe("");
    expect(prompt.run("prompt.stash.pop")).toBe(true);
    expect(prompt.text).toBe("half a thought");
    expect(prompt.run("prompt.stash.pop")).toBe(false);
  });

  test("the second escape counts soon after the first only, and no turn may run", async () => {
    const { screen, prompt, keys, type, setStatus } = await promptScreen(OPEN);
    await using _ = screen;
    await type("half");
    keys.pressEscape();
    await screen.clock.advance(6_000);
    keys.pressEscape();
    expect(prompt.text).toBe("half");
    await screen.clock.advance(6_000);
    setStatus("busy");
    keys.pressEscape();
    keys.pressEscape();
    expect(prompt.text).toBe("half");
  });

  test("the list shows them newest first, takes one and removes one", async () => {
    const { screen, prompt, keys, type } = await promptScreen(OPEN);
    await using _ = screen;
    for (const text of ["one", "two", "three"]) {
      await type(text);
      prompt.run("prompt.stash");
    }
    prompt.run("prompt.stash.list");
    const frame = await screen.frame();
    expect(frame.indexOf("three")).toBeLessThan(frame.indexOf("one"));
    keys.pressKey("d", { ctrl: true });
    expect(await screen.frame()).not.toContain("three");
    await type("on");
    keys.pressEnter();
    expect(prompt.text).toBe("one");
    expect(prompt.run("prompt.stash.pop")).toBe(true);
    expect(prompt.text).toBe("two\n\none");
  });
});

describe("queue", () => {
  /** Three prompts that wait in a busy session. */
  async function queued() {
    const box = await promptScreen(OPEN);
    box.setStatus("busy");
    for (const text of ["one", "two", "three"]) {
      await box.type(text);
      box.keys.pressEnter();
    }
    await box.shows("three");
    return box;
  }

  test("prompts wait above the box, and are sent in order, one for each turn", async () => {
    const box = await queued();
    await using _ = box.screen;
    const frame = await box.screen.frame();
    expect(frame.match(/QUEUED {2}(\w+)/g)).toEqual([
      "QUEUED  one",
      "QUEUED  two",
      "QUEUED  three",
    ]);
    expect(frame).toContain("edit");
    expect(box.bodies("/prompt_async")).toEqual([]);
    for (const count of [1, 2, 3]) {
      box.setStatus("idle");
      await box.screen.until(() => box.bodies("/prompt_async").length === count);
      box.setStatus("busy");
      await box.screen.frame();
    }
    expect(box.bodies("/prompt_async").map(saidIn)).toEqual(["one", "two", "three"]);
    expect(await box.screen.frame()).not.toContain("QUEUED");
  });

  test("an abort brings all back, apart by blank lines, before the draft", async () => {
    const box = await queued();
    await using _ = box.screen;
    await box.type("draft");
    box.setStatus("idle", { name: "MessageAbortedError", data: { message: "Aborted" } });
    expect(box.prompt.text).toBe("one\n\ntwo\n\nthree\n\ndraft");
    expect(box.bodies("/prompt_async")).toEqual([]);
  });

  test("alt+up takes the newest back", async () => {
    const box = await queued();
    await using _ = box.screen;
    box.keys.pressArrow("up", { meta: true });
    expect(box.prompt.text).toBe("three");
    box.keys.pressArrow("up", { meta: true });
    expect(box.prompt.text).toBe("two\n\nthree");
  });

  test("its list edits, moves, deletes and sends now", async () => {
    const box = await queued();
    await using _ = box.screen;
    box.prompt.run("session.queued_prompts");
    expect(await box.screen.frame()).toContain("Queued prompts");
    box.keys.pressArrow("down", { meta: true });
    box.keys.pressArrow("up");
    box.keys.pressKey("d", { ctrl: true });
    let frame = await box.screen.frame();
    expect(frame.match(/QUEUED {2}(\w+)/g)).toEqual(["QUEUED  one", "QUEUED  three"]);
    box.keys.pressTab();
    await box.screen.until(() => box.bodies("/prompt_async").length === 1);
    expect(box.bodies("/prompt_async").map(saidIn)).toEqual(["one"]);
    box.keys.pressEnter();
    expect(box.prompt.text).toBe("three");
    frame = await box.screen.frame();
    expect(frame).not.toContain("QUEUED");
  });

  test("ctrl+x q never leaves while something waits", async () => {
    const box = await queued();
    await using _ = box.screen;
    const left: string[] = [];
    box.screen.ui.keymap.enter("app", (id) => left.push(id) > 0);
    box.screen.ui.keymap.enter("session", (id) => box.screen.ui.actions.run(id));
    box.lead("q");
    expect(left).toEqual([]);
    expect(await box.screen.frame()).toContain("Queued prompts");
  });

  test("another session's end sends nothing of this one", async () => {
    const box = await queued();
    await using _ = box.screen;
    const properties = { sessionID: "ses_9", status: { type: "idle" } } as const;
    const event = { id: "evt_9", type: "session.status", properties } as const;
    box.screen.ui.store.dispatch({ type: "heard", event, at: 2 });
    await box.screen.frame();
    expect(box.bodies("/prompt_async")).toEqual([]);
  });
});

describe("a program that dies", () => {
  test("leaves draft and queue to the next one", async () => {
    const box = await promptScreen(OPEN);
    await using _ = box.screen;
    const { environment } = box.screen.ui;
    await box.shows("Build");
    box.setStatus("busy");
    await box.type("queued");
    box.keys.pressEnter();
    await box.type("half a thought");
    await box.shows("QUEUED");
    const root = join(environment.stateDirectory, "prompts");
    // As after kill -9: what was written a moment before is what there is.
    let text = "";
    while (!text.includes("half a thought")) {
      await box.screen.clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
      const [project] = await readdir(root).catch(() => []);
      const path = join(root, project ?? "", `live-${process.pid}.json`);
      text = await readFile(path, "utf8").catch(() => "");
    }
    const [project = ""] = await readdir(root);
    const folder = join(root, project);
    await rename(join(folder, `live-${process.pid}.json`), join(folder, "live-1.json"));
    const dead = text.replace(/"startedAt":"[^"]*"/, '"startedAt":"before"');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "live-1.json"), dead);
    const next = new EditorPromptBox(box.screen.ui);
    await box.shows("Build");
    await box.screen.until(() => next.text.includes("half a thought"));
    expect(next.text).toBe("queued\n\nhalf a thought");
    await next.close();
  });

  test("a box that is empty leaves nothing", async () => {
    const box = await promptScreen(OPEN);
    await using _ = box.screen;
    await box.shows("Build");
    await box.type("sent");
    box.prompt.saveNow();
    box.keys.pressEnter();
    box.prompt.saveNow();
    const root = join(box.screen.ui.environment.stateDirectory, "prompts");
    await box.prompt.close();
    const [project = ""] = await readdir(root).catch(() => []);
    const names = project === "" ? [] : await readdir(join(root, project));
    expect(names.filter((name) => name.startsWith("live"))).toEqual([]);
  });
});

test("a draft can be put together again from the parts of a message", async () => {
  const { screen, prompt } = await promptScreen(OPEN);
  await using _ = screen;
  const place = { sessionID: SESSION_ID, messageID: "msg_1" };
  const source = { value: "@docs", start: 4, end: 9 };
  prompt.setParts([
    { ...place, id: "prt_1", type: "text", text: "ask @docs" },
    { ...place, id: "prt_2", type: "agent", name: "docs", source },
  ]);
  expect(prompt.text).toBe("ask @docs");
  prompt.run("input.backspace");
  expect(prompt.text).toBe("ask ");
  expect(plainDraft(prompt.text).chips).toEqual([]);
});

test("the key by itself sends at once what the provider has put off", async () => {
  const retry = "POST /experimental/session/ses_1/retry";
  const box = await promptScreen({ ...OPEN, answers: { ...OPEN.answers, [retry]: () => true } });
  await using _ = box.screen;
  box.setStatus("retry");
  box.keys.pressKey("r");
  await box.screen.clock.advance(400);
  await box.screen.until(() => box.bodies("/retry").length === 1);
  expect(box.bodies("/prompt_async")).toEqual([]);
  expect(box.prompt.isEmpty).toBe(true);
});

describe("after an error", () => {
  const error: MessageError = {
    name: "APIError",
    data: { message: "no", statusCode: 401, isRetryable: false },
  };
  const messages = [userMessage(1, "Do it"), answerMessage(2, messageID(1), () => [], { error })];
  const failed = { ...OPEN, state: { ...OPEN.state, transcripts: { ses_1: { messages } } } };

  test("the key by itself sends the last prompt again", async () => {
    const box = await promptScreen(failed);
    await using _ = box.screen;
    box.keys.pressKey("r");
    await box.screen.clock.advance(400);
    await box.screen.until(() => box.bodies("/prompt_async").length === 1);
    expect(JSON.stringify(box.bodies("/prompt_async"))).toContain('"Do it"');
    expect(box.prompt.isEmpty).toBe(true);
  });

  test("a prompt that begins with the key's letter is a prompt", async () => {
    const box = await promptScreen(failed);
    await using _ = box.screen;
    await box.type("run it");
    await box.screen.clock.advance(400);
    expect(box.prompt.text).toBe("run it");
    expect(box.bodies("/prompt_async")).toEqual([]);
  });

  test("the details are copied by their key, and return leads to a new key", async () => {
    const box = await promptScreen(failed);
    await using _ = box.screen;
    box.keys.pressKey("y");
    await box.screen.clock.advance(400);
    box.keys.pressEnter();
    expect(box.screen.actions).toEqual(["session.error.copy", "provider.connect"]);
  });

  test("without one the letters are letters, and return does nothing", async () => {
    const box = await promptScreen(OPEN);
    await using _ = box.screen;
    box.keys.pressEnter();
    await box.type("y");
    await box.screen.clock.advance(400);
    expect(box.prompt.text).toBe("y");
    expect(box.screen.actions).toEqual([]);
  });
});
