// The whole terminal UI on the real server, with a scripted model behind it: what a person types,
// allows and queues, down to the model's requests and the files of the project.
import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "@/base/clock";
import { tuiOn } from "@test/support/tui-app";

const LIMIT_MS = 180_000;

/** Longer than a person who typed a moment ago needs to see what asks. */
const SEEN_MS = 450;

test(
  "a command is allowed, narrowed for always, and not asked for again",
  async () => {
    const call = (command: string) => ({ calls: [{ tool: "bash", input: { command } }] });
    await using ui = await tuiOn({
      turns: [call("seq 3"), call("seq 3"), call("seq 4"), { text: "All done" }],
    });
    await ui.shows("Build");
    await ui.send("please count");
    await ui.shows("Permission required");
    await systemClock.sleep(SEEN_MS);
    ui.keys.pressKey("2");
    await ui.shows("Always allow");
    ui.keys.pressKey("1");
    ui.keys.pressKey("2");
    ui.keys.pressEnter();
    // The same again is allowed, another count is asked for.
    await ui.shows("$ seq 4");
    await ui.shows("Permission required");
    await systemClock.sleep(SEEN_MS);
    ui.keys.pressKey("1");
    const shown = await ui.shows("All done");
    expect(shown).toContain("Build");
    expect(ui.t.model.violations).toEqual([]);
  },
  LIMIT_MS,
);

test(
  "an edit is refused with a reason, which the model gets",
  async () => {
    const input = { filePath: "a.ts", oldString: "one", newString: "two" };
    await using ui = await tuiOn({
      files: { "a.ts": "one\n" },
      turns: [{ calls: [{ tool: "edit", input }] }, { text: "As you wish" }],
    });
    await ui.shows("Build");
    await ui.send("change it");
    const shown = await ui.shows("Permission required");
    expect(shown).toMatch(/1 - +one|1 - one/);
    await systemClock.sleep(SEEN_MS);
    ui.keys.pressKey("4");
    await ui.send("keep the number");
    await ui.shows("As you wish");
    const results = ui.t.model.requests.at(-1)?.request.messages.flatMap(({ results }) => results);
    expect(JSON.stringify(results)).toContain("keep the number");
    expect(await readFile(join(ui.t.directory, "a.ts"), "utf8")).toBe("one\n");
  },
  LIMIT_MS,
);

test(
  "an edit is changed before it is applied, and the model is told",
  async () => {
    const input = { filePath: "a.ts", oldString: "one", newString: "two" };
    await using ui = await tuiOn({
      files: { "a.ts": "one\nrest\n" },
      turns: [{ calls: [{ tool: "edit", input }] }, { text: "Seen" }],
      editor: "sed -i s/two/three/",
    });
    await ui.shows("Build");
    await ui.send("change it");
    await ui.shows("e edit");
    await systemClock.sleep(SEEN_MS);
    ui.keys.pressKey("e");
    await ui.shows("Seen");
    expect(await readFile(join(ui.t.directory, "a.ts"), "utf8")).toBe("three\nrest\n");
    const results = ui.t.model.requests.at(-1)?.request.messages.flatMap(({ results }) => results);
    expect(JSON.stringify(results)).toContain("The user changed the text");
  },
  LIMIT_MS,
);

test(
  "a change that is asked for opens in the diff viewer, and is asked for again after it",
  async () => {
    const input = { filePath: "a.ts", oldString: "one", newString: "two" };
    await using ui = await tuiOn({
      files: { "a.ts": "one\nrest\n" },
      turns: [{ calls: [{ tool: "edit", input }] }, { text: "Seen" }],
    });
    await ui.shows("Build");
    await ui.send("change it");
    await ui.shows("d diff");
    await systemClock.sleep(SEEN_MS);
    ui.keys.pressKey("d");
    const viewer = await ui.shows("proposed change");
    expect(viewer).toMatch(/1 \+ two/);
    expect(viewer).not.toContain("Permission required");
    ui.keys.pressKey("q");
    await ui.shows("Permission required");
    ui.keys.pressKey("1");
    await ui.shows("Seen");
    expect(await readFile(join(ui.t.directory, "a.ts"), "utf8")).toBe("two\nrest\n");
  },
  LIMIT_MS,
);

test(
  "prompts that are queued go out one turn after the other",
  async () => {
    const gate = Promise.withResolvers<void>();
    await using ui = await tuiOn({
      turns: [{ gate: gate.promise, text: "first" }, { text: "second" }, { text: "third" }],
    });
    await ui.shows("Build");
    await ui.send("one");
    await ui.shows("esc interrupt");
    await ui.send("two");
    await ui.send("three");
    await ui.shows("QUEUED  three");
    gate.resolve();
    await ui.shows("third");
    expect(ui.said()).toEqual(["one", "two", "three"]);
    expect(ui.t.model.requests.filter(({ isSide }) => !isSide)).toHaveLength(3);
    expect(await ui.frame()).not.toContain("QUEUED");
  },
  LIMIT_MS,
);

test(
  "stopping the turn brings back what was queued",
  async () => {
    const gate = Promise.withResolvers<void>();
    await using ui = await tuiOn({ turns: [{ gate: gate.promise, text: "never" }] });
    await ui.shows("Build");
    await ui.send("one");
    await ui.shows("esc interrupt");
    await ui.send("two");
    await ui.send("three");
    await ui.shows("QUEUED  three");
    ui.keys.pressEscape();
    await ui.shows("esc again to interrupt");
    ui.keys.pressEscape();
    await ui.shows("interrupted");
    await ui.shows("┃  three");
    expect(ui.tui.prompt.text).toBe("two\n\nthree");
    gate.resolve();
  },
  LIMIT_MS,
);

test(
  "a question is answered, and files and shell output reach the model",
  async () => {
    const options = [
      { label: "SQLite", description: "A file" },
      { label: "Postgres", description: "A server" },
    ];
    const questions = [{ question: "Which database?", header: "Database", options }];
    await using ui = await tuiOn({
      config: { permission: {} },
      files: { "notes.md": "remember the milk\n" },
      turns: [{ calls: [{ tool: "question", input: { questions } }] }, { text: "Understood" }],
    });
    await ui.shows("Build");
    await ui.send("!echo from the shell");
    await ui.shows("from the shell");
    await ui.keys.typeText("read @notes");
    await ui.shows("┃ notes.md");
    ui.keys.pressEnter();
    ui.keys.pressEnter();
    await ui.shows("Which database?");
    await systemClock.sleep(SEEN_MS);
    ui.keys.pressKey("2");
    await ui.shows("Understood");
    const sent = JSON.stringify(ui.t.model.requests.at(-1)?.request.messages);
    for (const text of ["from the shell", "remember the milk", "Postgres"]) {
      expect(sent).toContain(text);
    }
  },
  LIMIT_MS,
);

test(
  "the session is compacted with what the person wants of the summary",
  async () => {
    const isTitle = (text = "") => text.startsWith("Generate a title");
    await using ui = await tuiOn({
      turns: [{ text: "Roses" }, { text: "A summary" }],
      side: ({ messages }) => (isTitle(messages.at(-1)?.text) ? { text: "Roses" } : undefined),
    });
    await ui.shows("Build");
    await ui.send("write a poem");
    await ui.shows("Roses");
    await ui.send("/compact keep the rhymes");
    await ui.shows("compacted");
    await ui.t.model.waitForRequest(1);
    expect(ui.said().at(-1)).toContain("The user wants of it: keep the rhymes");
  },
  LIMIT_MS,
);
