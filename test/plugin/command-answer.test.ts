import { expect, test } from "bun:test";
import type { ProcessResult } from "@/base/process";
import { readAnswer } from "@/plugin/command-answer";

function ended(result: Partial<ProcessResult>): ProcessResult {
  const none = { exitCode: 0, stdout: "", stderr: "", truncated: false };
  return { ...none, timedOut: false, aborted: false, ...result };
}

function read(result: Partial<ProcessResult>) {
  return readAnswer("check", ended(result));
}

test("exit codes: 0 decides nothing, 2 refuses, others are a problem", () => {
  expect(read({})).toEqual({});
  expect(read({ exitCode: 2, stderr: "no\n" })).toEqual({ block: "no" });
  expect(read({ exitCode: 2 })).toEqual({ block: "The hook check refuses this" });
  expect(read({ exitCode: 1, stderr: "bad", stdout: "{}" })).toEqual({
    problem: "exit code 1: bad",
  });
  expect(read({ exitCode: null })).toEqual({ problem: "it was killed" });
  expect(read({ exitCode: 2, timedOut: true, stderr: "x" })).toHaveProperty("problem");
});

test("plain output is context", () => {
  expect(read({ stdout: " hello \n" })).toEqual({ context: "hello" });
});

test("JSON output says more", () => {
  const json = (value: unknown) => read({ stdout: JSON.stringify(value) });
  expect(json({ decision: "block", reason: "r" })).toEqual({ block: "r" });
  expect(json({ continue: false, stopReason: "s" })).toEqual({ block: "s" });
  expect(json({ decision: "approve" })).toEqual({});
  expect(json({ systemMessage: "m" })).toEqual({ message: "m" });
  const specific = { permissionDecision: "ask", permissionDecisionReason: "p" };
  expect(json({ hookSpecificOutput: specific })).toEqual({ ask: "p" });
  expect(json({ hookSpecificOutput: { updatedInput: { a: 1 }, additionalContext: "c" } })).toEqual({
    input: { a: 1 },
    context: "c",
  });
  expect(json({ hookSpecificOutput: "x", decision: 7, reason: 7 })).toEqual({});
});

test("what begins as JSON and is none is a problem, and long texts are cut", () => {
  expect(read({ stdout: "{oops" })).toHaveProperty("problem");
  expect(read({ exitCode: 2, stderr: "x".repeat(50_000) }).block).toHaveLength(10_000);
});
