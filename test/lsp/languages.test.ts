import { expect, test } from "bun:test";
import { languageIDOf } from "@/lsp/language-ids";
import { LANGUAGE_SERVERS } from "@/lsp/languages";

test("every server can be found by a file, started and obtained; no id twice", () => {
  for (const { id, extensions, commands, hint, install } of LANGUAGE_SERVERS) {
    expect([id, extensions.length > 0, commands.length > 0, hint !== ""]).toEqual([
      ...[id, true, true, true],
    ]);
    expect(commands.every(({ program }) => program !== "")).toBe(true);
    // What is fetched from npm is what is started, and of a version that was tried.
    if (install?.from !== "npm") continue;
    expect(install.packages.every((spec) => /.@\d/.test(spec))).toBe(true);
    const [fetched] = install.packages;
    expect(fetched?.replace(/@[\d.]+$/, "")).toBe(String(commands[0]?.package));
  }
  const ids = LANGUAGE_SERVERS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("every file that has a server has a language by name", () => {
  const names = LANGUAGE_SERVERS.flatMap(({ extensions }) => extensions).map((extension) => {
    return extension.startsWith(".") ? `a${extension}` : extension;
  });
  const without = names.filter((name) => languageIDOf(name) === "plaintext");
  expect(without).toEqual([]);
});

test("languages have the protocol's names", () => {
  expect(languageIDOf("/x/A.TSX")).toBe("typescriptreact");
  expect(languageIDOf("run.zsh")).toBe("shellscript");
  expect(languageIDOf("/x/Dockerfile")).toBe("dockerfile");
  expect(languageIDOf("x.own")).toBe("own");
  expect(languageIDOf("x")).toBe("plaintext");
});
