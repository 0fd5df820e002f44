// Edits as models make them, right and wrong, and what must come of each: the exact file
// afterwards, or a refusal. A case that is refused must leave the file alone; none may edit
// another place.

export interface WrittenEdit {
  name: string;
  file: string;
  old: string;
  fresh: string;
  /** The file afterwards, or the words of the refusal. */
  expect: string | RegExp;
  /** The file was read before (default); otherwise only exact matches may work. */
  unread?: boolean;
  all?: boolean;
}

const c = (
  name: string,
  file: string,
  old: string,
  fresh: string,
  expect: string | RegExp,
  options: { unread?: boolean; all?: boolean } = {},
): WrittenEdit => ({ name, file, old, fresh, expect, ...options });

const NONE = /oldString not found/;
const MANY = /Found \d+ matches/;
const TWO_FUNCTIONS = "function a() {\n  return 1;\n}\n\nfunction b() {\n  return 1;\n}\n";
const CLASS = "class A {\n\trun() {\n\t\tstart();\n\t\tstop();\n\t}\n}\n";
const PY = "def f(x):\n    if x:\n        return 1\n    return 2\n";

/** The old text stands there as given. */
const EXACT: readonly WrittenEdit[] = [
  c("one line", "a\nb\nc\n", "b", "B", "a\nB\nc\n", { unread: true }),
  c("part of a line", "const x = 1;\n", "x = 1", "x = 2", "const x = 2;\n", { unread: true }),
  c("several lines", "a\nb\nc\nd\n", "b\nc", "X", "a\nX\nd\n", { unread: true }),
  c("at the beginning", "a\nb\n", "a\n", "", "b\n", { unread: true }),
  c("at the end, no newline", "a\nb", "b", "c", "a\nc", { unread: true }),
  c("at the end with newline", "a\nb\n", "b\n", "c\n", "a\nc\n", { unread: true }),
  c("removal", "a\nb\nc\n", "b\n", "", "a\nc\n", { unread: true }),
  c("insertion by context", "a\nc\n", "a\nc", "a\nb\nc", "a\nb\nc\n", { unread: true }),
  c("the whole file", "a\n", "a\n", "b\n", "b\n", { unread: true }),
  c("dollar signs are text", "x\n", "x", "$& $1 $$", "$& $1 $$\n", { unread: true }),
  c("regex characters are text", "a.*b\na--b\n", "a.*b", "c", "c\na--b\n", { unread: true }),
  c("tabs", CLASS, "\t\tstart();", "\t\tgo();", CLASS.replace("start", "go"), { unread: true }),
  c("trailing space", "a  \nb\n", "a  \n", "a\n", "a\nb\n", { unread: true }),
  c("non-ASCII", "é ü 漢字 😀\n", "漢字", "字", "é ü 字 😀\n", { unread: true }),
  c("no-break space kept", "a\u00a0b\n", "a\u00a0b", "a\u00a0c", "a\u00a0c\n", { unread: true }),
  c("blank lines", "a\n\n\nb\n", "a\n\n\nb", "a\n\nb", "a\n\nb\n", { unread: true }),
  c(
    "one of two by context",
    TWO_FUNCTIONS,
    "b() {\n  return 1;",
    "b() {\n  return 2;",
    TWO_FUNCTIONS.replace(/1(?![^]*1)/, "2"),
    { unread: true },
  ),
  c("all occurrences", "a a\na\n", "a", "b", "b b\nb\n", { unread: true, all: true }),
  c("all, overlapping", "aaaa\n", "aa", "b", "bb\n", { unread: true, all: true }),
  c("all, once only", "a\nb\n", "a", "x", "x\nb\n", { unread: true, all: true }),
  c("all, with a growing text", "a\na\n", "a", "aa", "aa\naa\n", { unread: true, all: true }),
];

