import { expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Contract, nodeOf } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("the document is valid OpenAPI 3.1", async () => {
  await using t = await testApp();
  const { body, headers } = await t.request("GET", "/doc");
  const result = await new Validator().validate(nodeOf(body));
  expect(result.errors ?? []).toEqual([]);
  expect(nodeOf(body)["openapi"]).toBe("3.1.1");
  expect(headers.get("content-type")).toBe("application/json");
});

test("each operation has a name, a summary, a group and its answers", async () => {
  await using t = await testApp();
  const { document, operations } = await Contract.of(t);
  const groups = nodeOf(document["tags"]);
  const names = Object.values(groups).map((group) => nodeOf(group)["name"]);
  for (const operation of operations) {
    expect(operation.id, operation.path).toMatch(/^[a-z]+(\.[a-zA-Z_]+)+$/);
    expect(operation.summary, operation.id).toBeString();
    expect(names, operation.id).toContain(nodeOf(operation.tags)[0]);
    const statuses = Object.keys(operation.responses);
    expect(statuses, operation.id).toEqual(expect.arrayContaining(["400", "403", "500", "503"]));
    // What is shared has an address that is its own password.
    expect(statuses.includes("401"), operation.id).toBe(operation.id !== "share.get");
    expect(
      statuses.filter((status) => status.startsWith("2")),
      operation.id,
    ).toHaveLength(1);
    for (const response of Object.values(operation.responses)) {
      expect(response["description"], operation.id).toBeString();
    }
  }
  const ids = operations.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
});

test("named schemas are components, and every reference leads to one", async () => {
  await using t = await testApp();
  const { document } = await Contract.of(t);
  const schemas = nodeOf(nodeOf(document["components"])["schemas"]);
  const text = JSON.stringify(document);
  const refs = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
  expect(refs.length).toBeGreaterThan(100);
  for (const [, name] of refs) expect(Object.keys(schemas)).toContain(name ?? "");
  const published = ["Session", "Message", "Part", "Event"];
  expect(Object.keys(schemas)).toEqual(expect.arrayContaining(published));
  expect(text).not.toContain('"$id"');
  expect(text).not.toContain("patternProperties");
  expect(text).not.toContain("~standard");
});
