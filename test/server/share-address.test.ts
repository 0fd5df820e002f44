import { expect, test } from "bun:test";
import type { Session } from "@/schema/session";
import {
  hideShare,
  isSharedAs,
  isShareRequest,
  isShareVisit,
  originOf,
  shareAddress,
} from "@/server/share-address";

const session: Session = {
  ...{ id: "ses_1", slug: "a-b", projectID: "p", directory: "/", title: "t", version: "1" },
  time: { created: 1, updated: 1 },
};

test("each session gets a secret of its own, which it keeps", () => {
  const url = shareAddress("http://localhost:1", session);
  expect(url).toMatch(/^http:\/\/localhost:1\/share\/ses_1-[\w-]{24}$/);
  expect(shareAddress("http://localhost:1", session)).not.toBe(url);
  const shared = { ...session, share: { url } };
  expect(shareAddress("https://box.lan", shared)).toBe(
    url.replace("http://localhost:1", "https://box.lan"),
  );
  const shareID = url.slice(url.lastIndexOf("/") + 1);
  expect(isSharedAs(shared, shareID)).toBe(true);
  expect(isSharedAs(session, shareID)).toBe(false);
  expect(isSharedAs(shared, `ses_2${shareID.slice(5)}`)).toBe(false);
  expect(isSharedAs(shared, `${shareID.slice(0, -1)}é`)).toBe(false);
});

test("only reading one address is a reader's request", () => {
  const is = (url: string, method = "GET") => isShareRequest(new Request(url, { method }));
  expect(is("http://localhost:1/share/ses_1-x")).toBe(true);
  expect(is("http://[::1]:1/share/ses_1-x?after=1", "HEAD")).toBe(true);
  for (const path of [
    "share",
    "share/",
    "share/x/y",
    "session/share/x",
    "?a=/share/x",
    "#/share/x",
  ]) {
    expect(is(`http://localhost/${path}`), path).toBe(false);
  }
  expect(is("http://localhost/share/x", "POST")).toBe(false);
  const headers = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  const visit = (url: string) => isShareVisit(new Request(url, { headers }));
  expect(visit("http://localhost/share/x")).toBe(true);
  expect(visit("http://localhost/session")).toBe(false);
});

test("a path is written down without its secret", () => {
  expect(hideShare("/share/ses_1-secret")).toBe("/share/[secret]");
  expect(hideShare("//share//secret/x")).toBe("//share//[secret]");
  expect(hideShare("/session/ses_1/share")).toBe("/session/ses_1/share");
});

test("the origin is the one that the client reached, else where the server listens", () => {
  const asked = (headers: Record<string, string>) => {
    return originOf(new Request("http://localhost/session", { headers }), null);
  };
  expect(asked({ host: "box.lan:4096" })).toBe("http://box.lan:4096");
  expect(asked({ host: "box.lan", "x-forwarded-proto": "https" })).toBe("https://box.lan");
  const inMemory = new Request("http://localhost/session");
  const listening = (url: string) => originOf(inMemory, { url: new URL(url) });
  expect(listening("http://127.0.0.1:4096/")).toBe("http://127.0.0.1:4096");
  expect(listening("http://0.0.0.0:4096/")).toBe("http://localhost:4096");
  expect(() => originOf(inMemory, null)).toThrow("opencode serve");
});
