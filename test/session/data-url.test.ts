import { expect, test } from "bun:test";
import { readDataURL } from "@/session/data-url";

test.each([
  ["data:text/plain;base64,SGk=", "Hi"],
  ["data:text/plain,a%20b", "a b"],
  ["data:text/plain,100%", "100%"],
  ["data:;charset=utf-8;BASE64,SGk=", "Hi"],
  ["data:,", ""],
])("%s", (url, text) => {
  expect(readDataURL(url)?.toString()).toBe(text);
});

test.each(["data:text/plain", "file:///a,b", ""])("%p is none", (url) => {
  expect(readDataURL(url)).toBeUndefined();
});
