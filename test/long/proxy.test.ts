// Proxies and authorities of one's own, as the environment names them, on the executable: a real
// forward proxy and a real TLS server on this machine, under a name that only the proxy knows.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { canCertify, type Certificates, certificatesFor } from "@test/support/certificates";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { type Ended, ExecutableHome } from "@test/support/executable-home";
import { ForwardProxy, frontAt, secureFront } from "@test/support/forward-proxy";
import { type ScriptedModel, scriptedModel } from "@test/support/scripted-model/scripted-model";

setDefaultTimeout(180_000);

const HOST = "models.example.test";

let executable: Executable;
let certificates: Certificates | undefined;
beforeAll(async () => {
  executable = await openExecutable();
  if (canCertify) certificates = await certificatesFor(HOST);
}, BUILD_LIMIT_MS);
afterAll(async () => {
  await executable[Symbol.asyncDispose]();
  await certificates?.[Symbol.asyncDispose]();
});

/** Runs a prompt against the model under this address, with one environment. */
async function run(
  model: ScriptedModel,
  origin: string,
  env: Record<string, string>,
): Promise<Ended> {
  const config = model.config();
  const base = model.baseURL.replace(model.url, origin);
  const text = JSON.stringify(config).replaceAll(model.baseURL, base);
  await using home = await ExecutableHome.open(executable.path, { config: JSON.parse(text) });
  return await home.run(["run", "go"], { env });
}

function answering(): ScriptedModel {
  return scriptedModel({ turns: Array.from({ length: 9 }, () => ({ text: "I am here." })) });
}

describe.skipIf(!canCertify)("TLS", () => {
  async function secured(
    env: (proxy: ForwardProxy, ca: string) => Record<string, string>,
    refusal?: number,
  ) {
    if (!certificates) throw new Error("unreachable");
    await using model = answering();
    await using front = secureFront(model.url, certificates);
    await using proxy = new ForwardProxy({
      routes: { [`${HOST}:443`]: front.port },
      ...(refusal && { refusal }),
    });
    const ended = await run(model, `https://${HOST}`, env(proxy, certificates.authorityFile));
    return { ...ended, proxy, requests: model.requests.length };
  }

  test.each(["HTTPS_PROXY", "https_proxy"])("%s and NODE_EXTRA_CA_CERTS", async (name) => {
    const { exitCode, stdout, stderr, proxy, requests } = await secured(({ url }, ca) => ({
      [name]: url,
      NODE_EXTRA_CA_CERTS: ca,
    }));
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).toContain("I am here.");
    expect(requests).toBe(1);
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${HOST}:443`]));
  });

  test("a proxy's user and password", async () => {
    const { exitCode, proxy } = await secured(({ port }, ca) => ({
      HTTPS_PROXY: `http://ada:s%40fe@127.0.0.1:${port}`,
      NODE_EXTRA_CA_CERTS: ca,
    }));
    expect(exitCode).toBe(0);
    const sent = `Basic ${Buffer.from("ada:s@fe").toString("base64")}`;
    expect(new Set(proxy.credentials)).toEqual(new Set([sent]));
  });

  test("without the authority it is not trusted, and it is said what to do", async () => {
    const { exitCode, stdout, stderr, requests } = await secured(({ url }) => ({
      HTTPS_PROXY: url,
    }));
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain("NODE_EXTRA_CA_CERTS");
    expect(requests).toBe(0);
  });
});

test("HTTP_PROXY", async () => {
  await using model = answering();
  const routes = { [`${HOST}:80`]: Number(new URL(model.url).port) };
  await using proxy = new ForwardProxy({ routes });
  const { exitCode, stdout } = await run(model, `http://${HOST}`, { HTTP_PROXY: proxy.url });
  expect(exitCode).toBe(0);
  expect(stdout).toContain("I am here.");
  expect(new Set(proxy.asked)).toEqual(new Set([`POST http://${HOST}`]));
});

test.each(["NO_PROXY", "no_proxy"])("%s", async (name) => {
  await using model = answering();
  // An address of this machine that is not among those which are never sent through a proxy.
  const host = "127.0.0.2";
  await using front = frontAt(host, model.url);
  const origin = `http://${host}:${front.port}`;
  await using proxy = new ForwardProxy({ routes: { [`${host}:${front.port}`]: front.port } });
  const env = { HTTP_PROXY: proxy.url, [name]: `intranet.example.test,${host}` };
  expect((await run(model, origin, env)).exitCode).toBe(0);
  expect(proxy.asked).toEqual([]);
});

test("an address of the network goes through the proxy, also one of this machine's", async () => {
  await using model = answering();
  const port = Number(new URL(model.url).port);
  await using proxy = new ForwardProxy({ routes: { [`127.0.0.2:${port}`]: port } });
  const env = { HTTP_PROXY: proxy.url };
  expect((await run(model, `http://127.0.0.2:${port}`, env)).exitCode).toBe(0);
  expect(proxy.asked).not.toEqual([]);
});

test("this machine is reached without a proxy, whatever is set", async () => {
  await using model = answering();
  await using proxy = new ForwardProxy({ routes: {}, refusal: 502 });
  const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: "intranet.example.test" };
  const { exitCode } = await run(model, model.url, env);
  expect(exitCode).toBe(0);
  expect(proxy.asked).toEqual([]);
});
