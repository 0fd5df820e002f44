import { expect, test } from "bun:test";
import type { ProviderList } from "@/schema/provider";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("all providers are listed, and which of them are connected", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { body } = await contract.call("provider.list");
  const { all, connected, default: defaults } = body as ProviderList;
  expect(all.length).toBeGreaterThan(100);
  expect(connected).toEqual(["scripted"]);
  expect(defaults["scripted"]).toBe("main");
  // Several megabytes are held against the document.
}, 20_000);

test("each provider tells how to log in", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const { body } = await contract.call("provider.auth");
  expect(body).toMatchObject({ openai: [{ type: "api" }] });
});
