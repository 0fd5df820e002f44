// The environment, and connections to this machine, which no proxy sees.
import { expect, test } from "bun:test";
import { experimentalFlag, flag } from "@/base/env";
import { runProcess } from "@/base/process";

test("1 and true are on, everything else is off", () => {
  const env = { A: "1", B: "TRUE", C: "0", D: "yes", E: "" };
  expect(["A", "B", "C", "D", "E", "F"].map((name) => flag(env, name))).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test("what is experimental is on with all of it, unless it is said by itself", () => {
  const on = { OPENCODE_EXPERIMENTAL: "1" };
  expect(experimentalFlag(on, "A")).toBe(true);
  expect(experimentalFlag({ ...on, A: "0" }, "A")).toBe(false);
  expect(experimentalFlag({ A: "true" }, "A")).toBe(true);
  expect(experimentalFlag({}, "A")).toBe(false);
});

test("a loopback request goes past the proxy, others go through it", async () => {
  using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("direct") });
  using proxy = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("proxy") });
  const script = `
    import { keepLoopbackDirect, readEnv } from "@/base/env";
    const env = readEnv();
    keepLoopbackDirect();
    const ask = async (url) => (await fetch(url)).text();
    const answers = [await ask("http://127.0.0.1:${server.port}"), await ask("http://host.invalid/")];
    console.log(JSON.stringify([...answers, env.NO_PROXY ?? null]));`;
  const result = await runProcess([process.execPath, "-e", script], {
    cwd: new URL("../..", import.meta.url).pathname,
    env: { PATH: process.env["PATH"], HTTP_PROXY: `http://127.0.0.1:${proxy.port}` },
  });
  expect(JSON.parse(result.stdout)).toEqual(["direct", "proxy", null]);
});
