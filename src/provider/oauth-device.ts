// The device flow (RFC 8628): the person confirms a short code in a browser anywhere, and we ask
// until they have, as often as the authorization server lets us and not longer than the code lasts.
import { AppError, unavailable } from "@/base/error";
import type { LoginOptions, StartedLogin } from "./oauth-login";
import { isSafeAddress } from "./oauth-providers";
import {
  cleanWords,
  isToken,
  OAuthRefusal,
  readTokens,
  refusal,
  requestOAuth,
} from "./oauth-request";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const INTERVAL_SECONDS = 5;
const INTERVAL_MAX_SECONDS = 60;
/** What is added whenever the server finds us too fast. */
const SLOWER_SECONDS = 5;
/** Of a code that says nothing, or too much. */
const LIFE_MAX_SECONDS = 1_800;
const USER_CODE_MAX_CHARACTERS = 64;
const PASSING: readonly string[] = ["slow_down", "server_error", "temporarily_unavailable"];

interface DeviceCode {
  deviceCode: string;
  userCode: string;
  url: string;
  intervalSeconds: number;
  /** Epoch milliseconds. */
  ends: number;
}

/** Asks for a code and waits for its confirmation from then on. */
export async function startDeviceLogin(options: LoginOptions): Promise<StartedLogin> {
  const code = await requestCode(options);
  const instructions =
    `Open the address in any browser and confirm the code ${code.userCode}. ` +
    "Go on only if the page shows that very code.";
  return {
    authorization: { url: code.url, method: "auto", instructions },
    done: pollUntilDone(code, options),
  };
}

async function requestCode({ definition, clock, signal }: LoginOptions): Promise<DeviceCode> {
  const { startURL, clientID, clientSecret, scopes } = definition;
  const form = {
    client_id: clientID,
    client_secret: clientSecret,
    scope: scopes.length > 0 ? scopes.join(" ") : undefined,
  };
  const asked = clock.now();
  const answer = await requestOAuth({ url: startURL, form, signal });
  const url = [
    answer["verification_uri_complete"],
    answer["verification_uri"],
    answer["verification_url"], // as some wrote it before there was a standard
  ].find((value) => typeof value === "string" && isSafeAddress(value));
  const { device_code: deviceCode, user_code: said } = answer;
  const userCode = typeof said === "string" ? cleanWords(said, {}) : "";
  const isCode = userCode !== "" && userCode.length <= USER_CODE_MAX_CHARACTERS;
  if (typeof url !== "string" || !isToken(deviceCode) || !isCode) {
    throw unavailable("The authorization server gave no code that could be confirmed");
  }
  const lifeSeconds = positive(answer["expires_in"], LIFE_MAX_SECONDS, LIFE_MAX_SECONDS);
  return {
    deviceCode,
    userCode,
    url,
    intervalSeconds: positive(answer["interval"], INTERVAL_SECONDS, INTERVAL_MAX_SECONDS),
    ends: asked + lifeSeconds * 1_000,
  };
}

async function pollUntilDone(code: DeviceCode, options: LoginOptions): Promise<void> {
  const { clock, signal, store } = options;
  let { intervalSeconds } = code;
  for (;;) {
    const waitMs = Math.min(intervalSeconds * 1_000, code.ends - clock.now());
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    if (clock.now() >= code.ends) throw refusal("expired_token", undefined);
    const answer = await poll(code, options);
    if (typeof answer === "object") return store(readTokens(answer, clock.now()));
    if (answer === "slower") intervalSeconds += SLOWER_SECONDS;
  }
}

/** Asks once. Throws when the login has failed for good. */
async function poll(
  { deviceCode }: DeviceCode,
  { definition, signal }: LoginOptions,
): Promise<Record<string, unknown> | "pending" | "slower"> {
  const form = {
    grant_type: GRANT,
    device_code: deviceCode,
    client_id: definition.clientID,
    client_secret: definition.clientSecret,
  };
  try {
    return await requestOAuth({ url: definition.tokenURL, form, signal });
  } catch (error) {
    if (error instanceof OAuthRefusal && error.code === "authorization_pending") return "pending";
    if (mayPass(error)) return "slower";
    throw error;
  }
}

/** A failure of the network or the server that may be over next time. */
function mayPass(error: unknown): boolean {
  if (error instanceof AppError) return error.kind === "unavailable";
  return error instanceof OAuthRefusal && PASSING.includes(error.code);
}

function positive(value: unknown, standard: number, max: number): number {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) && number > 0 ? Math.min(number, max) : standard;
}
