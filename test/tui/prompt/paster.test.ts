// Pasting into the prompt box: chips for what is long, files and images for their paths.
import { describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cpuTime } from "@test/support/cpu-time";
import { DONE, IN_SESSION, promptScreen, saidIn } from "@test/support/prompt-screen";
import { tempDirectory, writeTree } from "@test/support/temp";

const LINES = "1\n2\n3\n4\n";
const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47]);

describe("long text", () => {
  test("is a chip, sent in full, and taken whole by backspace", async () => {
    const { screen, prompt, keys, type, bodies } = await promptScreen({
      ...DONE,
      state: IN_SESSION,
    });
    await using _ = screen;
    await type("look: ");
    await keys.pasteBracketedText("1\r\n2\r\n\u001b[31m3\u0007\r\n4\r\n");
    expect(await screen.frame()).toContain("look: [Pasted ~4 lines]");
    expect(prompt.text).toBe(`look: ${LINES}`);
    await type(" ok");
    for (let press = 0; press < 4; press++) keys.pressBackspace();
    expect(prompt.text).toBe("look: ");
    keys.pressKey("-", { ctrl: true });
    expect(prompt.text).toContain(LINES);
    keys.pressEnter();
    await screen.until(() => bodies("/prompt_async").length > 0);
    expect(saidIn(bodies("/prompt_async")[0])).toBe(`look: ${LINES}`);
  });

  test("stays as it is where the configuration says so, until that is toggled", async () => {
    const config = { experimental: { disable_paste_summary: true } };
    const { screen, keys, prompt } = await promptScreen({ state: { facts: { config } } });
    await using _ = screen;
    await keys.pasteBracketedText(LINES);
    expect(await screen.frame()).not.toContain("Pasted");
    prompt.clear();
    prompt.run("app.toggle.paste_summary");
    await keys.pasteBracketedText(LINES);
    expect(await screen.frame()).toContain("Pasted");
  });

  test("a second paste of the same writes it out, and so does a click", async () => {
    const { screen, keys } = await promptScreen();
    await using _ = screen;
    await keys.pasteBracketedText(LINES);
    await keys.pasteBracketedText(LINES);
    expect(await screen.frame()).not.toContain("Pasted");
    await keys.pasteBracketedText("x".repeat(150));
    await screen.frame();
    const frame = await screen.frame();
    const row = frame.split("\n").findIndex((line) => line.includes("[Pasted"));
    await screen.terminal.mockMouse.click(8, row);
    expect(await screen.frame()).toContain("xxxx");
  });

  test("enter writes out the one that the cursor is on, and sends behind it", async () => {
    const { screen, keys, prompt, bodies } = await promptScreen(DONE);
    await using _ = screen;
    await keys.pasteBracketedText(LINES);
    prompt.run("input.line.home");
    keys.pressEnter();
    expect(await screen.frame()).not.toContain("Pasted");
    expect(prompt.text).toBe(LINES);
    prompt.clear();
    await keys.pasteBracketedText(LINES);
    keys.pressEnter();
    await screen.until(() => bodies("/prompt_async").length > 0);
    expect(saidIn(bodies("/prompt_async")[0])).toBe(LINES);
  });

  test("five megabytes are there at once, as one chip", async () => {
    const { screen, prompt } = await promptScreen();
    await using _ = screen;
    const text = `${"\u001b[31m日本 words and more words in a line\r\n".repeat(100_000)}end`;
    expect(text.length).toBeGreaterThan(4_000_000);
    const bytes = new TextEncoder().encode(text);
    let frame = "";
    const spent = await cpuTime(async () => {
      screen.ui.renderer.keyInput.processPaste(bytes);
      frame = await screen.frame();
    });
    expect(frame).toContain("[Pasted ~100001 lines]");
    expect(prompt.text).not.toContain("\u001b");
    // Ten times what it may take on an idle machine.
    expect(spent).toBeLessThan(2_000);
  });

  test("is shown as it is when chips are switched off", async () => {
    const { screen, prompt, keys } = await promptScreen();
    await using _ = screen;
    prompt.run("app.toggle.paste_summary");
    await keys.pasteBracketedText(LINES);
    expect(await screen.frame()).not.toContain("Pasted");
  });

  test("a line or two is text", async () => {
    const { screen, prompt, keys } = await promptScreen();
    await using _ = screen;
    await keys.pasteBracketedText("one\ntwo");
    expect(await screen.frame()).toContain("┃  one");
    expect(prompt.text).toBe("one\ntwo");
  });
});

