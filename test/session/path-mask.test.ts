import { expect, test } from "bun:test";
import { createPathMask, maskPath } from "@/session/path-mask";
import { cpuTime } from "@test/support/cpu-time";

const options = { root: "/home/user/project", home: "/home/user", roots: ["srv9"] };
const mask = createPathMask(options);

const CASES: readonly [text: string, masked: string][] = [
  // Inside of the project.
  ["see /home/user/project/src/a.ts:12:3.", "see src/a.ts:12:3."],
  ["cd /home/user/project && ls", "cd . && ls"],
  ["in /home/user/project.", "in .."],
  ["ls /home/user/project/src/", "ls src/"],
  ['{"filePath":"/home/user/project/a b.ts"}', '{"filePath":"a b.ts"}'],
  ["file:///home/user/project/src/a.ts", "src/a.ts"],
  ["~/project/src/a.ts and $HOME/project", "src/a.ts and ."],
  ["/home/user/project/src/../b.ts", "b.ts"],
  ["-I/home/user/project/include", "-Iinclude"],
  // Outside of it.
  ["/home/user", "‹path›"],
  ["cat /home/user/.ssh/id_rsa, please", "cat ‹path›, please"],
  ["/home/user/project-other/x", "‹path›"],
  ["/home/user/project/../other/x", "‹path›"],
  ["/home/user-two/x", "‹path›"],
  ["(/etc/hosts)", "(‹path›)"],
  ["'/var/log/a b.log'", "'‹path› b.log'"],
  [String.raw`/Users/user/My\ Files/x y`, "‹path› y"],
  ["PATH=/usr/bin:/opt/x/bin", "PATH=‹path›:‹path›"],
  ["#!/usr/bin/env node", "#!‹path› node"],
  ["/srv9/secret/x", "‹path›"],
  ["~/.aws/credentials ${HOME}/x", "‹path› ‹path›"],
  ["file:///etc/passwd", "‹path›"],
  ["-I/home/user/other", "-I‹path›"],
  ["%2Fhome%2Fuser%2Fx%20y", "‹path›"],
  [String.raw`C:\Users\me\x.txt and D:/data/x`, "‹path› and ‹path›"],
  // No paths of a machine.
  ["GET /session/:id/message", "GET /session/:id/message"],
  ["https://example.com/home/x and //etc/x", "https://example.com/home/x and //etc/x"],
  ["src/etc/x ./tmp/y ../usr/z", "src/etc/x ./tmp/y ../usr/z"],
  ["a/b 1/2 </div> // comment", "a/b 1/2 </div> // comment"],
  ["echo x > /dev/null 2>&1", "echo x > /dev/null 2>&1"],
  ["time: 12:30, D: x", "time: 12:30, D: x"],
  ["", ""],
];

test("paths of the project become relative, others go, and the rest stays", () => {
  for (const [text, masked] of CASES) expect(mask(text), text).toBe(masked);
});

test("a text that is a path as a whole may have spaces", () => {
  expect(maskPath("/home/user/My Files/x", options)).toBe("‹path›");
  expect(maskPath("/home/user/project/My Files/x", options)).toBe("My Files/x");
  expect(maskPath("src/a.ts", options)).toBe("src/a.ts");
});

test("a directory without a repository at the root of the machine hides nothing below it", () => {
  expect(createPathMask({ root: "/", home: "/" })("/etc/hosts")).toBe("etc/hosts");
});

test("hostile texts cost no time", async () => {
  for (const text of [
    "/",
    "/home/",
    "/home/user",
    "\\ ",
    "~",
    "file:/",
    "C:\\",
    "%2Fhome%2Fuser",
  ]) {
    const long = text.repeat(100_000 / text.length);
    expect(await cpuTime(() => mask(long)), text).toBeLessThan(3_000);
  }
});
