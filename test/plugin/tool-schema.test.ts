import { expect, test } from "bun:test";
import { z } from "zod/v4";
import { toolSchema } from "@/plugin/tool-schema";

const of = (args: unknown) => toolSchema(args, async () => z);

test("zod schemas by name, with defaults, enums, nesting and descriptions", async () => {
  const { parameters, parse } = await of({
    name: z.string().min(1).describe("Who"),
    mode: z.enum(["fast", "slow"]).default("fast"),
    tags: z.array(z.object({ key: z.string() })).optional(),
  });
  expect(parameters).toMatchObject({
    type: "object",
    properties: {
      name: { type: "string", minLength: 1, description: "Who" },
      mode: { enum: ["fast", "slow"], default: "fast" },
      tags: { type: "array", items: { type: "object", required: ["key"] } },
    },
    required: ["name"],
  });
  expect(parameters).not.toHaveProperty("$schema");
  expect(await parse({ name: "Ann" })).toEqual({ name: "Ann", mode: "fast" });
  await expect(parse({ name: "", tags: [{}] })).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringMatching(/name: .*; tags\.0\.key: /),
  });
});

test("a whole zod object, checks of its own included", async () => {
  const schema = z.object({ a: z.number() }).refine(async ({ a }) => a > 1, "too small");
  const { parse } = await of(schema);
  expect(await parse({ a: 2 })).toEqual({ a: 2 });
  await expect(parse({ a: 1 })).rejects.toThrow("too small");
});

test("what has no JSON is anything; no arguments are an empty object", async () => {
  const { parameters } = await of({ when: z.date() });
  expect(parameters).toMatchObject({ properties: { when: {} } });
  for (const nothing of [undefined, null, {}]) {
    expect((await of(nothing)).parameters).toMatchObject({ type: "object", properties: {} });
  }
});

test("a JSON schema is taken as it is", async () => {
  const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
  const { parameters, parse } = await of(schema);
  expect(parameters).toEqual(schema);
  expect(await parse({ a: "x" })).toEqual({ a: "x" });
});

test("what is no schema of arguments says so", async () => {
  for (const args of [7, "text", [], { a: 1 }, { a: { type: "string" } }, z.string()]) {
    await expect(of(args)).rejects.toMatchObject({ kind: "invalid" });
  }
});
