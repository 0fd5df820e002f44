import { describe, expect, test } from "bun:test";
import { parsePatch } from "@/tool/patch";

const wrap = (...lines: string[]) => ["*** Begin Patch", ...lines, "*** End Patch"].join("\n");

describe("understood", () => {
  test("add, delete, update and move", () => {
    const operations = parsePatch(
      wrap(
        "*** Add File: a.txt",
        "+one",
        "+",
        "*** Delete File: b.txt",
        "*** Update File: c.txt",
        "*** Move to: d/c.txt",
        "@@ def f():",
        " keep",
        "-old",
        "+new",
        "*** End of File",
      ),
    );
    expect(operations).toEqual([
      { type: "add", path: "a.txt", text: "one\n\n" },
      { type: "delete", path: "b.txt" },
      {
        type: "update",
        path: "c.txt",
        movePath: "d/c.txt",
        hunks: [
          {
            contexts: ["def f():"],
            lines: [
              { type: "keep", text: "keep" },
              { type: "remove", text: "old" },
              { type: "add", text: "new" },
            ],
            endOfFile: true,
            line: 8,
          },
        ],
      },
    ]);
  });

  const cases: [name: string, patch: string][] = [
    ["as it is", wrap("*** Add File: a", "+x")],
    ["a heredoc", `cat <<'EOF'\n${wrap("*** Add File: a", "+x")}\nEOF`],
    ["a bare heredoc", `<<EOF\n${wrap("*** Add File: a", "+x")}\nEOF\n`],
    ["apply_patch heredoc", `apply_patch <<"PATCH"\n${wrap("*** Add File: a", "+x")}\nPATCH`],
    ["a code fence", `\`\`\`diff\n${wrap("*** Add File: a", "+x")}\n\`\`\``],
    ["blank lines around", `\n\n${wrap("*** Add File: a", "+x")}\n\n`],
    ["blank lines between", wrap("", "*** Add File: a", "+x", "")],
    ["CRLF", wrap("*** Add File: a", "+x").replaceAll("\n", "\r\n")],
    ["trailing blanks on markers", wrap("*** Add File: a  ", "+x").replace("Patch", "Patch  ")],
  ];
  for (const [name, patch] of cases) {
    test(name, () => expect(parsePatch(patch)).toEqual([{ type: "add", path: "a", text: "x\n" }]));
  }

  const hunks: [name: string, lines: string[], contexts: string[][], kinds: string[]][] = [
    ["no header on the first hunk", [" a", "+b"], [[]], ["keep,add"]],
    ["a bare header", ["@@", "-a"], [[]], ["remove"]],
    ["stacked headers", ["@@ class A", "@@ \tdef f", "-a"], [["class A", "\tdef f"]], ["remove"]],
    ["two hunks", ["@@", "-a", "@@ x", "+b"], [[], ["x"]], ["remove", "add"]],
    ["line numbers in the header", ["@@ -1,2 +1,3 @@ fn()", "-a"], [["fn()"]], ["remove"]],
    ["an empty line is a kept one", ["@@", " a", "", "-b"], [[]], ["keep,keep,remove"]],
    ["blank lines at the end", ["@@", "-a", "", ""], [[]], ["remove"]],
  ];
  for (const [name, lines, contexts, kinds] of hunks) {
    test(name, () => {
      const [operation] = parsePatch(wrap("*** Update File: a", ...lines));
      const found = operation?.type === "update" ? operation.hunks : [];
      expect(found.map((hunk) => hunk.contexts)).toEqual(contexts);
      expect(found.map((hunk) => hunk.lines.map(({ type }) => type).join())).toEqual(kinds);
    });
  }
});

describe("refused", () => {
  const cases: [name: string, patch: string, message: RegExp][] = [
    ["nothing", "", /first line must be "\*\*\* Begin Patch"/],
    ["no beginning", "*** Add File: a\n+x\n*** End Patch", /Begin Patch/],
    ["no end", "*** Begin Patch\n*** Add File: a\n+x", /End Patch/],
    ["empty", wrap(), /empty patch/],
    ["prose before", `Here is it:\n${wrap("*** Add File: a", "+x")}`, /Begin Patch/],
    ["prose behind", `${wrap("*** Add File: a", "+x")}\nDone now.`, /End Patch/],
    ["a path is missing", wrap("*** Add File: ", "+x"), /line 2/],
    ["an unknown header", wrap("*** Rename File: a"), /line 2: expected/],
    ["a new file's line without plus", wrap("*** Add File: a", "x"), /line 3: every line/],
    ["no change", wrap("*** Update File: a"), /no change is given for "a"/],
    ["an empty hunk", wrap("*** Update File: a", "@@"), /hunk is empty/],
    ["a line of no kind", wrap("*** Update File: a", "@@", "x"), /begins with " ", "-" or "\+"/],
  ];
  for (const [name, patch, message] of cases) {
    test(name, () => expect(() => parsePatch(patch)).toThrow(message));
  }
});
