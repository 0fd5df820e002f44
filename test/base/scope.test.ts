// Scopes close what was opened in them: once, in reverse order, whatever fails.
import { expect, test } from "bun:test";
import { Logger } from "@/base/log";
import { Scope } from "@/base/scope";

function scopeWithSteps() {
  const scope = new Scope("test", Logger.silent());
  const steps: string[] = [];
  const step = (name: string) => scope.defer(name, () => void steps.push(name));
  return { scope, steps, step };
}

test("closers run in reverse order, once", async () => {
  const { scope, steps, step } = scopeWithSteps();
  step("first");
  step("second");
  await Promise.all([scope.close(), scope.close()]);
  await scope.close();
  expect(steps).toEqual(["second", "first"]);
});

test("a closer that fails does not stop the others", async () => {
  const { scope, steps, step } = scopeWithSteps();
  step("kept");
  scope.defer("broken", () => Promise.reject(new Error("no")));
  await scope.close();
  expect(steps).toEqual(["kept"]);
});

test("the signal aborts before the first closer runs", async () => {
  const { scope } = scopeWithSteps();
  let seen: boolean | undefined;
  scope.defer("look", () => void (seen = scope.signal.aborted));
  await scope.close();
  expect(seen).toBe(true);
});

test("what is deferred to a closed scope is closed at once", async () => {
  const { scope, steps, step } = scopeWithSteps();
  await scope.close();
  step("late");
  expect(steps).toEqual(["late"]);
});

test("a child closes with its parent, and alone", async () => {
  const { scope, steps } = scopeWithSteps();
  const alone = scope.child("alone");
  alone.defer("alone", () => void steps.push("alone"));
  const under = scope.child("under");
  under.defer("under", () => void steps.push("under"));
  await alone.close();
  expect(steps).toEqual(["alone"]);
  await scope.close();
  expect(steps).toEqual(["alone", "under"]);
  expect(under.signal.aborted).toBe(true);
});

test("a close waits for tracked work, and for none that has ended or failed", async () => {
  const { scope, steps } = scopeWithSteps();
  const gate = Promise.withResolvers<void>();
  scope.track("failed", Promise.reject(new Error("no")));
  scope.track(
    "slow",
    gate.promise.then(() => void steps.push("slow")),
  );
  const closing = scope.close().then(() => steps.push("closed"));
  gate.resolve();
  await closing;
  expect(steps).toEqual(["slow", "closed"]);
});
