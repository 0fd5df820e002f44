// The authorization code flow (RFC 6749) with PKCE (RFC 7636): a person allows it in a browser,
// which brings the code to our loopback address; where it cannot, the person pastes it. Only who
// began the login can use the code.
import { createHash, randomBytes } from "node:crypto";
import { assert } from "@/base/assert";
import { AppError } from "@/base/error";
import type { LoginOptions, StartedLogin } from "./oauth-login";
import {
  listenForRedirect,
  readRedirect,
  redirectURL,
  type RedirectAnswer,
} from "./oauth-redirect";
import { type IssuedTokens, readTokens, requestOAuth } from "./oauth-request";

const SECRET_BYTES = 32;
const CODE_MAX_CHARACTERS = 16 * 1024;

export class CodeLogin implements StartedLogin {
  readonly authorization: StartedLogin["authorization"];
  readonly #options: LoginOptions;
  readonly #state = randomBytes(SECRET_BYTES).toString("base64url");
  readonly #verifier = randomBytes(SECRET_BYTES).toString("base64url");
  readonly #redirect: string;
  readonly #done = Promise.withResolvers<void>();
  /** Set while a code is being exchanged, and when it has been. */
  #exchange: Promise<void> | undefined;

  /** `isElsewhere`: the browser cannot reach this machine, so the code must be pasted. */
  constructor(options: LoginOptions, isElsewhere: boolean) {
    this.#options = options;
    const { redirectPort: port } = options.definition;
    const finish = (answer: RedirectAnswer) => this.#onRedirect(answer);
    const listener = listenForRedirect({ port, state: this.#state, finish });
    assert(listener ?? port, "a free port can be listened on");
    this.#redirect = listener?.url ?? redirectURL(port ?? 0);
    const close = () => listener?.close();
    // Also when nobody waits for it.
    this.#done.promise.then(close, close);
    const { signal } = options;
    signal.addEventListener("abort", () => this.#done.reject(signal.reason), { once: true });
    this.authorization = this.#authorize(listener !== undefined && !isElsewhere);
  }

  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** A code that is refused may be given again; so may be mistyped. */
  async paste(text: string): Promise<void> {
    const answer = readPasted(text, this.#state);
    if ("error" in answer) throw answer.error;
    await this.#finish(answer.code);
  }

  async #onRedirect(answer: RedirectAnswer): Promise<void> {
    try {
      if ("error" in answer) throw answer.error;
      await this.#finish(answer.code);
    } catch (error) {
      this.#done.reject(error);
      throw error;
    }
  }

  /** One exchange at a time: a code that comes twice would end what the first has brought. */
  #finish(code: string): Promise<void> {
    this.#exchange ??= this.#exchangeCode(code).catch((error: unknown) => {
      this.#exchange = undefined;
      throw error;
    });
    return this.#exchange;
  }

  async #exchangeCode(code: string): Promise<void> {
    const { signal, store } = this.#options;
    signal.throwIfAborted();
    const tokens = await this.#requestTokens(code);
    signal.throwIfAborted();
    await store(tokens);
    this.#done.resolve();
  }

  async #requestTokens(code: string): Promise<IssuedTokens> {
    const { clock, definition, signal } = this.#options;
    const answer = await requestOAuth({
      url: definition.tokenURL,
      form: {
        grant_type: "authorization_code",
        code,
        redirect_uri: this.#redirect,
        client_id: definition.clientID,
        client_secret: definition.clientSecret,
        code_verifier: this.#verifier,
      },
      signal,
    });
    return readTokens(answer, clock.now());
  }

  #authorize(isAuto: boolean): StartedLogin["authorization"] {
    const { definition } = this.#options;
    const url = new URL(definition.startURL);
    const challenge = createHash("sha256").update(this.#verifier).digest("base64url");
    const params: Record<string, string> = {
      response_type: "code",
      client_id: definition.clientID,
      redirect_uri: this.#redirect,
      state: this.#state,
      code_challenge: challenge,
      code_challenge_method: "S256",
      ...(definition.scopes.length > 0 ? { scope: definition.scopes.join(" ") } : {}),
    };
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
    const instructions = isAuto
      ? "Open the address in a browser on this machine and allow the login."
      : "Open the address in a browser and allow the login. It then leads to a page that cannot " +
        "be shown: paste its whole address, or the code that is in it.";
    return { url: url.href, method: isAuto ? "auto" : "code", instructions };
  }
}

/** People paste the code, or the address that the browser shows. */
function readPasted(pasted: string, state: string): RedirectAnswer {
  const text = pasted.trim();
  const isCode = /^[\x21-\x7e]+$/.test(text) && text.length <= CODE_MAX_CHARACTERS;
  if (!isCode) throw wrongCode("This is no code of a login: paste it whole, in one line");
  const url = /^https?:/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return { code: text };
  if (url.searchParams.get("state") === state) return readRedirect(url.searchParams);
  throw wrongCode("This address belongs to another login: use the one of the login begun last");
}

function wrongCode(message: string): AppError {
  return new AppError("invalid", "ProviderAuthValidationFailed", message, { field: "code" });
}
