// OAuth providers: how people log in to which provider, from a table of what providers publish and
// from the configuration. No client is registered for this program anywhere, so each entry of the
// table waits for a client id of the person's own. Pure; a definition that cannot work is told to
// whoever wants to log in by it.
import { invalid } from "@/base/error";
import type { ProviderOAuthConfig } from "@/schema/config";
import { formatKeyPath } from "@/config/key-path";
import type { LoadedConfig } from "@/config/load";

export type OAuthType = "code" | "device";

/** A login that can begin. */
export interface OAuthDefinition {
  providerID: string;
  type: OAuthType;
  /** Of the authorization endpoint, or of the device authorization endpoint. */
  startURL: string;
  tokenURL: string;
  clientID: string;
  clientSecret?: string;
  scopes: readonly string[];
  /** On 127.0.0.1; any free one without it. */
  redirectPort?: number;
  /** The file or variable that says so. */
  origin?: string;
}

/** A way to log in as people choose it. */
export interface OAuthChoice {
  type: OAuthType;
  label: string;
}

interface Endpoints {
  authorizationURL?: string | undefined;
  deviceAuthorizationURL?: string | undefined;
  tokenURL?: string | undefined;
  scopes?: readonly string[] | undefined;
}

/** What providers publish for clients that anybody may register. */
const PUBLISHED: Readonly<Record<string, Endpoints>> = {
  huggingface: {
    authorizationURL: "https://huggingface.co/oauth/authorize",
    tokenURL: "https://huggingface.co/oauth/token",
    scopes: ["openid", "profile", "inference-api"],
  },
};

const LABELS: Readonly<Record<OAuthType, string>> = {
  code: "Log in with the browser",
  device: "Log in with a code on any device",
};
const LOOPBACK: readonly string[] = ["127.0.0.1", "localhost", "[::1]"];

type Configuration = Pick<LoadedConfig, "config" | "sources">;

/** The ways that are offered for a provider; none when nobody has set one up. */
export function listOAuthChoices(providerID: string, { config }: Configuration): OAuthChoice[] {
  const own = findOwn(providerID, config);
  if (own === undefined) return [];
  const types = typesOf(own, endpointsOf(providerID, own));
  const several = types.length > 1;
  return types.map((type) => {
    if (own.label === undefined) return { type, label: LABELS[type] };
    const how = type === "code" ? "browser" : "device";
    return { type, label: several ? `${own.label} (${how})` : own.label };
  });
}

/** The login of this type. AppError invalid names the key that is missing or wrong. */
export function getOAuthDefinition(
  providerID: string,
  type: OAuthType,
  configuration: Configuration,
): OAuthDefinition {
  const own = findOwn(providerID, configuration.config) ?? {};
  const key = formatKeyPath(["provider", providerID, "options", "oauth"]);
  const origin = singleOrigin(key, configuration.sources);
  const endpoints = endpointsOf(providerID, own);
  const startKey = type === "code" ? "authorizationURL" : "deviceAuthorizationURL";
  const { clientID, clientSecret, redirectPort } = own;
  if (!clientID) throw invalid(`${key}.clientID is missing: register a client at the provider`);
  return {
    providerID,
    type,
    startURL: checkAddress(`${key}.${startKey}`, endpoints[startKey]),
    tokenURL: checkAddress(`${key}.tokenURL`, endpoints.tokenURL),
    clientID,
    scopes: own.scopes ?? endpoints.scopes ?? [],
    ...(clientSecret ? { clientSecret } : {}),
    ...(redirectPort === undefined ? {} : { redirectPort }),
    ...(origin === undefined ? {} : { origin }),
  };
}

/** The secret of the client that got tokens at `tokenURL`, where the configuration has it. */
export function findClientSecret(
  providerID: string,
  issued: { tokenURL: string; clientID: string },
  config: Configuration["config"],
): string | undefined {
  const own = findOwn(providerID, config);
  if (own === undefined || own.clientID !== issued.clientID) return undefined;
  const { tokenURL } = endpointsOf(providerID, own);
  return tokenURL === issued.tokenURL ? own.clientSecret : undefined;
}

/** Whether a secret may be sent there: encrypted, or not leaving this machine. */
export function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.includes(hostname));
}

function findOwn(
  providerID: string,
  { provider = {} }: Configuration["config"],
): ProviderOAuthConfig | undefined {
  return Object.hasOwn(provider, providerID) ? provider[providerID]?.options?.oauth : undefined;
}

/** All of them the configuration's or all the table's, so that none is slipped in between. */
function endpointsOf(providerID: string, own: ProviderOAuthConfig): Endpoints {
  const isOwn = own.tokenURL ?? own.authorizationURL ?? own.deviceAuthorizationURL;
  if (isOwn !== undefined) return own;
  return Object.hasOwn(PUBLISHED, providerID) ? (PUBLISHED[providerID] ?? {}) : {};
}

function typesOf({ type }: ProviderOAuthConfig, endpoints: Endpoints): OAuthType[] {
  if (type !== undefined) return [type];
  const types: OAuthType[] = [
    ...(endpoints.authorizationURL === undefined ? [] : ["code" as const]),
    ...(endpoints.deviceAuthorizationURL === undefined ? [] : ["device" as const]),
  ];
  return types.length > 0 ? types : ["code"];
}

/**
 * Who could change the token endpoint alone would get the codes of a login that looks right to the
 * person. So the definition is one file's, which the person is told of, or it is none.
 */
function singleOrigin(key: string, sources: Configuration["sources"]): string | undefined {
  const found = Object.entries(sources)
    .filter(([path]) => path.startsWith(`${key}.`))
    .map(([, origin]) => origin);
  const [first, second] = new Set(found);
  if (second === undefined) return first;
  throw invalid(
    `${key} is put together from ${first} and ${second}: a login must stand in one file as a ` +
      "whole. Remove it from one of them",
  );
}

function checkAddress(key: string, address: string | undefined): string {
  if (address === undefined) throw invalid(`${key} is missing: give the address of the provider`);
  if (isSafeAddress(address)) return address;
  throw invalid(`${key} must be an https: address, or an http: address of this machine`);
}
