import { expect, test } from "bun:test";
import type { Case, Subject } from "./bench";
import { formatCase, formatJSON, spreadOf } from "./report";

const ours: Subject = { name: "ours", path: "/bin/ours", argv: ["/bin/ours"] };
const peer: Subject = { name: "peer", path: "/bin/peer", argv: ["/bin/peer"] };
const measured: Case = {
  name: "start",
  measures: "a start",
  figures: [
    { name: "CPU", unit: "ms", beat: 40 },
    { name: "peak RSS", unit: "MB" },
  ],
  runs: 3,
  limitMs: 1_000,
  measure: () => Promise.reject(new Error("not measured here")),
};
const samples = [30, 20, 10].map((CPU) => ({ CPU, "peak RSS": 5_000_000 }));
const slow = samples.map((sample) => ({ ...sample, CPU: sample.CPU * 4 }));

test("the median is the middle value, or the mean of the two in the middle", () => {
  expect(spreadOf([9, 1, 3])).toEqual({ median: 3, min: 1, max: 9 });
  expect(spreadOf([4, 1, 2, 100])).toEqual({ median: 3, min: 1, max: 100 });
  expect(spreadOf([])).toBeUndefined();
});

test("a table shows the figure to beat, the spread, the ratio, and marks what is missed", () => {
  const subjects = [
    { subject: ours, samples, errors: [] },
    { subject: peer, samples: slow, errors: ["not done in 1 s"] },
  ];
  expect(formatCase({ measured, subjects }).split("\n")).toEqual([
    "start: a start (median of 3)",
    "               to beat     ours          min - max       peer         min - max  peer / ours",
    "  CPU       <= 40.0 ms  20.0 ms  10.0 ms - 30.0 ms  80.0 ms !  40.0 ms - 120 ms         4.00",
    "  peak RSS               5.0 MB    5.0 MB - 5.0 MB     5.0 MB   5.0 MB - 5.0 MB         1.00",
    "  peer failed: not done in 1 s",
    "",
  ]);
});

test("a subject that never succeeded has no figures", () => {
  const subjects = [{ subject: ours, samples: [], errors: ["serve ended: no"] }];
  const table = formatCase({ measured, subjects });
  expect(table).toContain("(median of 0)");
  expect(table).toContain("ours failed: serve ended: no");
});

test("JSON has the medians, the samples and what failed", () => {
  const subjects = [{ subject: ours, samples, errors: ["once"] }];
  const report = JSON.parse(formatJSON("a machine", [{ measured, subjects }])) as unknown;
  expect(report).toMatchObject({
    machine: "a machine",
    cases: [
      {
        name: "start",
        subjects: [{ name: "ours", medians: { CPU: 20 }, samples, errors: ["once"] }],
      },
    ],
  });
});
