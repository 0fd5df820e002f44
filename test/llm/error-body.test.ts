// The shapes in which providers put their words.

import { expect, test } from "bun:test";
import { readErrorBody } from "@/llm/error-body";

test.each([
  ['{"error":{"message":"m","type":"t","code":"c"}}', { message: "m", tags: "t c" }],
  ['{"type":"error","error":{"type":"t","message":"m"}}', { message: "m", tags: "t error" }],
  ['{"error":"m"}', { message: "m" }],
  ['{"message":"m","code":"c"}', { message: "m", tags: "c" }],
  ['{"detail":"m"}', { message: "m" }],
  ['{"detail":[{"msg":"m","type":"missing"}]}', { message: "m" }],
  ['{"errors":[{"message":"m"}]}', { message: "m" }],
  ['[{"error":{"code":429,"message":"m","status":"S"}}]', { message: "m", tags: "S", status: 429 }],
  ['{"response":{"error":{"code":"server_error","message":"m"}}}', { tags: "server_error" }],
  ['{"error":{"message":"{\\"error\\":{\\"message\\":\\"in\\"}}"}}', { message: "in" }],
])("%s", (text, expected) => {
  expect(readErrorBody(text)).toMatchObject(expected);
});

test.each(["", "plain text", "{", "null", "3", "[]", "{}", '{"error":{}}', '{"id":"x"}'])(
  "no words in %p",
  (text) => {
    expect(readErrorBody(text)).toBeUndefined();
  },
);
