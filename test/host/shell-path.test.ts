// Which arguments are files.
import { expect, test } from "bun:test";
import { pathArguments } from "@/host/shell-path";
import { dynamicWord, plainWord } from "@/host/shell-word";

const paths = (line: string) => pathArguments(line.split(" ").map(plainWord));

test("arguments of file commands are paths, options are not", () => {
  expect(paths("rm -rf a b")).toEqual(["a", "b"]);
  expect(paths("chmod 755 a")).toEqual(["755", "a"]);
  expect(paths("/bin/cat /etc/passwd")).toEqual(["/etc/passwd"]);
  expect(paths("echo /etc/passwd")).toEqual([]);
});

test("after two dashes everything is a path", () => {
  expect(paths("rm -f -- -x")).toEqual(["-x"]);
});

test("an option may hold a path", () => {
  expect(paths("cp -t/srv --backup=/b -p a")).toEqual(["/srv", "/b", "a"]);
  expect(paths("tar -C.. x")).toEqual(["..", "x"]);
});

test("a path known only at run time is undefined", () => {
  expect(pathArguments([plainWord("rm"), dynamicWord("$x")])).toEqual([undefined]);
});

test("git names directories before its sub-command", () => {
  expect(paths("git -C /a --work-tree /b -c x=y log -C /c")).toEqual(["/a", "/b"]);
});
