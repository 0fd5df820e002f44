import { expect, test } from "bun:test";
import { parsePort, positive } from "@/cli/option-values";

test("a port is a number from 0 to 65535, and what is none is named", () => {
  expect(["0", "4096", "65535"].map(parsePort)).toEqual([0, 4096, 65535]);
  for (const text of ["", "abc", "-1", "65536", "1e3", "0x10", " 80"]) {
    expect(() => parsePort(text)).toThrow(`--port: "${text}"`);
  }
});

test("a count is a whole number greater than 0, and the option is named", () => {
  expect(positive("--days")("30")).toBe(30);
  for (const text of ["0", "-1", "1.5", "x"]) {
    expect(() => positive("--days")(text)).toThrow("--days");
  }
});
