import { expect, test } from "bun:test";
import { Contract, fillPath } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

test("OPTIONS tells which methods a path takes, also without a password", async () => {
  await using t = await testApp({ listen: { password: "secret" } });
  const options = (path: string) => t.request("OPTIONS", path);
  const session = await options("/session/ses_1");
  expect(session.status).toBe(204);
  expect(session.body).toBeUndefined();
  expect(session.headers.get("allow")).toBe("DELETE, GET, HEAD, PATCH, OPTIONS");
  expect((await options("/log")).headers.get("allow")).toBe("POST, OPTIONS");
  const unknown = await options("/nope");
  expect(unknown.status).toBe(404);
  expect(unknown.body).toMatchObject({ name: "NotFoundError" });
});

test("HEAD is answered wherever GET is, with the headers and no body", async () => {
  await using t = await testApp();
  const { operations } = await Contract.of(t);
  for (const { id, method, path } of operations) {
    if (method !== "get" || path.includes("{")) continue;
    const head = await t.request("HEAD", fillPath(path, {}));
    expect([200, 400], id).toContain(head.status);
    expect(head.body, id).toBeUndefined();
  }
});
