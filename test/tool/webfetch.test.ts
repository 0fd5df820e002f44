import { describe, expect, test } from "bun:test";
import { denied } from "@/base/error";
import { webfetchTool } from "@/tool/webfetch";
import { toolBench } from "@test/support/tool-context";

type Handler = (request: Request) => Response | Promise<Response>;

function serve(routes: Record<string, Handler>) {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => {
      const handler = routes[new URL(request.url).pathname];
      return handler?.(request) ?? new Response("no", { status: 404 });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

const html = (body: string) => () => {
  return new Response(body, { headers: { "content-type": "text/html; charset=utf-8" } });
};

const PAGE =
  "<html><head><title>T</title><style>p{}</style><script>bad()</script></head>" +
  "<body><h1>Head</h1><p>One &amp; <b>two</b></p><ul><li>x</li></ul></body></html>";

describe("html", () => {
  test("becomes markdown, text, or stays", async () => {
    await using bench = await toolBench();
    await using server = serve({ "/": html(PAGE) });
    const url = `${server.url}/`;
    const result = await bench.run(webfetchTool, { url });
    expect(result.title).toBe(`${url} (text/html; charset=utf-8)`);
    expect(result.output).toContain("# Head\n\nOne & **two**");
    expect(result.output).not.toContain("bad()");
    expect(result.metadata).toMatchObject({ truncated: false, status: 200 });
    const text = await bench.run(webfetchTool, { url, format: "text" });
    expect(text.output).toBe("T\n\nHead\n\nOne & two\n\nx");
    const raw = await bench.run(webfetchTool, { url, format: "html" });
    expect(raw.output).toBe(PAGE);
    expect(bench.asks[0]).toMatchObject({ permission: "webfetch", patterns: [url] });
  });

  test("nested past any stack still gives text", async () => {
    await using bench = await toolBench();
    await using server = serve({ "/": html(`${"<div>".repeat(20_000)}deep text`) });
    const result = await bench.run(webfetchTool, { url: server.url });
    expect(result.output).toContain("deep text");
  });
});

test("other texts come as they are, in their charset", async () => {
  await using bench = await toolBench();
  await using server = serve({
    "/json": () => Response.json({ a: "<b>" }),
    "/latin": () => {
      return new Response(Buffer.from("caf\xe9", "latin1"), {
        headers: { "content-type": "text/plain; charset=iso-8859-1" },
      });
    },
  });
  const output = async (path: string) => {
    return (await bench.run(webfetchTool, { url: server.url + path })).output;
  };
  expect(await output("/json")).toBe('{"a":"<b>"}');
  expect(await output("/latin")).toBe("café");
});

test("an image becomes an attachment, other binaries are refused", async () => {
  await using bench = await toolBench();
  const typed = (type: string) => () => {
    return new Response(new Uint8Array([1, 0, 2]), { headers: { "content-type": type } });
  };
  await using server = serve({
    "/image": typed("image/png"),
    "/zip": typed("application/zip"),
  });
  const image = await bench.run(webfetchTool, { url: `${server.url}/image` });
  expect(image.attachments).toEqual([{ mime: "image/png", url: "data:image/png;base64,AQAC" }]);
  expect(await bench.failure(webfetchTool, { url: `${server.url}/zip` })).toContain(
    "content type is application/zip",
  );
});

describe("redirects", () => {
  test("are followed; another host needs its own permission", async () => {
    await using bench = await toolBench();
    await using other = serve({ "/end": () => new Response("end") });
    await using server = serve({
      "/a": () => Response.redirect("/b", 302),
      "/b": () => Response.redirect(`${other.url}/end`, 301),
    });
    const result = await bench.run(webfetchTool, { url: `${server.url}/a` });
    expect(result.output).toBe("end");
    expect(bench.asks.map(({ patterns }) => patterns)).toEqual([
      [`${server.url}/a`],
      [`${other.url}/end`],
    ]);
  });

  test("to another scheme, or without end, are refused", async () => {
    await using bench = await toolBench();
    const to = (location: string) => () => {
      return new Response(null, { status: 302, headers: { location } });
    };
    await using server = serve({ "/file": to("file:///etc/passwd"), "/loop": to("/loop") });
    expect(await bench.failure(webfetchTool, { url: `${server.url}/file` })).toContain("http://");
    expect(await bench.failure(webfetchTool, { url: `${server.url}/loop` })).toContain(
      "redirects more than 10 times",
    );
  });
});

describe("refused", () => {
  test("urls of other schemes, before anything is asked", async () => {
    await using bench = await toolBench();
    for (const url of ["ftp://a/b", "file:///etc/passwd", "example.com", ""]) {
      expect(await bench.failure(webfetchTool, { url })).toContain("must begin with http://");
    }
    expect(bench.asks).toEqual([]);
  });

  test("error statuses, with their number", async () => {
    await using bench = await toolBench();
    await using server = serve({});
    expect(await bench.failure(webfetchTool, { url: `${server.url}/x` })).toContain(
      "status code: 404",
    );
  });

  test("more than five megabytes, announced or not", async () => {
    await using bench = await toolBench();
    const chunk = new Uint8Array(1024 * 1024).fill(97);
    const endless = () => {
      return new Response(new ReadableStream({ pull: (it) => it.enqueue(chunk) }));
    };
    await using server = serve({
      "/endless": endless,
      "/large": () => new Response(new Uint8Array(6 * 1024 * 1024)),
    });
    for (const path of ["/endless", "/large"]) {
      expect(await bench.failure(webfetchTool, { url: server.url + path })).toContain("too large");
    }
  });

  test("without permission nothing is sent", async () => {
    let requests = 0;
    await using server = serve({
      "/": () => {
        requests++;
        return new Response("x");
      },
    });
    await using bench = await toolBench(
      {},
      {
        onAsk: () => {
          throw denied("no");
        },
      },
    );
    expect(await bench.failure(webfetchTool, { url: server.url })).toBe("no");
    expect(requests).toBe(0);
  });
});

test("a server that never answers ends with the timeout, and with an abort", async () => {
  await using server = serve({ "/": () => new Promise<Response>(() => undefined) });
  await using bench = await toolBench();
  expect(await bench.failure(webfetchTool, { url: server.url, timeout: 0.05 })).toContain(
    "did not answer in 0.05 s",
  );
  const call = bench.failure(webfetchTool, { url: server.url });
  bench.abort.abort(new DOMException("stop", "AbortError"));
  expect(await call).toBe("stop");
});

test("a long page is cut and saved", async () => {
  await using bench = await toolBench();
  await using server = serve({ "/": () => new Response("line\n".repeat(3_000)) });
  const result = await bench.run(webfetchTool, { url: server.url });
  expect(result.metadata["truncated"]).toBe(true);
  expect(result.output).toContain("Full output saved to: ");
});
