// The pattern that "always" stands for.
import { expect, test } from "bun:test";
import { alwaysPattern } from "@/host/shell-arity";

const always = (line: string) => alwaysPattern(line.split(" "), line);

test.each([
  ["ls -la", "ls *"],
  ["git status", "git status *"],
  ["git commit -m x", "git commit *"],
  ["git remote add origin url", "git remote add *"],
  ["npm test", "npm test *"],
  ["npm run build -- --watch", "npm run build *"],
  ["docker compose up -d", "docker compose up *"],
  ["docker ps", "docker ps *"],
  ["cargo build --release", "cargo build *"],
  ["./script.sh a", "./script.sh *"],
  ["git", "git *"],
])("%s stands for %s", (line, pattern) => {
  expect(always(line)).toBe(pattern);
});

test.each([
  ["git -C dir status"],
  ["npm --prefix x run build"],
  ["docker -H host ps"],
  ["npm run --silent build"],
  ["sudo rm x"],
  ["bash -c ls"],
  ["/bin/sh -c ls"],
  ["python3.12 -c print"],
  ["find . -delete"],
  ["xargs rm"],
])("%s is allowed only as it is", (line) => {
  expect(always(line)).toBe(line);
});

test("words known only at run time are never widened", () => {
  expect(alwaysPattern(["git", undefined], "git $x")).toBe("git $x");
  expect(alwaysPattern([undefined, "x"], "$cmd x")).toBe("$cmd x");
  expect(alwaysPattern(["ls", undefined], "ls $x")).toBe("ls *");
});