/** Line endings, the byte order mark and what stands outside the edit. */
const FORMAT: readonly WrittenEdit[] = [
  c("CRLF file, LF text", "a\r\nb\r\nc\r\n", "a\nb", "x\ny", "x\r\ny\r\nc\r\n", { unread: true }),
  c("CRLF file, CRLF text", "a\r\nb\r\n", "a\r\nb", "x\r\ny", "x\r\ny\r\n", { unread: true }),
  c("LF file, CRLF text", "a\nb\nc\n", "a\r\nb", "x\r\ny", "x\ny\nc\n", { unread: true }),
  c("CRLF, new lines in one line", "a\r\nb\r\n", "a", "x\ny", "x\r\ny\r\nb\r\n", { unread: true }),
  c("CRLF, removal of a line", "a\r\nb\r\nc\r\n", "b\n", "", "a\r\nc\r\n", { unread: true }),
  c("CRLF, end of a line", "a\r\nb\r\n", "a\n", "a;\n", "a;\r\nb\r\n", { unread: true }),
  c("CRLF, joining lines", "a\r\nb\r\n", "a\nb", "ab", "ab\r\n", { unread: true }),
  c("CRLF, all", "a\r\nb\r\na\r\n", "a\n", "c\n", "c\r\nb\r\nc\r\n", { unread: true, all: true }),
  c("CRLF, last line bare", "a\r\nb", "b", "c", "a\r\nc", { unread: true }),
  c("mixed, LF part", "a\r\nb\nc\r\nd\r\n", "b", "B", "a\r\nB\nc\r\nd\r\n", { unread: true }),
  c("mixed, others untouched", "a\nb\r\nc\n", "c", "C", "a\nb\r\nC\n", { unread: true }),
  c(
    "mixed, style of the replaced",
    "a\nb\r\nc\r\nd\ne\nf\n",
    "b\nc\n",
    "x\ny\nz\n",
    "a\nx\r\ny\r\nz\r\nd\ne\nf\n",
    { unread: true },
  ),
  c("lone CR is text", "a\rb\nc\n", "a\rb", "x", "x\nc\n", { unread: true }),
  c("BOM kept", "\uFEFFa\nb\n", "a", "x", "\uFEFFx\nb\n", { unread: true }),
  c("BOM in the old text", "\uFEFFa\nb\n", "\uFEFFa", "x", "\uFEFFx\nb\n", { unread: true }),
  c("BOM not doubled", "\uFEFFa\n", "a", "\uFEFFb", "\uFEFFb\n", { unread: true }),
  c("BOM and CRLF", "\uFEFFa\r\nb\r\n", "a\nb", "x\ny", "\uFEFFx\r\ny\r\n", { unread: true }),
  c("lenient on CRLF", "  a()\r\n  b()\r\n", "a()\nb()", "a()\nc()", "  a()\r\n  c()\r\n"),
];

