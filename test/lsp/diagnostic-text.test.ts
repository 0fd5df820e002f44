import { expect, test } from "bun:test";
import { formatDiagnostics } from "@/lsp/diagnostic-text";

function diagnostic(line: number, character: number, severity: number, message: string) {
  const start = { line, character };
  return { range: { start, end: start }, severity, message };
}

test("errors by their place, as an editor counts; nothing else", () => {
  const text = formatDiagnostics("src/a.ts", [
    diagnostic(4, 2, 1, "late "),
    diagnostic(0, 3, 2, "a warning"),
    diagnostic(0, 5, 1, "first"),
    diagnostic(0, 6, 1, "second\nwith more"),
  ]);
  expect(text).toBe(
    '<diagnostics file="src/a.ts">\nERROR [1:6] first\nERROR [1:7] second\nwith more\n' +
      "ERROR [5:3] late\n</diagnostics>",
  );
  expect(formatDiagnostics("a", [diagnostic(0, 0, 2, "warning")])).toBe("");
});

test("twenty at most, and how many there are besides", () => {
  const many = Array.from({ length: 23 }, (_, line) => diagnostic(line, 0, 1, "x"));
  const lines = formatDiagnostics("a", many).split("\n");
  expect(lines).toHaveLength(23);
  expect(lines.slice(-3)).toEqual(["ERROR [20:1] x", "... and 3 more", "</diagnostics>"]);
});
