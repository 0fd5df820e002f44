import { expect, test } from "bun:test";
import { parseArguments, selectFiles } from "@test/runner/arguments";
import { closingLine, countResults, slowestFiles, sum } from "@test/runner/report";

const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="6" assertions="2" failures="1" skipped="2" time="75.5">
  <testsuite name="test/a.test.ts" file="test/a.test.ts" tests="3" failures="1" time="70.25">
    <testsuite name="a block" file="test/a.test.ts" tests="2" failures="0" time="1">
    </testsuite>
  </testsuite>
  <testsuite name="test/b.test.ts" file="test/b.test.ts" tests="3" failures="0" time="0.5">
  </testsuite>
</testsuites>`;
const files = ["test/a.test.ts", "test/b.test.ts"];

test("passed and failed tests are counted, skipped ones are neither", () => {
  expect(countResults({ xml, files, exitCode: 1 })).toEqual({ passed: 3, failed: 1 });
});

test("a file missing from the report of a failed run is a failure", () => {
  const run = { xml, files: [...files, "test/c.test.ts"], exitCode: 1 };
  expect(countResults(run)).toEqual({ passed: 3, failed: 2 });
});

test("a failed run without any report is a failure for each file, and one at least", () => {
  expect(countResults({ xml: "", files, exitCode: 139 })).toEqual({ passed: 0, failed: 2 });
  expect(countResults({ xml: "", files: [], exitCode: null })).toEqual({ passed: 0, failed: 1 });
});

test("the closing line names the sum", () => {
  const total = sum([
    { passed: 2, failed: 0 },
    { passed: 3, failed: 1 },
  ]);
  expect(closingLine(total)).toBe("5 passed, 1 failed");
});

test("the slowest files are named when the run took long", () => {
  expect(slowestFiles(xml)).toEqual(["slow: 70.3 s test/a.test.ts", "slow: 0.5 s test/b.test.ts"]);
  expect(slowestFiles(xml.replace('time="75.5"', 'time="5"'))).toEqual([]);
});

test("words select files, options and their values go on to bun test", () => {
  expect(parseArguments(["--long", "./test/llm", "-t", "a name", "--bail", "edit"])).toEqual({
    long: true,
    words: ["test/llm", "edit"],
    passedOn: ["-t", "a name", "--bail"],
  });
});

test("long tests run alone and only when asked for", () => {
  const all = ["test/tidy.test.ts", "test/long/build.test.ts", "test/llm/retry.test.ts"];
  const select = (long: boolean, ...words: string[]) => selectFiles(all, { long, words });
  expect(select(false)).toEqual(["test/llm/retry.test.ts", "test/tidy.test.ts"]);
  expect(select(false, "llm")).toEqual(["test/llm/retry.test.ts"]);
  expect(select(true)).toEqual(["test/long/build.test.ts"]);
  expect(select(true, "llm")).toEqual([]);
});