/** The old text differs from the file: allowed when the file was read. */
const LENIENT: readonly WrittenEdit[] = [
  c(
    "indentation too small",
    "  if (a) {\n    b();\n  }\n",
    "if (a) {\n  b();\n}",
    "if (a) {\n  c();\n}",
    "  if (a) {\n    c();\n  }\n",
  ),
  c(
    "indentation too large",
    "if (a) {\n  b();\n}\n",
    "  if (a) {\n    b();\n  }",
    "  if (a) {\n    c();\n  }",
    "if (a) {\n  c();\n}\n",
  ),
  c(
    "spaces for tabs",
    CLASS,
    "  run() {\n    start();\n    stop();\n  }",
    "  run() {\n    start();\n    wait();\n    stop();\n  }",
    CLASS.replace("\t\tstop", "\t\twait();\n\t\tstop"),
  ),
  c(
    "spaces for tabs, deeper",
    CLASS,
    "    start();\n    stop();",
    "    start();\n    if (x) {\n      stop();\n    }",
    CLASS.replace("\t\tstop();", "\t\tif (x) {\n\t\t\tstop();\n\t\t}"),
  ),
  c("tabs for spaces", PY, "\tif x:\n\t\treturn 1", "\tif x:\n\t\treturn 3", PY.replace("1", "3")),
  c(
    "python nested",
    PY,
    "if x:\n    return 1\nreturn 2",
    "if x:\n    return 1\nreturn 5",
    PY.replace("return 2", "return 5"),
  ),
  c("trailing space in the file", "a();  \nb();\n", "a();\nb();", "a();\nc();", "a();  \nc();\n"),
  c("trailing space in the text", "a();\nb();\n", "a();  \nb();", "a();  \nc();", "a();\nc();\n"),
  c(
    "markdown break kept",
    "one  \ntwo\nthree\n",
    "one\ntwo\nthree",
    "one\n2\nthree",
    "one  \n2\nthree\n",
  ),
  c(
    "no-break space in the file",
    "a\u00a0= b;\nc();\n",
    "a = b;\nc();",
    "a = b;\nd();",
    "a\u00a0= b;\nd();\n",
  ),
  c(
    "no-break space in the text",
    "a = b;\nc();\n",
    "a\u00a0= b;\nc();",
    "a\u00a0= b;\nd();",
    "a = b;\nd();\n",
  ),
  c(
    "curly quotes in the file",
    "say(“hi”);\nend();\n",
    'say("hi");\nend();',
    'say("hi");\nfin();',
    "say(“hi”);\nfin();\n",
  ),
  c("curly quotes in the text", 'say("hi");\n', "say(“hi”);", 'say("ho");', 'say("ho");\n'),
  c("dashes", "a – b\nx\n", "a - b\nx", "a - b\ny", "a – b\ny\n"),
  c("decomposed letters in the file", "cafe\u0301\nx\n", "café\nx", "café\ny", "cafe\u0301\ny\n"),
  c("composed letters in the file", "café\nx\n", "cafe\u0301\nx", "cafe\u0301\ny", "café\ny\n"),
  c("zero-width space", "fo\u200bo()\nx\n", "foo()\nx", "foo()\ny", "fo\u200bo()\ny\n"),
  c("ellipsis", "wait…\nx\n", "wait...\nx", "wait...\ny", "wait…\ny\n"),
  c("runs of blanks", "a  =   1\nb = 2\n", "a = 1\nb = 2", "a = 1\nb = 3", "a  =   1\nb = 3\n"),
  c(
    "runs of blanks in a line",
    "x = { a:  1,   b: 2 }\n",
    "a: 1, b: 2",
    "a: 1, b: 3",
    "x = { a: 1, b: 3 }\n",
  ),
  c(
    "blank line before",
    "a\nfoo();\nbar();\n",
    "\nfoo();\nbar();",
    "\nfoo();\nbaz();",
    "a\nfoo();\nbaz();\n",
  ),
  c(
    "blank lines at both ends",
    "a\nfoo();\nb\n",
    "\n\nfoo();\n\n",
    "\n\nfoo(1);\n\n",
    "a\nfoo(1);\nb\n",
  ),
  c("trailing newline missing in the file", "a\nfoo()", "foo()\n", "bar()\n", "a\nbar()"),
  c("escaped newline", "a();\nb();\n", "a();\\nb();", "a();\\nc();", "a();\nc();\n"),
  c("escaped quotes", 'x = "y";\n', 'x = \\"y\\";', 'x = \\"z\\";', 'x = "z";\n'),
  c("escaped tab", "\tx();\ny\n", "\\tx();", "\\tz();", "\tz();\ny\n"),
  c(
    "escapes in the old text alone",
    'say("hi");\n',
    'say(\\"hi\\");',
    'say("a\\nb");',
    'say("a\\nb");\n',
  ),
  c(
    "trailing space in the file, less deep than quoted",
    "{\n    a(); \n    b();\n}\n",
    "    a();\n    b();",
    "    a();\n  c();",
    "{\n    a(); \n  c();\n}\n",
  ),
  c("line numbers copied", "a\nb\nc\n", "2: b\n3: c", "2: b\n3: d", "a\nb\nd\n"),
  c("line numbers, new text bare", "a\nb\nc\n", "1: a\n2: b", "x\ny", "x\ny\nc\n"),
  c(
    "one inner line misremembered",
    "begin(a);\nconst total = sum(list);\nfinish();\n",
    "begin(a);\nconst total = sum(lists);\nfinish();",
    "begin(a);\nconst total = 0;\nfinish();",
    "begin(a);\nconst total = 0;\nfinish();\n",
  ),
  c(
    "misremembered line kept where not changed",
    "start(1);\nconst value = get(item);\nend(1);\n",
    "start(1);\nconst value = get(items);\nend(1);",
    "start(1);\nconst value = get(items);\nend(2);",
    "start(1);\nconst value = get(item);\nend(2);\n",
  ),
  c("removal of whole lines", "  a();\n  b();\n  c();\n", "b();\nc();\n", "", "  a();\n"),
];