describe("paths", () => {
  /** A project with files, and a prompt box in it. */
  async function inProject() {
    const directory = await tempDirectory();
    await writeTree(directory.path, { "src/my file.ts": "x", "shot.png": PNG });
    const box = await promptScreen({
      ...DONE,
      state: { ...IN_SESSION, directory: directory.path },
    });
    return { directory, ...box };
  }

  test("a file becomes a mention, a directory too", async () => {
    const { directory, screen, prompt, keys, shows } = await inProject();
    await using _ = directory;
    await using __ = screen;
    await keys.pasteBracketedText(`'${join(directory.path, "src/my file.ts")}'`);
    await shows("@src/my file.ts");
    prompt.clear();
    await keys.pasteBracketedText(join(directory.path, "src"));
    await shows("@src/");
  });

  test("an image becomes a chip with its content", async () => {
    const { directory, screen, type, keys, shows, bodies } = await inProject();
    await using _ = directory;
    await using __ = screen;
    await keys.pasteBracketedText(join(directory.path, "shot.png"));
    await shows("[Image 1]");
    await type(" and ");
    await keys.pasteBracketedText(join(directory.path, "shot.png"));
    await shows("[Image 2]");
    keys.pressEnter();
    await screen.until(() => bodies("/prompt_async").length > 0);
    const url = `data:image/png;base64,${Buffer.from(PNG).toString("base64")}`;
    expect(bodies("/prompt_async")).toMatchObject([
      {
        parts: [
          { type: "text", text: "[Image 1] and [Image 2]" },
          { type: "file", mime: "image/png", filename: "shot.png", url },
          { type: "file", mime: "image/png", url },
        ],
      },
    ]);
  });

  test("what is typed while a path is looked at stays behind it", async () => {
    const { directory, screen, prompt, type, keys, shows } = await inProject();
    await using _ = directory;
    await using __ = screen;
    await keys.pasteBracketedText(join(directory.path, "src/my file.ts").replaceAll(" ", "\\ "));
    await type(" please");
    await shows("@src/my file.ts please");
    await type("!");
    expect(prompt.text).toBe("@src/my file.ts please!");
  });

  test("a path to nothing stays text, an image that is too large is told of", async () => {
    const { directory, screen, prompt, keys } = await inProject();
    await using _ = directory;
    await using __ = screen;
    await keys.pasteBracketedText("/no/such/file");
    expect(prompt.text).toBe("/no/such/file");
    const large = join(directory.path, "large.png");
    await writeFile(large, new Uint8Array(21 * 1024 * 1024));
    await keys.pasteBracketedText(large);
    await screen.until(() => screen.toasts.length > 0);
    expect(screen.toasts.join()).toContain("too large");
  });
});

describe("the clipboard", () => {
  test("gives an image, or else its text", async () => {
    let image: { mime: string; bytes: Uint8Array } | undefined = { mime: "image/png", bytes: PNG };
    const { screen, keys, shows } = await promptScreen({
      clipboard: { readImage: async () => image, readText: async () => "plain" },
    });
    await using _ = screen;
    keys.pressKey("v", { ctrl: true });
    await shows("[Image 1]");
    image = undefined;
    keys.pressKey("v", { ctrl: true });
    await shows("[Image 1]plain");
  });
});
