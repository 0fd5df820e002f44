// The list above the prompt box: what it offers, and what taking a row does.
import { describe, expect, test } from "bun:test";
import type { Agent } from "@/schema/agent";
import type { Command } from "@/schema/command";
import type { State } from "@/tui/store/state";
import { DONE, IN_SESSION, promptScreen, saidIn } from "@test/support/prompt-screen";
import type { ScreenOptions } from "@test/support/screen";

const COMMANDS: Command[] = [
  {
    name: "review",
    description: "Review a selection of changes (commit, branch or pull request)",
    template: "",
    hints: ["$ARGUMENTS"],
  },
  { name: "init", description: "Write AGENTS.md", template: "", hints: [] },
];

const AUTHOR: Agent = {
  name: "author",
  description: "Writes release notes",
  mode: "subagent",
  permission: [],
  options: {},
};

const AUTHORS = {
  name: "authors",
  uri: "issue://all",
  description: "Who wrote what",
  client: "github",
};

const ISSUE = {
  name: "one issue",
  uriTemplate: "issue://{number}/text",
  description: "What it says",
  client: "github",
};

function withCommands(more: Partial<State> = {}): ScreenOptions {
  return { ...DONE, state: { ...IN_SESSION, facts: { commands: COMMANDS }, ...more } };
}

function withFiles(files: (query: string) => string[]): ScreenOptions {
  return {
    answers: {
      ...DONE.answers,
      "GET /find/file": ({ query }) => files(query["query"] ?? ""),
      "GET /experimental/resource": () => ({ "github:authors": AUTHORS }),
      "GET /experimental/resource/template": () => ({ "github:issue": ISSUE }),
    },
    state: { ...IN_SESSION, facts: { agents: [AUTHOR] } },
  };
}

