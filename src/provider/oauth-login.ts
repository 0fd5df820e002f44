// What the kinds of login have in common: what each gets, and what a login is once it has begun.
import type { Clock } from "@/base/clock";
import type { ProviderAuthAuthorization } from "@/schema/auth";
import type { OAuthDefinition } from "./oauth-providers";
import type { IssuedTokens } from "./oauth-request";

export interface LoginOptions {
  definition: OAuthDefinition;
  clock: Clock;
  /** Ends the login, with its reason as the outcome. */
  signal: AbortSignal;
  /** Keeps the tokens; the login is done when it resolves. */
  store: (tokens: IssuedTokens) => Promise<void>;
}

export interface StartedLogin {
  authorization: ProviderAuthAuthorization;
  /** Resolves when the tokens are stored, rejects when the login has ended without. */
  done: Promise<void>;
  /** Takes what the person brings, where they may have to; throws why it is not accepted. */
  paste?(text: string): Promise<void>;
}
