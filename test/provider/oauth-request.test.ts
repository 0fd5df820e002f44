import { expect, test } from "bun:test";
import { OAuthRefusal, readTokens, refusal, requestOAuth } from "@/provider/oauth-request";

const FORM = { grant_type: "refresh_token", client_id: "client", refresh_token: "very-secret" };

async function asked(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  try {
    return await requestOAuth({ url: `http://127.0.0.1:${server.port}/token`, form: FORM });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await server.stop(true);
  }
}

test("a form is sent, and its answer is an object", async () => {
  const sent = Promise.withResolvers<[string | null, string]>();
  const answer = await asked(async (request) => {
    sent.resolve([request.headers.get("content-type"), await request.text()]);
    return Response.json({ access_token: "a" });
  });
  expect(answer).toEqual({ access_token: "a" });
  const [type, body] = await sent.promise;
  expect(type).toStartWith("application/x-www-form-urlencoded");
  expect(body).toBe(new URLSearchParams(FORM).toString());
});

test("a refusal is one with any status, told without what was sent in confidence", async () => {
  for (const status of [200, 400, 401]) {
    const error = await asked(() =>
      Response.json(
        { error: "invalid_grant", error_description: "very-secret of client\n\u001b[31m is old" },
        { status },
      ),
    );
    expect(error).toBeInstanceOf(OAuthRefusal);
    expect(error).toMatchObject({
      code: "invalid_grant",
      message:
        "the code or the login is not valid any more: [hidden] of client [31m is old " +
        "(invalid_grant)",
    });
  }
  expect(refusal("odd_error", undefined).message).toBe("odd_error");
});

test("redirects are not followed: they would carry the form elsewhere", async () => {
  const paths: string[] = [];
  const error = await asked((request) => {
    const { pathname } = new URL(request.url);
    paths.push(pathname);
    return new Response(null, { status: 307, headers: { location: "/other" } });
  });
  expect([error instanceof Error, paths]).toEqual([true, ["/token"]]);
});

test("what is no answer is told as such", async () => {
  const message = async (answer: () => Response) => String(await asked(answer));
  expect(await message(() => new Response("<html>"))).toContain("its answer is not JSON");
  expect(await message(() => new Response("oops", { status: 502 }))).toContain("status 502");
  expect(await message(() => new Response("x".repeat(300 * 1024)))).toContain("is larger than");
  expect(await message(() => Response.json([1]))).toContain("is not JSON");
});

test("an abort ends the request with its reason", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const controller = new AbortController();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async () => {
      resolve();
      return new Promise<Response>(() => {});
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  const asking = requestOAuth({ url, form: FORM, signal: controller.signal });
  const thrown = asking.catch((error: unknown) => error);
  await promise;
  const reason = new Error("the person gave up");
  controller.abort(reason);
  expect(await thrown).toBe(reason);
  await server.stop(true);
});

test("tokens must be usable in a header, and their time is bounded", () => {
  const now = 1_000;
  const tokens = { access_token: "a", token_type: "bearer", refresh_token: "r" };
  expect(readTokens({ ...tokens, expires_in: 60 }, now)).toEqual({
    access: "a",
    refresh: "r",
    expires: 61_000,
  });
  expect(readTokens({ ...tokens, expires_in: "60" }, now).expires).toBe(61_000);
  expect(readTokens({ ...tokens, expires_in: -5 }, now).expires).toBe(now);
  for (const expires_in of [undefined, null, "soon", 1e300, Infinity]) {
    const { expires } = readTokens({ ...tokens, expires_in }, now);
    expect([0, now]).toContain(expires);
  }
  expect(readTokens({ access_token: "a", refresh_token: "r\n" }, now)).toEqual({
    access: "a",
    expires: 0,
  });
  for (const access_token of [undefined, "", "a b", "a\r\nx: y", 5, "x".repeat(70_000)]) {
    expect(() => readTokens({ access_token }, now)).toThrow("no usable access token");
  }
  expect(() => readTokens({ ...tokens, token_type: "mac" }, now)).toThrow("tokens of type mac");
});
