// Command templates: placeholders and what is put in for them.
import { describe, expect, test } from "bun:test";
import { expandTemplate, splitWords, templateFiller, templateHints } from "@/agent/template";

describe("expandTemplate", () => {
  const TABLE: readonly [string, string, string][] = [
    ["Do it", "", "Do it"],
    ["Do it", "  ", "Do it"],
    ["Do it", "now please", "Do it\n\nnow please"],
    ["Do $ARGUMENTS!", "this  and 'that'", "Do this  and 'that'!"],
    ["Do $ARGUMENTS!", "", "Do !"],
    ["$ARGUMENTS, $ARGUMENTS", "a", "a, a"],
    ["Fix $1", "one two three", "Fix one two three"],
    ["Fix $1 in $2", "a b c d", "Fix a in b c d"],
    ["Fix $2 in $1", "a b c", "Fix b c in a"],
    ["Fix $1 in $2", "a", "Fix a in "],
    ["Fix $1 in $2", "", "Fix  in "],
    ["$1 $1 $2", "a b", "a a b"],
    ["$3", "a b c d", "c d"],
    ["$1: $2", '"two words" rest of it', "two words: rest of it"],
    ["$1: $2", "'two words' rest", "two words: rest"],
    ["$1|$2", '"" x', "|x"],
    ["$1 with $ARGUMENTS", "a b", "a b with a b"],
    ["$1 then $2", "$2 $1", "$2 then $1"],
    ["$ARGUMENTS", "$1 $& $ARGUMENTS $$", "$1 $& $ARGUMENTS $$"],
    ["$10 and $1", "a b c d e f g h i j k", "j k and a"],
    ["costs $0 or $", "x", "costs $0 or $\n\nx"],
    ["$ARGUMENTS_2 $1", "a", "$ARGUMENTS_2 a"],
    ["${1} $x", "a", "${1} $x\n\na"],
    ["a $1 line", "x\ny", "a x y line"],
  ];
  for (const [template, args, expected] of TABLE) {
    test(`${JSON.stringify(template)} with ${JSON.stringify(args)}`, () => {
      expect(expandTemplate(template, args)).toBe(expected);
    });
  }
});

test("a template that is taken apart is filled as the whole says", () => {
  const fill = templateFiller("$1 and $2", "a b c");
  expect([fill("$1"), fill("$2"), fill("$3"), fill("")]).toEqual(["a", "b c", "c", ""]);
});

describe("templateHints", () => {
  const TABLE: readonly [string, string[]][] = [
    ["nothing", []],
    ["$ARGUMENTS and $2 and $1 and $2", ["$1", "$2", "$ARGUMENTS"]],
    ["$10 $9", ["$9", "$10"]],
    ["$0 $a $ARGUMENT", []],
  ];
  for (const [template, hints] of TABLE) {
    test(template, () => expect(templateHints(template)).toEqual(hints));
  }
});

describe("splitWords", () => {
  const TABLE: readonly [string, string[]][] = [
    ["", []],
    ["  a   b ", ["a", "b"]],
    ["'a b' \"c d\"", ["a b", "c d"]],
    ["don't stop", ["don't", "stop"]],
    ["--name='a b' --x=\"c d\"e", ["--name=a b", "--x=c de"]],
    ["'never closed", ["'never", "closed"]],
    ['"it\'s"', ["it's"]],
    ["'' a", ["", "a"]],
    ['5" pipe', ['5"', "pipe"]],
  ];
  for (const [line, words] of TABLE) {
    test(JSON.stringify(line), () => expect(splitWords(line)).toEqual(words));
  }

  test("a long line of quotes takes no time", () => {
    expect(splitWords("'\" ".repeat(50_000)).length).toBeGreaterThan(0);
  });
});
