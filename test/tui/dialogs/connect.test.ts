import { describe, expect, test } from "bun:test";
import type { KeyVerdict } from "@/schema/auth";
import { openConnect } from "@/tui/dialogs/connect";
import type { SentRequest } from "@test/support/screen";
import { model, provider } from "./facts";
import { dialogScreen } from "./support";

const LOCAL = { api: { id: "q", url: "http://127.0.0.1:11434/v1", npm: "x" } };
const OLLAMA = provider("ollama", "Ollama", [
  model("ollama", "a", LOCAL),
  model("ollama", "b", LOCAL),
  model("ollama", "c", LOCAL),
]);
const ANTHROPIC = {
  ...provider("anthropic", "Anthropic", [model("anthropic", "sonnet")]),
  source: "env" as const,
  env: ["ANTHROPIC_API_KEY"],
};
const OPENAI = provider("openai", "OpenAI", [model("openai", "gpt-6")]);
const COPILOT = provider("github-copilot", "GitHub Copilot", []);

const API = { type: "api" as const, label: "API key" };
const LOGIN = { type: "oauth" as const, label: "Log in with the browser" };

interface Options {
  method?: "auto" | "code";
  /** What the provider says to a key. */
  verdict?: () => KeyVerdict | Promise<KeyVerdict>;
}

async function open(options: Options = {}) {
  const connected = new Set(["ollama", "anthropic"]);
  const all = [OLLAMA, ANTHROPIC, OPENAI, COPILOT];
  const answers: Record<string, (request: SentRequest) => unknown> = {
    "GET /provider": () => ({
      all,
      default: { ollama: "a", anthropic: "sonnet" },
      connected: [...connected],
    }),
    "GET /experimental/provider/found": () => [
      { provider: OLLAMA, modelID: "a" },
      { provider: ANTHROPIC, modelID: "sonnet", variable: "ANTHROPIC_API_KEY" },
    ],
    "GET /provider/auth": () => ({
      anthropic: [API],
      openai: [LOGIN, API],
      "github-copilot": [LOGIN],
    }),
    "GET /config/providers": () => ({
      providers: all.filter(({ id }) => connected.has(id)),
      default: { openai: "gpt-6" },
    }),
    "POST /provider/openai/check": options.verdict ?? (() => ({ verdict: "accepted" })),
    "PUT /auth/openai": () => (connected.add("openai"), true),
    "DELETE /auth/anthropic": () => connected.delete("anthropic"),
    "POST /provider/github-copilot/oauth/authorize": () => ({
      url: "https://example.com/login?code=ABCD-1234",
      method: options.method ?? "auto",
      instructions: "Enter the code ABCD-1234",
    }),
    "POST /provider/github-copilot/oauth/callback": () => (connected.add("github-copilot"), true),
  };
  const screen = await dialogScreen({ width: 80, height: 20, answers });
  openConnect(screen.ui);
  const seen = async (text: string) => {
    let frame = await screen.frame();
    for (let turn = 0; turn < 200 && !frame.includes(text); turn++) frame = await screen.frame();
    expect(frame).toContain(text);
    return frame;
  };
  await seen("Found on this machine");
  return { screen, keys: screen.terminal.mockInput, seen };
}

