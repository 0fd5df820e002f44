// Credentials of providers: the kinds that are kept, and how a person logs in.

import { stringEnum, t, type Static } from "@/base/schema";
import { StringMap, Timestamp } from "./primitive";

/**
 * Where the tokens of a login came from. They are renewed there and nowhere else, and sent to
 * `apiOrigins` alone, whatever a configuration says by then. `at` is when, epoch milliseconds.
 */
const OAuthIssue = t.Object({
  tokenURL: t.String(),
  clientID: t.String(),
  apiOrigins: t.Array(t.String()),
  at: Timestamp,
});

/**
 * `expires` is when `access` ends, epoch milliseconds, 0 when that is not known. Tokens without
 * `issued` were brought by somebody: they are used while they last.
 */
export const OAuth = t.Object(
  {
    type: t.Literal("oauth"),
    refresh: t.String(),
    access: t.String(),
    expires: Timestamp,
    accountId: t.Optional(t.String()),
    enterpriseUrl: t.Optional(t.String()),
    issued: t.Optional(OAuthIssue),
  },
  { $id: "OAuth" },
);
export type OAuth = Static<typeof OAuth>;

export const ApiAuth = t.Object(
  { type: t.Literal("api"), key: t.String(), metadata: t.Optional(StringMap) },
  { $id: "ApiAuth" },
);
export type ApiAuth = Static<typeof ApiAuth>;

/** A key that is not kept yet, with what else was asked for. */
export const ApiKey = t.Object(
  { key: t.String({ minLength: 1 }), metadata: t.Optional(StringMap) },
  { $id: "ApiKey" },
);
export type ApiKey = Static<typeof ApiKey>;

/** What a provider says to a key. `unknown` says nothing against it; `message` is for a person. */
export const KeyVerdict = t.Object(
  { verdict: stringEnum(["accepted", "refused", "unknown"]), message: t.Optional(t.String()) },
  { $id: "KeyVerdict" },
);
export type KeyVerdict = Static<typeof KeyVerdict>;

/** A token of an organisation's own host; `key` names the variable it is offered as. */
export const WellKnownAuth = t.Object(
  { type: t.Literal("wellknown"), key: t.String(), token: t.String() },
  { $id: "WellKnownAuth" },
);
export type WellKnownAuth = Static<typeof WellKnownAuth>;

/** One provider's credentials, told apart by `type`. */
export const Auth = t.Union([OAuth, ApiAuth, WellKnownAuth], { $id: "Auth" });
export type Auth = Static<typeof Auth>;

/** Asked only when the answer to the prompt `key` is, or is not, `value`. */
const PromptCondition = t.Object({
  key: t.String(),
  op: stringEnum(["eq", "neq"]),
  value: t.String(),
});

const TextPrompt = t.Object({
  type: t.Literal("text"),
  key: t.String(),
  message: t.String(),
  placeholder: t.Optional(t.String()),
  when: t.Optional(PromptCondition),
});

const SelectPrompt = t.Object({
  type: t.Literal("select"),
  key: t.String(),
  message: t.String(),
  options: t.Array(
    t.Object({ label: t.String(), value: t.String(), hint: t.Optional(t.String()) }),
  ),
  when: t.Optional(PromptCondition),
});

/** One way to log in, with what must be asked first. */
export const ProviderAuthMethod = t.Object(
  {
    type: stringEnum(["oauth", "api"]),
    label: t.String(),
    prompts: t.Optional(t.Array(t.Union([TextPrompt, SelectPrompt]))),
  },
  { $id: "ProviderAuthMethod" },
);
export type ProviderAuthMethod = Static<typeof ProviderAuthMethod>;

/** Where to send the person; with `code` they bring a code back, with `auto` nothing. */
export const ProviderAuthAuthorization = t.Object(
  {
    url: t.String(),
    method: stringEnum(["auto", "code"]),
    instructions: t.String(),
  },
  { $id: "ProviderAuthAuthorization" },
);
export type ProviderAuthAuthorization = Static<typeof ProviderAuthAuthorization>;

/** `method` is the place, from 0, of the way to log in; `inputs` answers its prompts. */
export const OAuthAuthorizeInput = t.Object(
  { method: t.Number(), inputs: t.Optional(StringMap) },
  { $id: "OAuthAuthorizeInput" },
);
export type OAuthAuthorizeInput = Static<typeof OAuthAuthorizeInput>;

export const OAuthCallbackInput = t.Object(
  { method: t.Number(), code: t.Optional(t.String()) },
  { $id: "OAuthCallbackInput" },
);
export type OAuthCallbackInput = Static<typeof OAuthCallbackInput>;
