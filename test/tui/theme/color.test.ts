import { describe, expect, test } from "bun:test";
import {
  contrast,
  indexTriplet,
  mix,
  nearestOf16,
  nearestOf256,
  readable,
  toHex,
  toTriplet,
} from "@/tui/theme/color";

test("contrast is that of the accessibility guidelines", () => {
  expect(contrast("#ffffff", "#000000")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  expect(contrast("#123456", "#123456")).toBe(1);
});

describe("readable", () => {
  test("leaves a colour alone that can be read already", () => {
    expect(readable("#eeeeee", ["#0a0a0a"], 7)).toBe("#eeeeee");
  });

  test("goes no further than it must, and keeps the hue", () => {
    const corrected = readable("#586e75", ["#002b36", "#073642"], 4.5);
    expect(contrast(corrected, "#073642")).toBeGreaterThanOrEqual(4.5);
    expect(contrast(corrected, "#073642")).toBeLessThan(4.7);
    const [red = 0, green = 0, blue = 0] = toTriplet(corrected) ?? [];
    expect(red).toBeLessThan(green);
    expect(green).toBeLessThan(blue);
  });

  test("darkens on a light background", () => {
    expect(contrast(readable("#ffcb6b", ["#fafafa"], 3), "#fafafa")).toBeGreaterThanOrEqual(3);
  });

  test("leaves the terminal's own colours alone", () => {
    expect(readable("none", ["#ffffff"], 7)).toBe("none");
    expect(readable("ansi:7", ["#ffffff"], 7)).toBe("ansi:7");
  });
});

test("indices have the colours of xterm", () => {
  expect([16, 21, 196, 231, 232, 255].map((index) => toHex(indexTriplet(index)))).toEqual([
    "#000000",
    "#0000ff",
    "#ff0000",
    "#ffffff",
    "#080808",
    "#eeeeee",
  ]);
  expect(toTriplet("ansi:196")).toEqual([255, 0, 0]);
});

test("every fixed index is nearest to itself", () => {
  for (let index = 16; index < 256; index++) {
    const nearest = nearestOf256(indexTriplet(index));
    expect(indexTriplet(nearest)).toEqual(indexTriplet(index));
  }
});

test("of sixteen the hue is kept, and greys are greys", () => {
  const named = { red: "#e06c75", orange: "#fab283", green: "#7fd88f", blue: "#5c9cf5" };
  expect(Object.values(named).map((color) => nearestOf16(toTriplet(color) ?? [0, 0, 0]))).toEqual([
    9, 11, 10, 12,
  ]);
  const greys = ["#0a0a0a", "#808080", "#bbbbbb", "#eeeeee"];
  expect(greys.map((color) => nearestOf16(toTriplet(color) ?? [0, 0, 0]))).toEqual([0, 8, 7, 15]);
});

test("mixing goes from one to the other", () => {
  expect(mix("#000000", "#ffffff", 0)).toBe("#000000");
  expect(mix("#000000", "#ffffff", 1)).toBe("#ffffff");
  expect(mix("#000000", "none", 0.5)).toBe("#000000");
});
