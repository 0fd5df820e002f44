// Every kind of failure of SQLite has an AppError with a kind and words that help.

import { expect, test } from "bun:test";
import { AppError, type ErrorKind } from "@/base/error";
import { translateSqliteError } from "@/storage/sqlite-error";

const raw = (code: string) => Object.assign(new Error("raw words"), { code });

const expected: [code: string, kind: ErrorKind, words: RegExp][] = [
  ["SQLITE_BUSY", "busy", /locked by another process/],
  ["SQLITE_BUSY_SNAPSHOT", "busy", /locked/],
  ["SQLITE_LOCKED", "busy", /locked/],
  ["SQLITE_FULL", "unavailable", /disk is full.*Free some space/],
  ["SQLITE_READONLY", "unavailable", /cannot be written/],
  ["SQLITE_READONLY_DBMOVED", "unavailable", /cannot be written/],
  ["SQLITE_CANTOPEN", "unavailable", /cannot be opened/],
  ["SQLITE_IOERR_WRITE", "unavailable", /Check the disk/],
  ["SQLITE_CORRUPT", "unavailable", /damaged.*Start the program again/],
  ["SQLITE_NOTADB", "unavailable", /damaged/],
  ["SQLITE_CONSTRAINT_FOREIGNKEY", "not-found", /does not exist/],
  ["SQLITE_TOOBIG", "limit", /too large/],
  ["SQLITE_NOMEM", "unavailable", /Out of memory/],
  ["SQLITE_ERROR", "internal", /raw words/],
];

for (const [code, kind, words] of expected) {
  test(`${code} is ${kind}`, () => {
    const error = translateSqliteError(raw(code), "/data/sessions.sqlite") as AppError;
    expect(error).toBeInstanceOf(AppError);
    expect([error.kind, error.data.code]).toEqual([kind, code]);
    expect(error.message).toMatch(words);
    if (kind === "unavailable") expect(error.message).toContain("/data/sessions.sqlite");
  });
}

test("a wrapped one is found by its cause", () => {
  const error = new Error("wrapped", { cause: raw("SQLITE_FULL") });
  expect(translateSqliteError(error, "/x")).toMatchObject({ kind: "unavailable" });
});

test("what is not SQLite's comes back as it is", () => {
  const own = new AppError("conflict", "ConflictError", "no", {}, { cause: raw("SQLITE_BUSY") });
  for (const value of [own, new Error("bug"), raw("ENOENT"), "text", undefined]) {
    expect(translateSqliteError(value, "/x")).toBe(value);
  }
});
