import { expect, test } from "bun:test";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

test("programs get the document as JSON, whatever else they accept", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  for (const accept of ["*/*", "application/json", "application/json, text/html;q=0.5", ""]) {
    const { body } = await contract.call("doc.get", { headers: { accept } });
    expect(body).toEqual(contract.document);
  }
});

test("a browser gets a page that loads nothing from elsewhere", async () => {
  await using t = await testApp();
  const page = await t.request("GET", "/doc", undefined, { accept: BROWSER });
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/https?:/);
  const links = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link);
  expect(links).toContain("/doc/start.js");
  for (const link of links.filter((one) => one !== "data:,")) {
    const { status, headers, body } = await t.request("GET", link ?? "");
    expect(status, link).toBe(200);
    expect(headers.get("content-type")).toMatch(/^text\/(javascript|css); charset=utf-8$/);
    expect(String(body).length).toBeGreaterThan(50);
  }
  expect((await t.request("GET", "/doc/other.js")).status).toBe(404);
});

test("the page and its files want the password too", async () => {
  await using t = await testApp({ listen: { password: "secret" } });
  for (const path of ["/doc", "/doc/explorer.js"]) {
    expect((await t.request("GET", path, undefined, { accept: BROWSER })).status).toBe(401);
  }
});
