// A published name belongs to one schema, and is the name under which the schema is exported.

import { expect, test } from "bun:test";
import { Glob } from "bun";
import { join } from "node:path";

test("$id is the name of the export, and no two schemas share one", async () => {
  const directory = join(import.meta.dir, "../../src/schema");
  const owners = new Map<string, unknown>();
  for (const file of new Glob("*.ts").scanSync(directory)) {
    const module: Record<string, unknown> = await import(join(directory, file));
    for (const [name, schema] of Object.entries(module)) {
      if (typeof schema !== "object" || schema === null || !("$id" in schema)) continue;
      expect(`${file}: ${String(schema.$id)}`).toBe(`${file}: ${name}`);
      expect(owners.get(name) ?? schema, `${name} is exported twice`).toBe(schema);
      owners.set(name, schema);
    }
  }
  expect(owners.size).toBeGreaterThan(100);
});
