// The tables that the migrations make are those that drizzle believes in.

import { expect, test } from "bun:test";
import { getTableConfig } from "drizzle-orm/sqlite-core";
import { migrations } from "@/storage/migrations";
import { tables } from "@/storage/tables";
import { testDatabase } from "./fixtures";

interface ColumnInfo {
  name: string;
  type: string;
  notnull: number;
  pk: number;
}

test("columns, keys, indexes and references are the same on both sides", async () => {
  await using fixture = await testDatabase();
  const { orm } = fixture.database;
  const made = orm
    .all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("sqlite_"));
  expect(made.sort()).toEqual(tables.map((table) => getTableConfig(table).name).sort());

  for (const table of tables) {
    const config = getTableConfig(table);
    const columns = orm.all<ColumnInfo>(`PRAGMA table_info(${config.name})`);
    const composite = config.primaryKeys[0]?.columns.map((column) => column.name) ?? [];
    expect(columns.map(({ name, type, notnull, pk }) => ({ name, type, notnull, pk }))).toEqual(
      config.columns.map((column) => ({
        name: column.name,
        type: column.getSQLType().toUpperCase(),
        notnull: column.notNull ? 1 : 0,
        pk: column.primary ? 1 : composite.indexOf(column.name) + 1,
      })),
    );
    const indexes = orm
      .all<{ name: string; unique: number; origin: string; partial: number }>(
        `PRAGMA index_list(${config.name})`,
      )
      .filter((index) => index.origin === "c")
      .map(({ name, unique, partial }) => ({
        name,
        unique,
        partial,
        columns: orm
          .all<{ name: string }>(`PRAGMA index_info(${name})`)
          .map((column) => column.name),
      }));
    const byName = (one: { name: string }, other: { name: string }) =>
      one.name < other.name ? -1 : 1;
    expect(indexes.sort(byName)).toEqual(
      config.indexes
        .map(({ config: index }) => ({
          name: index.name,
          unique: index.unique ? 1 : 0,
          partial: index.where ? 1 : 0,
          columns: index.columns.map((column) => ("name" in column ? column.name : "")),
        }))
        .sort(byName),
    );
    const references = orm
      .all<{ table: string; from: string; to: string; on_delete: string }>(
        `PRAGMA foreign_key_list(${config.name})`,
      )
      .map(({ table: to, from, to: column, on_delete: onDelete }) => ({
        from,
        to: `${to}.${column}`,
        onDelete,
      }));
    const declared = config.foreignKeys.flatMap((key) => {
      const { columns: from, foreignColumns, foreignTable } = key.reference();
      return from.map((column, index) => ({
        from: column.name,
        to: `${getTableConfig(foreignTable).name}.${foreignColumns[index]?.name}`,
        onDelete: (key.onDelete ?? "no action").toUpperCase(),
      }));
    });
    expect(references).toEqual(declared);
  }
});

test("each migration has a tag of its own, in ascending order, and is recorded", async () => {
  await using fixture = await testDatabase();
  const tags = migrations.map((migration) => migration.tag);
  expect(tags).toEqual([...new Set(tags)].sort());
  const recorded = fixture.database.orm.all<{ tag: string }>("SELECT tag FROM migration");
  expect(recorded.map((row) => row.tag)).toEqual(tags);
});
