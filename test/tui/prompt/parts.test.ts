import { describe, expect, test } from "bun:test";
import type { Part } from "@/schema/part";
import type { Chip } from "@/tui/prompt/chip";
import { chipDraft, type Draft, plainDraft, replaceRange } from "@/tui/prompt/draft";
import { draftOfParts, draftParts } from "@/tui/prompt/parts";

function build(...pieces: (string | Chip)[]): Draft {
  return pieces.reduce<Draft>((all, piece) => {
    const more = typeof piece === "string" ? plainDraft(piece) : chipDraft(piece);
    return replaceRange(all, all.text.length, all.text.length, more);
  }, plainDraft(""));
}

const FILE: Chip = { type: "file", path: "src/my file.ts", lines: { start: 3, end: 9 } };
const IMAGE: Chip = {
  type: "image",
  number: 1,
  mime: "image/png",
  url: "data:image/png;base64,AA",
};
const PASTE: Chip = { type: "paste", text: "one\ntwo\nthree\n" };

describe("sending", () => {
  test("labels stay in the text, and each part says where its label stands", () => {
    const parts = draftParts(build("  日本 ", PASTE, FILE, " and ", IMAGE, " "), "/project");
    const [text, file, image] = parts;
    const said = "日本 one\ntwo\nthree\n@src/my file.ts#L3-9 and [Image 1]";
    expect(text).toEqual({ type: "text", text: said });
    expect(file).toEqual({
      type: "file",
      mime: "text/plain",
      filename: "src/my file.ts",
      url: "file:///project/src/my%20file.ts?start=3&end=9",
      source: {
        type: "file",
        path: "src/my file.ts",
        text: { value: "@src/my file.ts#L3-9", start: 17, end: 37 },
      },
    });
    expect(said.slice(17, 37)).toBe("@src/my file.ts#L3-9");
    expect(image).toMatchObject({ mime: "image/png", url: "data:image/png;base64,AA" });
    expect(parts).toHaveLength(3);
  });

  test("directories, agents and resources have shapes of their own", () => {
    const resource: Chip = {
      type: "resource",
      client: "github",
      uri: "issue://1",
      name: "issues",
    };
    const agent: Chip = { type: "agent", name: "docs" };
    const [, directory, mentioned, attached] = draftParts(
      build({ type: "file", path: "src/" }, " ", agent, " ", resource),
      "/project",
    );
    expect(directory).toMatchObject({
      mime: "application/x-directory",
      url: "file:///project/src",
    });
    expect(mentioned).toEqual({
      type: "agent",
      name: "docs",
      source: { value: "@docs", start: 6, end: 11 },
    });
    expect(attached).toMatchObject({
      url: "issue://1",
      source: { type: "resource", clientName: "github", uri: "issue://1" },
    });
  });
});

describe("taking back", () => {
  test("a message gives the draft it was made of", () => {
    const draft = build("see ", FILE, " ", { type: "agent", name: "docs" }, " ", IMAGE);
    const stored = draftParts(draft, "/project").map((part, index) => ({
      ...part,
      id: `prt_${index}`,
      sessionID: "ses_1",
      messageID: "msg_1",
    })) as Part[];
    const read: Part = { ...place(), type: "text", text: "Called the read tool", synthetic: true };
    expect(draftOfParts([read, ...stored], "/project")).toEqual(draft);
  });

  test("a source that does not fit its text is left out", () => {
    const text: Part = { ...place(), type: "text", text: "short" };
    const source = { value: "@docs", start: 0, end: 5 };
    const agent: Part = { ...place(), type: "agent", name: "docs", source };
    expect(draftOfParts([text, agent], "/project")).toEqual(plainDraft("short"));
  });
});

function place() {
  return { id: "prt_0", sessionID: "ses_1", messageID: "msg_1" };
}
