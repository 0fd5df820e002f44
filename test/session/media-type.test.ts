import { expect, test } from "bun:test";
import { isTextType } from "@/session/media-type";

test.each([
  "text/plain",
  "text/markdown; charset=utf-8",
  "application/json",
  "application/ld+json",
  "application/x-directory",
])("%s is text", (mime) => expect(isTextType(mime)).toBe(true));

test.each(["image/png", "image/svg+xml", "application/pdf", "application/jsonx", ""])(
  "%p is not",
  (mime) => expect(isTextType(mime)).toBe(false),
);
