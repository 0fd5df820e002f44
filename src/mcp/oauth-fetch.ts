// What logging in asks of the network: short requests with a time limit and a bound on the answer,
// and only to addresses that a login may have.
import { invalid } from "@/base/error";
import { boundBody } from "./bounded-body";

const REQUEST_TIMEOUT_MS = 15_000;
const ANSWER_MAX_BYTES = 512 * 1024;

/** A fetch for authorization servers; aborts with `signal`. */
export function oauthFetch(signal?: AbortSignal) {
  return async (input: string | URL, init: RequestInit = {}): Promise<Response> => {
    const url = checkLoginURL(new URL(input));
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const signals = [timeout, signal, init.signal].filter((one) => one != null);
    const response = await fetch(url, { ...init, signal: AbortSignal.any(signals) });
    return boundBody(response, { maxBytes: ANSWER_MAX_BYTES });
  };
}

/** AppError invalid for what a browser or we should not be sent to. */
export function checkLoginURL(url: URL): URL {
  if (url.protocol === "https:" || url.protocol === "http:") return url;
  throw invalid(`The login leads to ${url.protocol}, which is no address of the web`);
}