describe("connecting", () => {
  test("begins with what this machine has, then what people use", async () => {
    const { screen } = await open();
    await using _ = screen;
    const frame = await screen.frame();
    expect(frame).toMatch(/Ollama on localhost:11434 +3 models/);
    expect(frame).toMatch(/Popular.*✓ Anthropic +API key/s);
  });

  test("what is found is used at once", async () => {
    const { screen, keys } = await open();
    await using _ = screen;
    keys.pressEnter();
    const { state } = screen.ui.store;
    expect(state.choice.model).toEqual({ providerID: "ollama", modelID: "a" });
    expect(state.facts.providers?.providers.map(({ id }) => id)).toEqual(["ollama"]);
    expect(screen.ui.memory.get("recent")).toEqual([{ providerID: "ollama", modelID: "a" }]);
    expect(screen.ui.dialogs.isOpen).toBe(false);
  });

  test("a key is typed unseen, sent once, and its model chosen", async () => {
    const { screen, keys, seen } = await open();
    await using _ = screen;
    await keys.typeText("OpenAI");
    keys.pressEnter();
    await seen("Log in with the browser");
    keys.pressArrow("down");
    keys.pressEnter();
    await seen("paste the key");
    await keys.typeText("sk secret");
    keys.pressEnter();
    await seen("no key has");
    keys.pressKey("u", { ctrl: true });
    await keys.typeText("sk-secret-1");
    expect(await screen.frame()).not.toContain("secret-1");
    keys.pressEnter();
    await screen.until(() => screen.ui.store.state.choice.model !== undefined);
    const put = screen.sent.filter(({ method }) => method === "PUT");
    expect(put.map(({ path, body }) => [path, body])).toEqual([
      ["/auth/openai", { type: "api", key: "sk-secret-1" }],
    ]);
    expect(screen.ui.store.state.choice.model).toEqual({ providerID: "openai", modelID: "gpt-6" });
    expect(screen.toasts).toEqual(["OpenAI is connected"]);
    expect(screen.ui.dialogs.isOpen).toBe(false);
  });

  test.each([
    [{ verdict: "refused", message: "invalid x-api-key." }, "does not take this key: invalid"],
    [{ verdict: "unknown", message: "no network" }, "could not be asked about this key: no"],
  ] as const)(
    "a key that is not accepted is saved when it is entered again",
    async (said, words) => {
      const asked = Promise.withResolvers<KeyVerdict>();
      const { screen, keys, seen } = await open({ verdict: () => asked.promise });
      await using _ = screen;
      await keys.typeText("OpenAI");
      keys.pressEnter();
      await seen("Log in with the browser");
      keys.pressArrow("down");
      keys.pressEnter();
      await seen("paste the key");
      await keys.typeText("sk-1");
      keys.pressEnter();
      await seen("Asking OpenAI whether it takes the key");
      asked.resolve(said);
      await seen(words);
      expect((await screen.frame()).replaceAll(/[\s│]+/g, " ")).toContain("saves it all the same");
      expect(screen.sent.filter(({ method }) => method === "PUT")).toEqual([]);
      await keys.typeText("2");
      keys.pressEnter();
      await screen.until(
        () => screen.sent.filter(({ path }) => path.endsWith("/check")).length > 1,
      );
      await seen(words);
      keys.pressEnter();
      await screen.until(() => screen.toasts.length > 0);
      const put = screen.sent.filter(({ method }) => method === "PUT");
      expect(put.map(({ body }) => body)).toEqual([{ type: "api", key: "sk-12" }]);
    },
  );

  test("a login shows where to go, and ends by itself", async () => {
    const { screen, keys, seen } = await open();
    await using _ = screen;
    await keys.typeText("copilot");
    keys.pressEnter();
    await screen.until(() => screen.toasts.length > 0);
    expect(screen.toasts).toEqual(["GitHub Copilot is connected"]);
    await seen("Select model");
  });

  test("a login with a code asks for it", async () => {
    const { screen, keys, seen } = await open({ method: "code" });
    await using _ = screen;
    await keys.typeText("copilot");
    keys.pressEnter();
    const frame = await seen("paste the code");
    expect(frame).toContain("https://example.com/login?code=ABCD-1234");
    await keys.typeText("42");
    keys.pressEnter();
    await screen.until(() => screen.toasts.length > 0);
    const finish = screen.sent.find(({ path }) => path.endsWith("/oauth/callback"));
    expect(finish?.body).toEqual({ method: 0, code: "42" });
  });

  test("disconnecting takes the key away", async () => {
    const { screen, keys } = await open();
    await using _ = screen;
    await keys.typeText("anthropic");
    for (let step = 0; step < 5 && !screen.sent.some(({ method }) => method === "DELETE"); step++) {
      keys.pressKey("d", { ctrl: true });
      await screen.frame();
      keys.pressArrow("down");
    }
    expect(screen.sent.find(({ method }) => method === "DELETE")?.path).toBe("/auth/anthropic");
  });
});

test("an address of one's own is asked before it is kept", async () => {
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => {
      const isKnown = request.headers.get("authorization") === "Bearer good";
      if (!isKnown) return new Response("no", { status: 401 });
      return Response.json({ data: [{ id: "one" }, { id: "two" }] });
    },
  });
  const { screen, keys, seen } = await open();
  await using _ = screen;
  await keys.typeText("compatible");
  keys.pressEnter();
  await keys.typeText("not an address");
  keys.pressEnter();
  await seen("That is no address");
  keys.pressKey("u", { ctrl: true });
  await keys.typeText(`http://127.0.0.1:${server.port}/v1/`);
  keys.pressEnter();
  await seen("Key for 127.0.0.1");
  await keys.typeText("bad");
  keys.pressEnter();
  await screen.until(() => true);
  await waitFor(() => screen.frame(), "was answered with 401");
  expect(screen.sent.some(({ method }) => method === "PUT" || method === "PATCH")).toBe(false);
  keys.pressKey("u", { ctrl: true });
  await keys.typeText("good");
  keys.pressEnter();
  await waitFor(async () => screen.sent.map(({ method }) => method).join(" "), "PUT");
  expect(screen.sent.find(({ method }) => method === "PUT")).toMatchObject({
    path: `/auth/127-0-0-1-${server.port}`,
    body: { type: "api", key: "good" },
  });
});

/** What comes over a socket takes its time. */
async function waitFor(read: () => Promise<string>, text: string): Promise<void> {
  // A bound for a machine that is busy, not a time to be met.
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    if ((await read()).includes(text)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`it never said ${text}`);
}
