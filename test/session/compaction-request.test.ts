// The conversation as a summarising model reads it, and what is kept of it without a model.
import { describe, expect, test } from "bun:test";
import { byteLength } from "@/base/text";
import type { MessageWithParts } from "@/schema/message";
import type { ToolPart } from "@/schema/part";
import { formatRequest, trimmedSummary } from "@/session/compaction-request";
import { assistant, user } from "./support";

function call(input: Record<string, unknown>, output: string): ToolPart {
  const place = { id: "prt_c", sessionID: "ses_0001", messageID: "msg_2", callID: "c" };
  const time = { start: 1, end: 1 };
  const state = { status: "completed" as const, input, output, title: "", metadata: {}, time };
  return { ...place, type: "tool", tool: "read", state };
}

function talk(...texts: string[]): MessageWithParts[] {
  return texts.map((text, index) =>
    index % 2 === 0 ? user(index + 1, text) : assistant(index + 1, user(index + 1, text).parts),
  );
}

function earlierSummary(): MessageWithParts {
  const message = assistant(1, user(1, "Earlier things").parts);
  return { ...message, info: { ...message.info, summary: true } as MessageWithParts["info"] };
}

describe("the request", () => {
  const easy = { usable: 100_000, isHard: false };

  test("holds who said what, and the sections to fill in", () => {
    const text = formatRequest(talk("Do it", "Done"), easy);
    expect(text).toStartWith("<conversation>\nUser: Do it\n\nAssistant: Done\n</conversation>\n\n");
    expect(text).toContain("## Next");
  });

  test("holds calls with a part of their results", () => {
    const message = assistant(2, [call({ filePath: "a.txt" }, "x".repeat(9_000))]);
    const text = formatRequest([message], easy);
    expect(text).toContain('[read {"filePath":"a.txt"}]\nxxx');
    expect(text).toContain("x [cut]");
    expect(byteLength(text)).toBeLessThan(4_000);
  });

  test("names an earlier summary", () => {
    const text = formatRequest([earlierSummary(), ...talk("More")], easy);
    expect(text).toContain("Summary of what was before: Earlier things\n\nUser: More");
  });

  test("fits the window: the middle goes, beginning and end stay; less so when it was hard", () => {
    const long = talk("First", ...Array.from({ length: 100 }, () => "y".repeat(1_000)), "Last");
    const normal = formatRequest(long, { usable: 4_000, isHard: false });
    const hard = formatRequest(long, { usable: 4_000, isHard: true });
    for (const text of [normal, hard]) {
      expect(text).toContain("User: First");
      expect(text).toContain("Last\n</conversation>");
      expect(text).toMatch(/\[\d+ bytes left out\]/);
    }
    expect(byteLength(normal)).toBeLessThan(4_000 * 4);
    expect(byteLength(hard)).toBeLessThan(byteLength(normal) * 0.65);
  });
});

describe("a summary without a model", () => {
  test("holds what was asked, the files, and the earlier summary", () => {
    const history = [
      earlierSummary(),
      ...talk("Fix it", "I will"),
      assistant(4, [call({ filePath: "a.txt" }, "x"), call({ filePath: "a.txt" }, "y")]),
    ];
    const text = trimmedSummary(history, 100_000);
    expect(text).toContain("- Fix it");
    expect(text).toContain("Files worked with:\na.txt\n\n");
    expect(text).toContain("Earlier things");
  });

  test("is short, however long the history and small the window", () => {
    const long = talk(...Array.from({ length: 400 }, (_, n) => `${n} ${"z".repeat(2_000)}`));
    expect(byteLength(trimmedSummary(long, 200_000))).toBeLessThanOrEqual(12_000);
    expect(byteLength(trimmedSummary(long, 4_000))).toBeLessThanOrEqual(1_600);
    expect(trimmedSummary(long, undefined)).toContain("- 398 z");
  });
});
