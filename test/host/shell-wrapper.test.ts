// What programs that run other programs run.
import { expect, test } from "bun:test";
import { dynamicWord, plainWord, wordText } from "@/host/shell-word";
import { programName, READS_STDIN, runnerTails, unwrap } from "@/host/shell-wrapper";

function inside(line: string) {
  const found = unwrap(line.split(" ").map(plainWord));
  return found?.commands.map((words) => words.map(wordText).join(" "));
}

test("options and their values are passed over", () => {
  expect(inside("sudo -n -u root -Cx rm a")).toEqual(["rm a"]);
  expect(inside("env -u A -i B=1 rm a")).toEqual(["rm a"]);
  expect(inside("timeout --signal KILL -k1 5 rm a")).toEqual(["rm a"]);
  expect(inside("nice --adjustment=3 rm a")).toEqual(["rm a"]);
});

test("an option that is not known may or may not take a value", () => {
  expect(inside("sudo --new x rm a")).toEqual(["rm a", "x rm a"]);
});

test("two dashes end the options", () => {
  expect(inside("sudo -- rm -x")).toEqual(["rm -x"]);
});

test("a program that asks about commands runs none", () => {
  expect(inside("command -v rm")).toEqual([]);
});

test("other programs run nothing that is known of", () => {
  expect(unwrap([plainWord("ls"), plainWord("rm")])).toBeUndefined();
});

test("xargs appends words that are not known", () => {
  expect(unwrap([plainWord("xargs"), plainWord("rm")])?.commands).toEqual([
    [plainWord("rm"), dynamicWord("{}")],
  ]);
});

test("a shell without a script reads its input", () => {
  expect(unwrap([plainWord("bash")])?.problem).toBe(READS_STDIN);
  expect(unwrap([plainWord("sudo"), plainWord("-i")])?.problem).toBe(READS_STDIN);
});

test("names are compared without directory, ending and other names of the same program", () => {
  expect(programName("/usr/bin/gtimeout")).toBe("timeout");
  expect(programName("RM.EXE")).toBe("RM");
});

test("the ends of a runner's words may be a command", () => {
  const tails = runnerTails("uv run --with x rm a".split(" ").map(plainWord));
  expect(tails.map((words) => words.map(wordText).join(" "))).toContain("rm a");
  expect(runnerTails([plainWord("ls"), plainWord("x")])).toEqual([]);
});
