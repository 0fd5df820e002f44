// Well-known: what the host of an organisation says under `<address>/.well-known/opencode`: the
// configuration of all its people, and the program by which one of them logs in. Asked within a
// time and a size; who keeps what it says is not known here.
import { invalid, unavailable } from "@/base/error";
import { parse, t, type Static } from "@/base/schema";
import { JSONObject, StringMap } from "@/schema/primitive";
import { checkProviderID } from "./auth-store";
import { isSafeAddress } from "./oauth-providers";

const WellKnown = t.Object({
  config: t.Optional(JSONObject),
  /** More of it elsewhere; `{env:KEY}` in its headers stands for the token. */
  remote_config: t.Optional(t.Object({ url: t.String(), headers: t.Optional(StringMap) })),
  /** Looked at when somebody logs in: what is wrong with it is no fault of the configuration. */
  auth: t.Optional(t.Unknown()),
});
export type WellKnown = Static<typeof WellKnown>;

/** A program, run without a shell, that prints a token; `env` names it in the configuration. */
const WellKnownLogin = t.Object({
  command: t.Array(t.String({ minLength: 1, maxLength: 8_192 }), { minItems: 1, maxItems: 100 }),
  env: t.String({ pattern: "^[A-Za-z_][A-Za-z0-9_]{0,127}$" }),
});
export type WellKnownLogin = Static<typeof WellKnownLogin>;

const ANSWER_MAX_BYTES = 1024 * 1024;

/** An organisation's address as it is stored; undefined for what is no address at all. */
export function organisationAddress(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text.trim())) return undefined;
  const url = URL.parse(text.trim());
  if (url === null || url.username !== "" || url.search !== "" || url.hash !== "") {
    throw invalid(`"${text}" is no address of an organisation: write https://host`);
  }
  if (isSafeAddress(url.href)) return checkProviderID(url.href);
  throw invalid(`${url.href}: an organisation's address is an https: one, or of this machine`);
}

/** What the host says. AppError unavailable when it does not answer, or with something else. */
export async function fetchWellKnown(address: string, signal: AbortSignal): Promise<WellKnown> {
  const url = `${address}/.well-known/opencode`;
  return parse(WellKnown, await fetchJSON(url, signal), url);
}

/** How one logs in there. AppError invalid when the host does not say, or not rightly. */
export function wellKnownLogin(address: string, { auth }: WellKnown): WellKnownLogin {
  const url = `${address}/.well-known/opencode`;
  if (auth === undefined) throw invalid(`${url} says nothing of a login: there is no "auth" in it`);
  return parse(t.Object({ auth: WellKnownLogin }), { auth }, url).auth;
}

export async function fetchJSON(
  url: string,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const response = await fetch(url, { signal, headers });
  if (!response.ok) throw unavailable(`${url}: the server answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > ANSWER_MAX_BYTES) throw unavailable(`${url}: the answer is too large`);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    throw unavailable(`${url}: the answer is no JSON; is it a page to log in?`, { url }, error);
  }
}
