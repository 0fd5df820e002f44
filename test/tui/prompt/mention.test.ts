import { describe, expect, test } from "bun:test";
import type { Agent } from "@/schema/agent";
import { isSound, plainDraft } from "@/tui/prompt/draft";
import {
  chipMentions,
  mentionAt,
  type MentionSources,
  rankMentions,
  takeMention,
  writeMention,
} from "@/tui/prompt/mention";

function at(text: string) {
  const cursor = text.indexOf("|");
  return mentionAt(plainDraft(text.replace("|", "")), cursor);
}

describe("the mention at the cursor", () => {
  test("begins at the start or behind a space", () => {
    expect(at("@|")).toEqual({ start: 0, end: 1, query: "" });
    expect(at("see @src/a|b now")).toEqual({ start: 4, end: 10, query: "src/a" });
    expect(at("a\n@x|")?.query).toBe("x");
    expect(at("me@home|")).toBeUndefined();
    expect(at("@a b|")).toBeUndefined();
    expect(at("no|")).toBeUndefined();
  });

  test("may end in lines, also while they are written", () => {
    expect(at("@a.ts#12-40|")).toEqual({
      start: 0,
      end: 11,
      query: "a.ts",
      lines: { start: 12, end: 40 },
    });
    expect(at("@a.ts#|")?.query).toBe("a.ts");
    expect(at("@a.ts#1|")?.lines).toEqual({ start: 1 });
    expect(at("@a.ts#1-|")?.lines).toEqual({ start: 1 });
    expect(at("@a.ts#L9-L2|")?.lines).toEqual({ start: 2, end: 9 });
    expect(at("@a#b.ts|")?.query).toBe("a#b.ts");
  });

  test("is not looked for in a chip", () => {
    const { draft } = takeMention(plainDraft("@a"), at("@a|") ?? never(), {
      type: "file",
      path: "src/a.ts",
    });
    expect(mentionAt(draft, 5)).toBeUndefined();
  });
});

describe("taking one", () => {
  test("puts a chip and a space, and keeps what follows", () => {
    const mention = at("see @a#3-4|, ok") ?? never();
    const { draft, cursor } = takeMention(plainDraft("see @a#3-4, ok"), mention, {
      type: "file",
      path: "src/a.ts",
    });
    expect(draft.text).toBe("see @src/a.ts#L3-4 , ok");
    expect(draft.text.slice(0, cursor)).toBe("see @src/a.ts#L3-4 ");
    expect(isSound(draft)).toBe(true);
  });

  test("a directory is written out to go deeper", () => {
    const mention = at("@sr|") ?? never();
    const entered = writeMention(plainDraft("@sr"), mention, "src/");
    expect(entered.draft).toEqual(plainDraft("@src/"));
    expect(mentionAt(entered.draft, entered.cursor)?.query).toBe("src/");
  });
});

describe("ranking", () => {
  const agent = (name: string, mode: Agent["mode"]): Agent => {
    return { name, mode, permission: [], options: {}, description: `${name} does` };
  };
  const sources: MentionSources = {
    recent: ["src/auth.ts", "test/auth.test.ts", "README.md"],
    found: ["src/auth/", "src/auth.ts", "src/author.ts"],
    agents: [agent("author", "subagent"), agent("build", "primary")],
    resources: [{ name: "authors", uri: "x://1", client: "github" }],
    templates: [],
  };

  test("recent files, then found ones, then agents and resources", () => {
    expect(rankMentions("aut", sources, 10)).toMatchObject([
      { path: "src/auth.ts" },
      { path: "test/auth.test.ts" },
      { path: "src/auth/" },
      { path: "src/author.ts" },
      { name: "author" },
      { resource: { name: "authors" } },
    ]);
  });

  test("a template is offered until its address is written, and then as that", () => {
    const template = { name: "issue", uriTemplate: "x://issue/{id}", client: "github" };
    const rank = (query: string) => {
      const none = { recent: [], found: [], agents: [], resources: [], templates: [template] };
      return rankMentions(query, none, 10);
    };
    for (const query of ["", "ISSUE", "github:x", "github:x://issue/"]) {
      expect(rank(query)).toEqual([{ type: "template", template }]);
    }
    expect(rank("github:x://issue/7")).toEqual([
      {
        type: "resource",
        resource: { client: "github", uri: "x://issue/7", name: "x://issue/7" },
      },
    ]);
    expect(rank("github:x://pull/7")).toEqual([]);
    expect(rank("github:x://issue/{id}")).toEqual([{ type: "template", template }]);
  });

  test("many files leave room for the others", () => {
    const found = Array.from({ length: 50 }, (_, index) => `auth${index}.ts`);
    const items = rankMentions("aut", { ...sources, found }, 10);
    expect(items).toHaveLength(10);
    expect(items.at(-1)?.type).toBe("resource");
  });
});

describe("text from an editor", () => {
  test("names with lines become chips, others only where the file is there", () => {
    const draft = chipMentions(
      "fix @src/a.ts#L1-20, @b.ts. and @nobody",
      (path) => path === "b.ts",
    );
    expect(draft.text).toBe("fix @src/a.ts#L1-20, @b.ts. and @nobody");
    expect(draft.chips.map(({ chip }) => chip)).toEqual([
      { type: "file", path: "src/a.ts", lines: { start: 1, end: 20 } },
      { type: "file", path: "b.ts" },
    ]);
    expect(isSound(draft)).toBe(true);
  });

  test("a label is written in one way, whatever the way it came in", () => {
    expect(chipMentions("@a.ts#3-1", () => false).text).toBe("@a.ts#L1-3");
  });
});

function never(): never {
  throw new Error("no mention");
}
