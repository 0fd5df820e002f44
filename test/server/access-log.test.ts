import { expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestApp, testApp } from "@test/support/test-app";

async function requestLines(t: TestApp): Promise<Record<string, unknown>[]> {
  await t.app.services.log.close();
  const directory = t.app.services.paths.log;
  const names = await readdir(directory);
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), "utf8")));
  const lines = texts.join("").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line)).filter(({ message }) => message === "request");
}

test("each request leaves a line, whatever came of it, with the id of its answer", async () => {
  await using t = await testApp({ listen: { password: "secret" } });
  const { id } = (await t.instance()).sessions.create({ title: "T" });
  const authorization = "Bearer secret";
  const asked: [string, string, number, unknown?][] = [
    ["GET", "/path", 200],
    ["POST", "/log", 200, { service: "s", level: "info", message: "m" }],
    ["POST", "/log", 400, {}],
    ["GET", `/session/${id}`, 200],
    ["DELETE", "/session/ses_unknown", 404],
    ["GET", "/nope", 404],
    ["PUT", "/path", 405, {}],
    ["OPTIONS", "/log", 204],
  ];
  const ids: unknown[] = [];
  for (const [method, path, status, body] of asked) {
    const answer = await t.request(method, `${path}?auth_token=x`, body, { authorization });
    expect(answer.status).toBe(status);
    ids.push(answer.headers.get("x-request-id"));
    if (status >= 400) expect(answer.body).toHaveProperty("data.requestID", ids.at(-1));
  }
  const refused = await t.request("GET", "/path");
  expect(refused.body).toHaveProperty("data.requestID", refused.headers.get("x-request-id"));
  const foreign = await t.request("GET", "/path", undefined, { origin: "http://evil.example" });
  expect(foreign.body).toHaveProperty("data.requestID", foreign.headers.get("x-request-id"));
  const lines = await requestLines(t);
  expect(lines.map(({ method, path, status }) => [method, path, status])).toEqual([
    ...asked.map(([method, path, status]) => [method, path, status]),
    ["GET", "/path", 401],
    ["GET", "/path", 403],
  ]);
  expect(lines.slice(0, asked.length).map((line) => line["id"])).toEqual(ids);
  for (const { ms } of lines) expect(ms).toBeNumber();
});

test("a line shows no credentials and no address of a shared session", async () => {
  await using t = await testApp();
  const { id } = (await t.instance()).sessions.create({ title: "T" });
  const { body } = await t.request("POST", `/session/${id}/share`);
  const { url } = (body as { share: { url: string } }).share;
  const { pathname } = new URL(url);
  await t.request("GET", `${pathname}?auth_token=c2VjcmV0`);
  const text = JSON.stringify(await requestLines(t));
  expect(text).toContain("/share/");
  expect(text).not.toContain(pathname);
  expect(text).not.toContain("c2VjcmV0");
});
