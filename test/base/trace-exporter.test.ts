// Spans on their way to a collector, over real HTTP.
import { expect, test } from "bun:test";
import { Logger } from "@/base/log";
import { openTraceExporter, type Span } from "@/base/trace-exporter";
import { FakeClock } from "@test/support/clock";

function collector(answer: () => Response | Promise<Response>) {
  const bodies: unknown[] = [];
  const headers: Headers[] = [];
  const arrived = Promise.withResolvers<void>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      headers.push(request.headers);
      bodies.push({ path: new URL(request.url).pathname, ...((await request.json()) as object) });
      arrived.resolve();
      return answer();
    },
  });
  const clock = new FakeClock();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `${server.url.origin}/`,
    OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20b, odd name=1,other = 2",
  };
  const exporter = openTraceExporter(env, { clock, log: Logger.silent() });
  if (!exporter) throw new Error("a collector is named");
  const end = () => server.stop(true);
  const arrival = arrived.promise;
  return { exporter, clock, bodies, headers, arrival, [Symbol.asyncDispose]: end };
}

const span = (id: string): Span => ({
  ...{ name: "chat m", trace: "ses_1", id, parent: "p", startMs: 1_000, endMs: 2_500.4 },
  attributes: { model: "m", tokens: 7, cost: 0.5 },
});

test("spans go together after a while, in the collector's words", async () => {
  await using c = collector(() => Response.json({}));
  c.exporter.add(span("a"));
  c.exporter.add({ ...span("b"), error: "it broke" });
  c.clock.advance(5_000);
  await c.arrival;
  const [body] = c.bodies as {
    path: string;
    resourceSpans: { scopeSpans: { spans: unknown[] }[] }[];
  }[];
  expect(body?.path).toBe("/v1/traces");
  const id = expect.stringMatching(/^[0-9a-f]{16}$/);
  expect(body?.resourceSpans[0]?.scopeSpans[0]?.spans).toEqual([
    {
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      ...{ spanId: id, parentSpanId: id, name: "chat m", kind: 3, status: { code: 1 } },
      ...{ startTimeUnixNano: "1000000000", endTimeUnixNano: "2500000000" },
      attributes: [
        { key: "model", value: { stringValue: "m" } },
        { key: "tokens", value: { intValue: "7" } },
        { key: "cost", value: { doubleValue: 0.5 } },
      ],
    },
    expect.objectContaining({ status: { code: 2, message: "it broke" } }),
  ]);
  expect(c.headers[0]?.get("x-key")).toBe("a b");
  expect(c.headers[0]?.get("other")).toBe("2");
  await c.exporter.close();
  expect(c.bodies.length).toBe(1);
});

test("what waits is sent at the end, and a collector that refuses disturbs nobody", async () => {
  await using c = collector(() => new Response("no", { status: 503 }));
  for (let n = 0; n < 3_000; n++) c.exporter.add(span(String(n)));
  await c.exporter.close();
  expect(JSON.stringify(c.bodies[0]).split('"spanId"').length - 1).toBe(2_048);
  c.exporter.add(span("after"));
  await c.exporter.close();
  expect(c.bodies.length).toBe(2);
});

test("without a collector there is none", () => {
  const options = { clock: new FakeClock(), log: Logger.silent() };
  expect(openTraceExporter({}, options)).toBeUndefined();
});
