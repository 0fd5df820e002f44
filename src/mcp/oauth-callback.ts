// The address that browsers come back to after a login. It listens on loopback only while a login
// waits, one listener for each port, shared by all logins of this process. Whoever comes with the
// state of a waiting login ends it; anybody else learns nothing.
import { loginPage } from "@/base/login-page";
import { errorMessage } from "@/base/error";
import type { Logger } from "@/base/log";
import { withoutControls } from "./plain-text";

export const CALLBACK_PORT = 19876;
export const CALLBACK_PATH = "/mcp/oauth/callback";

/** What the browser brings: a code, or why there is none. */
export type CallbackAnswer = { code: string } | { error: string };

/** Ends a login; throws why it failed. */
type Finish = (answer: CallbackAnswer) => Promise<void>;

interface Listener {
  server: Bun.Server<undefined>;
  waiting: Map<string, Finish>;
}

const REASON_MAX_LENGTH = 500;

export class OAuthCallbacks {
  readonly #log: Logger;
  readonly #listeners = new Map<number, Listener>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /**
   * Waits for the browser of the login with this state; the function that is given ends the wait.
   * A port that is taken is only logged: the person can still hand over the code.
   */
  expect(state: string, port: number, finish: Finish): () => void {
    const listener = this.#listeners.get(port) ?? this.#listen(port);
    if (!listener) return () => {};
    listener.waiting.set(state, finish);
    return () => {
      listener.waiting.delete(state);
      if (listener.waiting.size > 0 || this.#listeners.get(port) !== listener) return;
      this.#listeners.delete(port);
      // The page that says how it went is still on its way.
      void listener.server.stop();
    };
  }

  #listen(port: number): Listener | undefined {
    const waiting = new Map<string, Finish>();
    try {
      const server = Bun.serve({
        hostname: "127.0.0.1",
        port,
        fetch: (request) => answer(new URL(request.url), waiting),
      });
      const listener = { server, waiting };
      this.#listeners.set(port, listener);
      return listener;
    } catch (error) {
      this.#log.warn(`port ${port} cannot be listened on: paste the address the browser ends at`, {
        error: errorMessage(error),
      });
      return undefined;
    }
  }
}

async function answer(url: URL, waiting: ReadonlyMap<string, Finish>): Promise<Response> {
  if (url.pathname !== CALLBACK_PATH) return loginPage(404, "Not found", "There is nothing here.");
  const finish = waiting.get(url.searchParams.get("state") ?? "");
  if (!finish) {
    return loginPage(400, "No such login", "No login waits for this page. Start it again.");
  }
  try {
    await finish(readAnswer(url.searchParams));
    return loginPage(200, "Logged in", "You can close this window.");
  } catch (error) {
    return loginPage(400, "Login failed", errorMessage(error).slice(0, REASON_MAX_LENGTH));
  }
}

/** What the parameters of the address say, where a browser or a person brings it. */
export function readAnswer(params: URLSearchParams): CallbackAnswer {
  const code = params.get("code");
  if (code) return { code };
  const reason = params.get("error_description") ?? params.get("error") ?? "no code was given";
  return { error: withoutControls(reason).slice(0, REASON_MAX_LENGTH) };
}
