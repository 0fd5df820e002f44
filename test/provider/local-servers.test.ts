import { expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import { LocalServers } from "@/provider/local-servers";
import { FakeClock } from "@test/support/clock";
import { freePort } from "@test/support/free-port";

interface Answering extends AsyncDisposable {
  port: number;
  requests: string[];
}

function answering(body: unknown, status = 200): Answering {
  const requests: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => {
      requests.push(new URL(request.url).pathname);
      return typeof body === "string"
        ? new Response(body, { status })
        : Response.json(body, { status });
    },
  });
  return { port: server.port ?? 0, requests, [Symbol.asyncDispose]: () => server.stop(true) };
}

/** Takes connections and never says a word. */
async function hanging(): Promise<{ port: number; reached: Promise<void> } & AsyncDisposable> {
  const reached = Promise.withResolvers<void>();
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => reached.resolve());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    reached: reached.promise,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const one = (port: number) => [{ id: "ollama", name: "Ollama", port }];

test("a server that answers becomes a provider whose models cost nothing", async () => {
  await using server = answering({ data: [{ id: "qwen3:8b", created: 1_760_000_000 }] });
  const local = new LocalServers({ servers: one(server.port), clock: new FakeClock() });
  const [provider] = await local.findAll();
  const baseURL = `http://127.0.0.1:${server.port}/v1`;
  expect(server.requests).toEqual(["/v1/models"]);
  expect(provider).toMatchObject({
    id: "ollama",
    name: "Ollama",
    source: "custom",
    env: [],
    options: { baseURL },
    models: {
      "qwen3:8b": {
        api: { id: "qwen3:8b", url: baseURL, npm: "@ai-sdk/openai-compatible" },
        capabilities: { toolcall: true, temperature: true },
        cost: { input: 0, output: 0 },
        limit: { context: 32_768, output: 8_192 },
        release_date: "2025-10-09",
      },
    },
  });
});

test.each([
  [{ max_model_len: 65_536 }, { context: 65_536, output: 8_192 }],
  [{ loaded_context_length: 8_192 }, { context: 8_192, output: 4_096 }],
  [{ meta: { n_ctx: 16_384, n_ctx_train: 131_072 } }, { context: 16_384, output: 8_192 }],
  [{ meta: { n_ctx_train: 131_072 } }, { context: 32_768, output: 8_192 }],
  [{ meta: { n_ctx_train: 2_048 } }, { context: 2_048, output: 1_024 }],
  [{ max_model_len: "big" }, { context: 32_768, output: 8_192 }],
])("a context of %j is %j", async (said, limit) => {
  await using server = answering({ data: [{ id: "m", ...said }] });
  const local = new LocalServers({ servers: one(server.port), clock: new FakeClock() });
  expect((await local.find("ollama"))?.models["m"]?.limit).toEqual(limit);
});

test.each([
  ["text that is no JSON", "<html>", 200],
  ["another shape", { models: [] }, 200],
  ["no models", { data: [] }, 200],
  ["only models that hold no conversation", { data: [{ id: "nomic-embed-text" }] }, 200],
  ["an error", { data: [{ id: "m" }] }, 500],
])("%s is no model server", async (_, body, status) => {
  await using server = answering(body, status);
  const local = new LocalServers({ servers: one(server.port), clock: new FakeClock() });
  expect(await local.findAll()).toEqual([]);
});

test("a redirect is not followed", async () => {
  await using target = answering({ data: [{ id: "m" }] });
  await using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => Response.redirect(`http://127.0.0.1:${target.port}/v1/models`),
  });
  const servers = one(server.port ?? 0);
  expect(await new LocalServers({ servers, clock: new FakeClock() }).findAll()).toEqual([]);
  expect(target.requests).toEqual([]);
});

test("a server that never answers is given up after 300 ms, and holds up no other", async () => {
  await using mute = await hanging();
  await using server = answering({ data: [{ id: "m" }] });
  const clock = new FakeClock();
  const servers = [
    { id: "vllm", name: "vLLM", port: mute.port },
    { id: "ollama", name: "Ollama", port: server.port },
  ];
  const local = new LocalServers({ servers, clock });
  const finding = local.findAll();
  await Promise.all([mute.reached, local.find("ollama")]);
  await clock.advance(300);
  expect((await finding).map(({ id }) => id)).toEqual(["ollama"]);
  expect(clock.pending).toBe(0);
});

test("an answer is kept for a while, a refusal only for a moment", async () => {
  const port = await freePort();
  const clock = new FakeClock();
  const local = new LocalServers({ servers: one(port), clock });
  expect(await local.findAll()).toEqual([]);
  const requests: string[] = [];
  await using server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    fetch: (request) => {
      requests.push(request.url);
      return Response.json({ data: [{ id: "m" }] });
    },
  });
  expect(server.port).toBe(port);
  expect(await local.findAll()).toEqual([]);
  expect(requests).toHaveLength(0);
  await clock.advance(3_000);
  expect(await local.findAll()).toHaveLength(1);
  await clock.advance(29_000);
  expect(await local.findAll()).toHaveLength(1);
  expect(requests).toHaveLength(1);
  await clock.advance(1_000);
  await local.findAll();
  expect(requests).toHaveLength(2);
});

test("whoever asks at the same time waits for the same answer", async () => {
  await using server = answering({ data: [{ id: "m" }] });
  const local = new LocalServers({ servers: one(server.port), clock: new FakeClock() });
  await Promise.all([local.findAll(), local.findAll(), local.find("ollama")]);
  expect(server.requests).toHaveLength(1);
});

test("the proxy of the environment is not asked", async () => {
  await using server = answering({ data: [{ id: "m" }] });
  await using proxy = answering({ data: [{ id: "of-the-proxy" }] });
  const script = `
    import { LocalServers } from "@/provider/local-servers";
    import { systemClock } from "@/base/clock";
    const servers = [{ id: "ollama", name: "Ollama", port: ${server.port} }];
    // However long a busy machine takes to answer.
    const clock = { ...systemClock, timer: () => () => undefined };
    const [found] = await new LocalServers({ servers, clock }).findAll();
    console.log(Object.keys(found?.models ?? {}).join());
  `;
  const url = `http://127.0.0.1:${proxy.port}`;
  const child = Bun.spawn([process.execPath, "-e", script], {
    cwd: `${import.meta.dir}/../..`,
    env: { ...process.env, HTTP_PROXY: url, http_proxy: url, ALL_PROXY: url },
    stdout: "pipe",
    stderr: "inherit",
  });
  expect((await child.stdout.text()).trim()).toBe("m");
  await child.exited;
  expect(proxy.requests).toEqual([]);
});