describe("slash words", () => {
  test("an action runs at once, and nothing is left in the box", async () => {
    const { screen, prompt, keys, type } = await promptScreen(withCommands());
    await using _ = screen;
    await type("/sess");
    keys.pressEnter();
    expect(screen.actions).toEqual(["session.list"]);
    expect(prompt.isEmpty).toBe(true);
  });

  test("an alias means it, too, without the list", async () => {
    const { screen, keys, type } = await promptScreen(withCommands());
    await using _ = screen;
    await type("/resume ");
    keys.pressEnter();
    expect(screen.actions).toEqual(["session.list"]);
  });

  test("a command of the server is sent, with its arguments and files", async () => {
    const { screen, prompt, keys, type, bodies } = await promptScreen(withCommands());
    await using _ = screen;
    await type("/rev");
    keys.pressEnter();
    expect(prompt.text).toBe("/review ");
    expect(await screen.frame()).toContain("/review <text>");
    await type("the last commit");
    keys.pressEnter();
    await screen.until(() => bodies("/command").length > 0);
    expect(bodies("/command")).toEqual([{ command: "review", arguments: "the last commit" }]);
  });

  test("tab writes the name out, arrows go round", async () => {
    const { screen, prompt, keys, type } = await promptScreen(withCommands());
    await using _ = screen;
    await type("/se");
    keys.pressArrow("up");
    keys.pressTab();
    expect(prompt.text).toBe("/review ");
  });

  test("an action takes its word; what stands behind it is left to be sent", async () => {
    const { screen, prompt, keys, type, bodies } = await promptScreen(withCommands());
    await using _ = screen;
    await type("/help me with this");
    keys.pressEnter();
    expect(screen.actions).toEqual(["help.keys"]);
    expect(prompt.text).toBe("me with this");
    expect(bodies("/prompt_async")).toEqual([]);
  });

  test("an unknown word asks first, then it is sent as text", async () => {
    const { screen, prompt, keys, type, bodies } = await promptScreen(withCommands());
    await using _ = screen;
    await type("/nope really");
    keys.pressEnter();
    expect(await screen.frame()).toContain("Unknown command /nope, enter again sends it as text");
    expect(prompt.text).toBe("/nope really");
    keys.pressEnter();
    await screen.until(() => bodies("/prompt_async").length > 0);
    expect(bodies("/prompt_async").map(saidIn)).toEqual(["/nope really"]);
  });

  test("an unknown word alone shows that nothing matches", async () => {
    const { screen, keys, type, bodies } = await promptScreen(withCommands());
    await using _ = screen;
    await type("/nope");
    expect(await screen.frame()).toContain("No match");
    keys.pressEnter();
    keys.pressEnter();
    await screen.until(() => bodies("/prompt_async").length > 0);
  });

  test("a path is no command", async () => {
    const { screen, keys, type, bodies } = await promptScreen(withCommands());
    await using _ = screen;
    await type("/usr/bin/env is missing");
    keys.pressEnter();
    await screen.until(() => bodies("/prompt_async").length > 0);
  });

  test("escape hides the list until the word is written anew", async () => {
    const { screen, prompt, keys, type } = await promptScreen(withCommands());
    await using _ = screen;
    await type("/se");
    keys.pressEscape();
    await type("s");
    expect(await screen.frame()).not.toContain("Switch session");
    prompt.clear();
    await type("/se");
    expect(await screen.frame()).toContain("Switch session");
  });

  test("ten rows at most, and the selected one is among them", async () => {
    const { screen, keys, type } = await promptScreen(withCommands());
    await using _ = screen;
    await type("/");
    const rows = () => screen.frame().then((frame) => frame.match(/┃ \//g)?.length);
    await screen.frame();
    expect(await rows()).toBe(10);
    for (let press = 0; press < 20; press++) keys.pressArrow("down");
    expect(await rows()).toBe(10);
  });
});

describe("mentions", () => {
  test("a file becomes a chip that backspace takes whole", async () => {
    const options = withFiles(() => ["src/auth.ts"]);
    const { screen, prompt, keys, type, shows } = await promptScreen(options);
    await using _ = screen;
    await type("see @aut#12-40");
    await shows("src/auth.ts");
    keys.pressEnter();
    expect(prompt.text).toBe("see @src/auth.ts#L12-40 ");
    keys.pressBackspace();
    keys.pressBackspace();
    expect(prompt.text).toBe("see ");
  });

  test("tab goes deeper into a directory, return takes it", async () => {
    const files = (query: string) => (query === "src/" ? ["src/tui/"] : ["src/"]);
    const { screen, prompt, keys, type, shows } = await promptScreen(withFiles(files));
    await using _ = screen;
    await type("@s");
    await shows("┃ src/");
    keys.pressTab();
    expect(prompt.text).toBe("@src/");
    await shows("┃ src/tui/");
    keys.pressEnter();
    expect(prompt.text).toBe("@src/tui/ ");
  });

  test("an agent and a resource are sent as what they are", async () => {
    const { screen, keys, type, bodies, shows } = await promptScreen(withFiles(() => []));
    await using _ = screen;
    await type("@auth");
    keys.pressEnter();
    await type("@github");
    await shows("github:authors");
    keys.pressEnter();
    keys.pressEnter();
    await screen.until(() => bodies("/prompt_async").length > 0);
    expect(bodies("/prompt_async")).toMatchObject([
      {
        parts: [
          { type: "text", text: "@author @github:authors" },
          { type: "agent", name: "author", source: { value: "@author", start: 0, end: 7 } },
          { type: "file", url: "issue://all", source: { type: "resource" } },
        ],
      },
    ]);
  });

  test("a template is written out to its first value, and sent as the whole address", async () => {
    const { screen, prompt, keys, type, bodies, shows } = await promptScreen(withFiles(() => []));
    await using _ = screen;
    await type("@one");
    await shows("github:issue://{number}/text");
    keys.pressEnter();
    expect(prompt.text).toBe("@github:issue://");
    await type("7/text");
    await shows("What it says");
    keys.pressEnter();
    keys.pressEnter();
    await screen.until(() => bodies("/prompt_async").length > 0);
    expect(bodies("/prompt_async")).toMatchObject([
      {
        parts: [
          { type: "text", text: "@github:issue://7/text" },
          {
            type: "file",
            url: "issue://7/text",
            source: { type: "resource", clientName: "github", uri: "issue://7/text" },
          },
        ],
      },
    ]);
  });

  test("the answer to an older question is dropped", async () => {
    const gates = new Map<string, PromiseWithResolvers<string[]>>();
    const ask = (query: string) => {
      const gate = Promise.withResolvers<string[]>();
      gates.set(query, gate);
      return gate.promise;
    };
    const { screen, type, bodies, shows } = await promptScreen({
      ...withFiles(() => []),
      answers: { ...DONE.answers, "GET /find/file": ({ query }) => ask(query["query"] ?? "") },
    });
    await using _ = screen;
    await type("@ab");
    await screen.until(() => bodies("/find/file").length === 3);
    gates.get("ab")?.resolve(["new.ts"]);
    await shows("new.ts");
    gates.get("a")?.resolve(["old.ts"]);
    gates.get("")?.resolve(["older.ts"]);
    for (let turn = 0; turn < 50; turn++) await screen.frame();
    const frame = await screen.frame();
    expect(frame).toContain("new.ts");
    expect(frame).not.toContain("old");
  });

  test("without a match return sends the text", async () => {
    const { screen, keys, type, bodies } = await promptScreen(withFiles(() => []));
    await using _ = screen;
    await type("mail @nobody");
    keys.pressEnter();
    await screen.until(() => bodies("/prompt_async").length > 0);
    expect(bodies("/prompt_async").map(saidIn)).toEqual(["mail @nobody"]);
  });

  test("names of files and servers cannot leave their cells", async () => {
    const { screen, type, shows } = await promptScreen(withFiles(() => ["a\u001b[31m\nb.ts"]));
    await using _ = screen;
    await type("@a");
    expect(await shows("b.ts")).not.toContain("\u001b");
  });
});
