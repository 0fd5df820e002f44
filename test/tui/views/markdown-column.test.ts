import { afterEach, describe, expect, test } from "bun:test";
import {
  createTestRenderer,
  MockTreeSitterClient,
  type TestRendererSetup,
} from "@opentui/core/testing";
import { createSyntaxStyle } from "@/tui/theme/syntax-style";
import { MarkdownColumn, type MarkdownOptions } from "@/tui/views/markdown-column";
import { Themes } from "@/tui/theme/themes";
import { cpuTime } from "@test/support/cpu-time";

const nothing = () => undefined;
const { colors } = new Themes({ agents: () => [], onFault: nothing });

let terminal: TestRendererSetup;
afterEach(() => terminal.renderer.destroy());

async function column(text: string, options: Partial<MarkdownOptions> = {}, width = 40) {
  terminal = await createTestRenderer({ width, height: 40 });
  const made = new MarkdownColumn(terminal.renderer, {
    style: createSyntaxStyle(colors),
    conceal: true,
    hasLinks: false,
    treeSitter: new MockTreeSitterClient(),
    ...options,
  });
  terminal.renderer.root.add(made.root);
  made.text = text;
  return made;
}

async function frame(): Promise<string> {
  await terminal.renderOnce();
  return terminal.captureCharFrame().replace(/ +$/gm, "").trimEnd();
}

/** What is drawn bold. */
async function boldWords(): Promise<string[]> {
  await terminal.renderOnce();
  const spans = terminal.captureSpans().lines.flatMap((line) => line.spans);
  return spans.filter(({ attributes }) => attributes & 1).map(({ text }) => text.trim());
}

const WHOLE = `# Title
A paragraph with **strong**, *soft* and \`code\` words.
Its second line.

- one
- two that is longer than the whole line is
  1. nested
- [x] done

> A quote
> of two lines

| a | b |
|---|---|
| 1 | 22 |

---
\`\`\`
const x = 1;
\`\`\`
The end, [a link](http://x.test/y).`;

describe("a text", () => {
  test("is drawn in its first frame, marks left out", async () => {
    await column(WHOLE);
    expect(await frame()).toBe(`Title
A paragraph with strong, soft and code
words.
Its second line.

  - one
  - two that is longer than the whole
    line is
    1. nested
[✓] done

│ A quote
│ of two lines

┌───┬────┐
│ a │ b  │
├───┼────┤
│ 1 │ 22 │
└───┴────┘

────────────────────────────────────────

const x = 1;

The end, a link (http://x.test/y).`);
    expect(await boldWords()).toContain("Title");
  });

  test("with its marks", async () => {
    await column("## Title\n\n**a** `b` [c](http://d.test)", { conceal: false });
    expect(await frame()).toBe("## Title\n\n**a** `b` [c](http://d.test)");
  });

  test("has an address behind a link only where the terminal cannot open it", async () => {
    await column("[a](http://d.test) http://e.test");
    expect(await frame()).toBe("a (http://d.test) http://e.test");
    terminal.renderer.destroy();
    await column("[a](http://d.test)", { hasLinks: true });
    expect(await frame()).toBe("a");
  });
});

test("a text that grows by pieces is in every frame what it is when drawn at once", async () => {
  const growing = await column("");
  const seen: string[] = [];
  for (let end = 1; end <= WHOLE.length; end += 7) {
    growing.text = WHOLE.slice(0, end);
    seen.push(await frame());
  }
  terminal.renderer.destroy();
  // Code beyond its first piece waits for its colours, which this parser never finds.
  const codeAt = WHOLE.indexOf("```");
  for (let end = 1, at = 0; end <= codeAt; end += 7, at++) {
    await column(WHOLE.slice(0, end));
    expect(seen[at]).toBe(await frame());
    terminal.renderer.destroy();
  }
  await column("");
});

test("a heading that grows is never drawn as something else meanwhile", async () => {
  const growing = await column("");
  for (const text of ["# The", "# The whole", "# The whole title", "# The whole title\nText"]) {
    growing.text = text;
    expect((await boldWords()).join(" ")).toStartWith("The");
    expect(await frame()).not.toContain("#");
  }
});

test("blocks that are finished stay the same objects", async () => {
  const growing = await column("One.\n\nTwo.\n\nThree.\n\nFour");
  const before = growing.root.getChildren().slice(0, 2);
  growing.text = "One.\n\nTwo.\n\nThree.\n\nFour and\n\n- five";
  expect(growing.root.getChildren().slice(0, 2)).toEqual(before);
  expect(await frame()).toBe("One.\n\nTwo.\n\nThree.\n\nFour and\n\n- five");
});

test("code that grows keeps its colours while those of the new text are looked for", async () => {
  const treeSitter = new MockTreeSitterClient();
  const growing = await column("```ts\nconst a", { treeSitter });
  expect(await frame()).toBe("const a");
  growing.text = "```ts\nconst a = 1;";
  growing.text = "```ts\nconst a = 1;\nconst b";
  expect(await frame()).toBe("const a");
  for (let n = 0; n < 2; n++) {
    treeSitter.resolveAllHighlightOnce();
    await new Promise((resolve) => setImmediate(resolve));
    await frame();
  }
  expect(await frame()).toBe("const a = 1;\nconst b");
});

describe("what is written to stop the program", () => {
  const LIMIT_MS = 4_000;

  test.each([
    ["links", "[a](".repeat(4_000)],
    ["images", "![a](".repeat(3_000)],
    ["stars", "*a ".repeat(10_000)],
    ["quotes", `${">".repeat(4_000)} x`],
    ["lists", `${"- ".repeat(1_000)}x`],
    ["brackets", "[".repeat(20_000)],
  ])("%s", async (_, text) => {
    const spent = await cpuTime(async () => {
      const made = await column("");
      made.text = text;
      await frame();
      made.text = `${text} and more`;
      await frame();
    });
    expect(spent).toBeLessThan(LIMIT_MS);
  });
});
