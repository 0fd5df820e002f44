import { describe, expect, test } from "bun:test";
import { plainDraft } from "@/tui/prompt/draft";
import {
  argumentHint,
  findSlash,
  matchSlash,
  slashCall,
  slashItems,
  slashQuery,
} from "@/tui/prompt/slash";

const ITEMS = slashItems(
  [
    { id: "session.new", title: "New session", slash: "new", aliases: ["clear"] },
    { id: "session.list", title: "Switch session", slash: "sessions", aliases: ["resume"] },
    { id: "prompt.skills", title: "Browse skills", slash: "skills" },
  ],
  [
    { name: "review", description: "Review a selection", template: "", hints: ["$ARGUMENTS"] },
    { name: "pdf", source: "skill", template: "", hints: [] },
    { name: "github:issue", source: "mcp", template: "", hints: ["$1", "$2"] },
    { name: "clear", description: "hidden", template: "", hints: [] },
  ],
);

function names(query: string): string[] {
  return matchSlash(ITEMS, query).map(({ name }) => name);
}

describe("the word", () => {
  test("stands at the very start, with the cursor in it", () => {
    expect(slashQuery(plainDraft("/se"), 3)).toBe("se");
    expect(slashQuery(plainDraft("/"), 1)).toBe("");
    expect(slashQuery(plainDraft("/se more"), 2)).toBe("se");
    expect(slashQuery(plainDraft("/se more"), 6)).toBeUndefined();
    expect(slashQuery(plainDraft("/se"), 0)).toBeUndefined();
    expect(slashQuery(plainDraft(" /se"), 3)).toBeUndefined();
    expect(slashQuery(plainDraft("/usr/bin"), 3)).toBeUndefined();
  });

  test("and its arguments make a call", () => {
    expect(slashCall(plainDraft("/review  the last\ncommit"))).toEqual({
      name: "review",
      rest: plainDraft("the last\ncommit"),
    });
    expect(slashCall(plainDraft("/new"))?.rest.text).toBe("");
    expect(slashCall(plainDraft("/usr/bin/env"))).toBeUndefined();
    expect(slashCall(plainDraft("/ x"))).toBeUndefined();
  });
});

describe("matching", () => {
  test("name prefix, alias prefix, inside, description", () => {
    expect(names("")).toHaveLength(6);
    expect(names("se")).toEqual(["sessions", "new", "skills", "review"]);
    expect(names("re")).toEqual(["review", "sessions"]);
    expect(names("clear")).toEqual(["new"]);
    expect(names("issue")).toEqual(["github:issue"]);
    expect(names("nope")).toEqual([]);
  });

  test("names and aliases are found whole, and notes tell the kind", () => {
    expect(findSlash(ITEMS, "resume")?.name).toBe("sessions");
    expect(findSlash(ITEMS, "resum")).toBeUndefined();
    const notes = ITEMS.map(({ note }) => note);
    expect(notes).toEqual(["/clear", "/resume", "", "cmd", "skill", "MCP"]);
  });

  test("arguments are hinted at by their names", () => {
    const hints = ITEMS.map(argumentHint).filter((hint) => hint !== "");
    expect(hints).toEqual(["<text>", "<1> <2>"]);
  });
});
