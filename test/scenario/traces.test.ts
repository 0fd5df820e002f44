// A turn as a collector of OpenTelemetry sees it: requests and calls, and nothing that was said.
import { expect, test } from "bun:test";
import { sessionApp } from "@test/support/session-app";

async function collect(openTelemetry: boolean, trust = true) {
  const bodies: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      bodies.push(await request.text());
      return new Response();
    },
  });
  {
    await using t = await sessionApp({
      trust,
      config: { experimental: { openTelemetry } },
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: server.url.origin },
      files: { "a.txt": "content of the file" },
      turns: [{ calls: [{ tool: "read", input: { filePath: "a.txt" } }] }, { text: "All said" }],
    });
    await t.prompt(t.create(), "Please look");
  }
  await server.stop(true);
  return bodies.join("\n");
}

test("each request and each call is a span, once, without what was said", async () => {
  const sent = await collect(true);
  expect(sent.match(/"name":"(chat|execute_tool) \w+"/g)?.toSorted()).toEqual([
    '"name":"chat main"',
    '"name":"chat main"',
    '"name":"execute_tool read"',
  ]);
  expect(sent).toContain("gen_ai.usage.input_tokens");
  for (const said of ["Please look", "content of", "All said", "a.txt"]) {
    expect(sent).not.toContain(said);
  }
});

test("nothing is sent where it is not wanted, and not for a project alone", async () => {
  expect(await collect(false)).toBe("");
  expect(await collect(true, false)).toBe("");
});
