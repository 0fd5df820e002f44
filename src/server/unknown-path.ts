// The answer to a request that no route takes: 405 with the methods of the path when it is known
// for others, else 404. And which methods a path takes, for those who ask just that.
import type { AnyElysia } from "elysia";
import { errorResponse } from "./error-response";

/** Never a page: clients get the one error shape. */
export function answerUnknown(server: AnyElysia, request: Request, requestID: string): Response {
  const { pathname } = new URL(request.url);
  const methods = methodsOf(server, pathname);
  if (methods.length === 0) {
    const message = `Nothing is at ${request.method} ${pathname}`;
    return errorResponse(404, "NotFoundError", message, { requestID });
  }
  const allow = methods.join(", ");
  const message = `${pathname} does not take ${request.method}, only ${allow}`;
  return errorResponse(405, "MethodNotAllowedError", message, { requestID }, { allow });
}

/** The answer to OPTIONS by who does not come from another page; undefined for an unknown path. */
export function answerOptions(server: AnyElysia, request: Request): Response | undefined {
  const methods = methodsOf(server, new URL(request.url).pathname);
  if (methods.length === 0) return undefined;
  return new Response(null, {
    status: 204,
    headers: { allow: [...methods, "OPTIONS"].join(", ") },
  });
}

function methodsOf(server: AnyElysia, pathname: string): string[] {
  const routes = server.routes.filter(({ path, method }) => {
    return /^[A-Z]+$/.test(method) && method !== "OPTIONS" && isMatch(path, pathname);
  });
  const methods = new Set(routes.map(({ method }) => method));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}

/** `pattern` as routes have it: "/session/:sessionID". */
function isMatch(pattern: string, pathname: string): boolean {
  const wanted = pattern.split("/");
  const found = pathname.replace(/(.)\/$/, "$1").split("/");
  return (
    wanted.length === found.length &&
    wanted.every((segment, index) => {
      return segment.startsWith(":") ? found[index] !== "" : segment === found[index];
    })
  );
}
