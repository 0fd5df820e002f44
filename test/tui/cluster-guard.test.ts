import { expect, test } from "bun:test";
import { TextRenderable } from "@opentui/core";
import { createTestRenderer } from "@opentui/core/testing";
import { ClusterGuard, findJoining } from "@/tui/cluster-guard";

const written = (text: string, joining: "joined" | "apart" = "joined") =>
  Buffer.from(new ClusterGuard(joining).write(Buffer.from(text))).toString();

/** Blanks, the sign, and behind it. */
const guarded = (sign: string) => `\u001b7  \u001b8${sign}\u001b8\u001b[2C`;

test("what every terminal draws alike is passed on as it is", () => {
  const text = "\u001b[1;1H\u001b[31mplain 日本語 e\u0301 שלום 🙂\u001b[0m";
  expect(written(text)).toBe(text);
});

test("a sign of several characters has its cells to itself", () => {
  expect(written("a👨‍👩‍👧b")).toBe(`a${guarded("👨‍👩‍👧")}b`);
  expect(written("❤️🇩🇪.")).toBe(`${guarded("❤️")}${guarded("🇩🇪")}.`);
  expect(written("1️⃣.")).toBe(`${guarded("1️⃣")}.`);
});

test("what could become wider is sent narrower", () => {
  expect(written("👍🏽!")).toBe(`${guarded("👍")}!`);
  expect(written("👩🏽‍💻.", "apart")).toBe(`${guarded("👩")}.`);
});

test("a sign that is cut by the chunks is whole again, wherever it is cut", () => {
  const bytes = Buffer.from("a👨‍👩‍👧b");
  for (let at = 1; at < bytes.length; at++) {
    const guard = new ClusterGuard("joined");
    const parts = [bytes.subarray(0, at), bytes.subarray(at)];
    const text = parts.map((part) => Buffer.from(guard.write(part)).toString()).join("");
    expect(text).toBe(`a${guarded("👨‍👩‍👧")}b`);
  }
});

test("its columns are those that the renderer counts", async () => {
  const signs = ["👨‍👩‍👧", "❤️", "🇩🇪", "👍🏽", "1️⃣", "🏳️‍🌈", "👩🏽‍💻", "⚠️"];
  const terminal = await createTestRenderer({ width: 20, height: signs.length });
  for (const sign of signs) {
    terminal.renderer.root.add(new TextRenderable(terminal.renderer, { content: `${sign}|` }));
  }
  await terminal.renderOnce();
  const rows = terminal.captureCharFrame().split("\n");
  for (const [at, sign] of signs.entries()) {
    const blanks = 20 - Bun.stringWidth(sign) - 1;
    expect(rows[at]).toBe(`${sign}|${" ".repeat(blanks)}`);
  }
  terminal.renderer.destroy();
});

test.each([
  [{ TERM: "xterm-256color" }, undefined],
  [{ TERM: "tmux-256color", TERM_PROGRAM: "tmux", TMUX: "/tmp/1,2,3" }, "joined"],
  [{ TERM: "screen-256color", TMUX: "/tmp/1,2,3" }, "apart"],
  [{ TERM: "screen.xterm-256color", STY: "1.pts" }, "apart"],
  [{ TERM: "xterm-256color", VTE_VERSION: "7402" }, "apart"],
  [{ TERM: "xterm", XTERM_VERSION: "XTerm(379)" }, "apart"],
  [{ TERM: "alacritty" }, "apart"],
  [{ TERM: "tmux-256color", TERM_PROGRAM: "tmux", VTE_VERSION: "7402" }, "joined"],
] as const)("%p", (env, joining) => {
  expect(findJoining(env)).toBe(joining);
});
