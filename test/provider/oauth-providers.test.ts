import { expect, test } from "bun:test";
import {
  findClientSecret,
  getOAuthDefinition,
  isSafeAddress,
  listOAuthChoices,
  type OAuthType,
} from "@/provider/oauth-providers";
import type { ProviderOAuthConfig } from "@/schema/config";

const ENDPOINTS = {
  authorizationURL: "https://a.example/authorize",
  tokenURL: "https://a.example/token",
  clientID: "c",
};

function configured(oauth: ProviderOAuthConfig, id = "acme", sources = {}) {
  return { config: { provider: { [id]: { options: { oauth } } } }, sources };
}

const labels = (oauth: ProviderOAuthConfig, id?: string) =>
  listOAuthChoices(id ?? "acme", configured(oauth, id)).map(({ type, label }) => [type, label]);

const define = (oauth: ProviderOAuthConfig, type: OAuthType = "code", id = "acme") =>
  getOAuthDefinition(id, type, configured(oauth, id));

test("each flow whose address is given is offered, or the one that is named", () => {
  const deviceAuthorizationURL = "https://a.example/device";
  expect(labels(ENDPOINTS)).toEqual([["code", "Log in with the browser"]]);
  expect(labels({ ...ENDPOINTS, deviceAuthorizationURL, label: "Acme" })).toEqual([
    ["code", "Acme (browser)"],
    ["device", "Acme (device)"],
  ]);
  expect(labels({ ...ENDPOINTS, deviceAuthorizationURL, type: "device", label: "Acme" })).toEqual([
    ["device", "Acme"],
  ]);
  expect(listOAuthChoices("acme", { config: {}, sources: {} })).toEqual([]);
  expect(listOAuthChoices("constructor", { config: { provider: {} }, sources: {} })).toEqual([]);
});

test("what is missing or unsafe is named by its key", () => {
  const fault = (changes: ProviderOAuthConfig, type?: OAuthType) => () =>
    define({ ...ENDPOINTS, ...changes }, type, "my.host");
  const key = 'provider["my.host"].options.oauth';
  expect(fault({ clientID: "" })).toThrow(`${key}.clientID is missing`);
  expect(fault({}, "device")).toThrow(`${key}.deviceAuthorizationURL is missing`);
  for (const tokenURL of ["http://a.example/token", "https://u:p@a.example/", "file:///x", "x"]) {
    expect(fault({ tokenURL })).toThrow(`${key}.tokenURL must be an https: address`);
  }
});

test("secrets may go where they are encrypted, or stay on this machine", () => {
  for (const address of ["https://a.example", "http://127.0.0.1:1/x", "http://[::1]/"]) {
    expect(isSafeAddress(address)).toBe(true);
  }
  for (const address of ["http://127.0.0.1.evil.example/", "javascript:alert(1)", ""]) {
    expect(isSafeAddress(address)).toBe(false);
  }
});

test("what a provider publishes needs a client only, and is not mixed with other addresses", () => {
  const id = "huggingface";
  expect(listOAuthChoices(id, { config: {}, sources: {} })).toEqual([]);
  expect(labels({ clientID: "c" }, id)).toEqual([["code", "Log in with the browser"]]);
  expect(define({ clientID: "c", redirectPort: 4000 }, "code", id)).toMatchObject({
    startURL: "https://huggingface.co/oauth/authorize",
    tokenURL: "https://huggingface.co/oauth/token",
    redirectPort: 4000,
  });
  expect(() => define({ clientID: "c", tokenURL: ENDPOINTS.tokenURL }, "code", id)).toThrow(
    "authorizationURL is missing",
  );
});

test("a login of several files is refused", () => {
  const sources = {
    "provider.acme.options.oauth.clientID": "/home/opencode.json",
    "provider.acme.options.oauth.tokenURL": "/project/opencode.json",
    "provider.acme.options.oauthX.y": "/elsewhere",
  };
  expect(() => getOAuthDefinition("acme", "code", configured(ENDPOINTS, "acme", sources))).toThrow(
    "put together from /home/opencode.json and /project/opencode.json",
  );
});

test("a client's secret is found for the client and the server that it belongs to", () => {
  const { config } = configured({ ...ENDPOINTS, clientSecret: "s" });
  const issued = { tokenURL: ENDPOINTS.tokenURL, clientID: "c" };
  expect(findClientSecret("acme", issued, config)).toBe("s");
  expect(findClientSecret("acme", { ...issued, clientID: "d" }, config)).toBeUndefined();
  const other = { ...issued, tokenURL: "https://b.example/token" };
  expect(findClientSecret("acme", other, config)).toBeUndefined();
  expect(findClientSecret("beta", issued, config)).toBeUndefined();
});
