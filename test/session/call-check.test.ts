// What a model wrote as a call is either ready, or it is told what is wrong.
import { expect, test } from "bun:test";
import { checkCall } from "@/session/call-check";
import { toolsFor } from "@/tool/registry";

const tools = toolsFor({ id: "model" });
const check = (name: string, raw: string, more: object = {}) =>
  checkCall({ name, raw, ...more }, tools);

test("a good call is ready, under other letters as well", () => {
  const input = { filePath: "a" };
  expect(check("read", '{"filePath":"a"}')).toMatchObject({ type: "ready", input });
  expect(check("Read", '{"filePath":"a"}')).toMatchObject({ type: "ready", tool: { id: "read" } });
});

test("an unknown tool is named with its neighbours", () => {
  expect(check("reed", "{}")).toMatchObject({
    type: "invalid",
    name: "reed",
    error: expect.stringContaining("Did you mean read? The tools are: bash, "),
  });
  expect(check("x".repeat(1_000), "{}")).toMatchObject({ name: "x".repeat(100) });
});

test.each(["{", "[]", "1", "null", "text"])("%s is no JSON object", (raw) => {
  expect(check("read", raw)).toMatchObject({
    type: "invalid",
    error: "The arguments of read are not a JSON object",
  });
});

test("arguments that do not fit are told by path; none at all are an empty object", () => {
  expect(check("read", " ")).toMatchObject({
    type: "misfit",
    tool: { id: "read" },
    error: expect.stringMatching(/^The read tool was called with invalid arguments: filePath: /),
  });
});

test("a call that was cut off is told so, not blamed on its JSON", () => {
  const cut = '{"filePath":"a';
  expect(check("read", cut, { isOpen: true })).toMatchObject({
    type: "misfit",
    error: expect.stringContaining("ended before the call was complete"),
  });
  expect(check("read", '{"filePath":"a"}', { isOpen: true })).toMatchObject({ type: "misfit" });
  expect(check("read", cut, { isCutAtLimit: true })).toMatchObject({
    error: expect.stringContaining("output limit"),
  });
  expect(check("read", '{"filePath":"a"}', { isCutAtLimit: true })).toMatchObject({
    type: "ready",
  });
});
