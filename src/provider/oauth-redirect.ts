// The address that a browser comes back to after a login at a provider. It listens on loopback
// while one login waits (RFC 8252) and answers nobody but who brings that login's state.
import { loginPage } from "@/base/login-page";
import { errorMessage } from "@/base/error";
import { refusal } from "./oauth-request";

const REDIRECT_PATH = "/oauth/callback";

export interface RedirectListener {
  url: string;
  /** Pages that are on their way still arrive. */
  close(): void;
}

/** What a browser, or a person, brings back. */
export type RedirectAnswer = { code: string } | { error: Error };

/**
 * Listens on the port, or on a free one. Whoever comes with `state` has `finish` called; what that
 * throws is shown. Returns undefined when the port is taken.
 */
export function listenForRedirect(options: {
  port: number | undefined;
  state: string;
  finish: (answer: RedirectAnswer) => Promise<void>;
}): RedirectListener | undefined {
  const { port = 0, state, finish } = options;
  try {
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port,
      fetch: (request) => answer(request, state, finish),
      error: () => loginPage(500, "Login failed", "Something unexpected happened. Start it again."),
    });
    return {
      url: redirectURL(server.port ?? port),
      close: () => void server.stop(),
    };
  } catch {
    // Somebody else has the port: the person can bring the code by hand.
    return undefined;
  }
}

export function redirectURL(port: number): string {
  return `http://127.0.0.1:${port}${REDIRECT_PATH}`;
}

/** What the query of the redirect says. */
export function readRedirect(params: URLSearchParams): RedirectAnswer {
  const code = params.get("code");
  if (code) return { code };
  const error = params.get("error") ?? "no code was given";
  return { error: refusal(error, params.get("error_description") ?? undefined) };
}

async function answer(
  request: Request,
  state: string,
  finish: (answer: RedirectAnswer) => Promise<void>,
): Promise<Response> {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.pathname !== REDIRECT_PATH) {
    return loginPage(404, "Not found", "There is nothing here.");
  }
  // The login goes on waiting: any page could send a browser here.
  if (url.searchParams.get("state") !== state) {
    return loginPage(
      400,
      "Another login",
      "This address belongs to another login. Start it again.",
    );
  }
  try {
    await finish(readRedirect(url.searchParams));
    return loginPage(200, "Logged in", "You can close this window.");
  } catch (error) {
    return loginPage(400, "Login failed", errorMessage(error));
  }
}
