// The JSON schema of the configuration: what is published, and the file of the repository.
import { expect, test } from "bun:test";
import { configSchema, SCHEMA_FILE, schemaText } from "@test/support/config-schema";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("what is published is the schema that files are checked by", async () => {
  // After a change of the configuration's keys: bun run schema
  expect(await Bun.file(SCHEMA_FILE).text()).toBe(schemaText());
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { body } = await contract.call("config.schema");
  expect(body).toEqual(JSON.parse(schemaText()));
});

test("each key has a word about it, and others are mistakes where all are named", () => {
  const schema = configSchema() as Record<string, Record<string, Record<string, unknown>>>;
  const keys = Object.entries(schema["properties"] ?? {});
  expect(keys.length).toBeGreaterThan(30);
  for (const [key, node] of keys)
    expect([key, node["description"]]).toEqual([key, expect.any(String)]);
  expect(schema["additionalProperties"]).toBe(false as never);
  expect(schema["properties"]?.["compaction"]).toMatchObject({ additionalProperties: false });
  expect(JSON.stringify(schema["properties"]?.["agent"])).toContain('"additionalProperties":true');
});