/** What must be refused. */
const REFUSED: readonly WrittenEdit[] = [
  c("absent", "a\nb\n", "zzz", "y", NONE),
  c("twice", "a\nb\na\n", "a", "x", /Found 2 matches .* at lines 1, 3/),
  c("overlapping places", "aaa\n", "aa", "x", MANY),
  c("two functions", TWO_FUNCTIONS, "  return 1;", "  return 2;", MANY),
  c("lenient twice", " a(1);\n b(1);\n\n  a(1);\n  b(1);\n", "   a(1);\n   b(1);", "c", MANY),
  c("lenient twice, all", " a(1);\n b(1);\n\n  a(1);\n  b(1);\n", "   a(1);\n   b(1);", "c", MANY, {
    all: true,
  }),
  c("trailing space twice", "x();  \ny();\nx(); \ny();\n", "x();\ny();", "z", MANY),
  c("inside a word", "valid = 1\n", " id ", " key ", NONE),
  c("inside a longer word", "const identifier = 1;\n", "\tident\t", "x", NONE),
  c("runs of blanks inside words", "xa   by = 1;\n", "a b", "c", NONE),
  c(
    "an inner line only somewhat alike",
    "open(file);\nsend(user.name, user.mail, 1);\nclose(file);\n",
    "open(file);\nsend(user.name, user.size, 2);\nclose(file);",
    "open(file);\nclose(file);",
    NONE,
  ),
  c("punctuation only", "a {\n  b;\n  }\n", "\t}\n\t}", "}", NONE),
  c(
    "only the first line agrees",
    "f() {\n  a;\n  b;\n}\n",
    "f() {\n  c;\n  d;\n  e;\n}",
    "x",
    NONE,
  ),
  c(
    "a line is missing in the middle",
    "open();\nuser();\nwork();\nclose();\n",
    "open();\nwork();\nclose();",
    "open();\nclose();",
    NONE,
  ),
  c(
    "the anchors hold other things",
    "{\n  apples: 1,\n  pears: 2,\n}\n{\n  x: 3,\n}\n",
    "{\n  zebra();\n  lion();\n}",
    "{}",
    NONE,
  ),
  c(
    "two similar blocks",
    "case 1:\n  run(alpha);\n  stop();\ncase 1:\n  run(alphb);\n  stop();\n",
    "case 1:\n  run(alphc);\n  stop();",
    "x",
    /not found|Found/,
  ),
  c("case differs", "Foo();\n", "foo();", "bar();", NONE),
  c("number differs", "a = 10;\n", "a = 11;", "a = 12;", NONE),
  c("line numbers not in order", "a\nb\n", "5: a\n9: b", "x", NONE),
  c("conflicting indentation", "  a();\n    a2();\n", "a();\na2();", "a();\nnew();\na2();", NONE),
  c(
    "the lines are found, but not where their text begins",
    "if (a) {\nbar(x)\t\n}\n      {\t\n    bar(x) \n",
    "{\nbar(x)\n",
    "go();\nbar(x)\n",
    NONE,
  ),
  c(
    "a blank line replaced, of an indentation that is uncertain",
    "\treturn 1; \n  \n\tfoo();\n",
    "    return 1; \n  \n",
    "    return 1; \nbar();\n",
    NONE,
  ),
  c("spaces where all is tabs", `${CLASS}x() \n`, "x()\n", "x()\n    y()\n", NONE),
  c("spaces where all is tabs, escaped", CLASS, "\\trun() {", "\\trun() {\\n    go();", NONE),
  c("lenient, unread", "  a();\n  b();\n", "a();\nb();", "c", /read it first/, { unread: true }),
  c("numbers, unread", "a\nb\n", "1: a\n2: b", "c", /read it first/, { unread: true }),
  c("escapes, unread", "a\nb\n", "a\\nb", "c", /read it first/, { unread: true }),
  c("identical", "a\n", "a", "a", /identical/),
  c("empty old text", "a\n", "", "b", /oldString is empty/),
  c("no change by line endings", "a\r\nb\r\n", "a\nb", "a\r\nb", /would not change/),
  c("far larger than the old text", `foo bar${" ".repeat(900)}\nbaz\n`, "foo bar\nbaz", "y", NONE),
];

export const WRITTEN_EDITS: readonly WrittenEdit[] = [...EXACT, ...FORMAT, ...LENIENT, ...REFUSED];
