// Which instance a request is for. Routes of a directory get the instance of the directory that the
// request names, routes of a session that of the session's own directory, whatever it names.
// Each function gives the routes declared after its `.use()` an `instance`.
import { Elysia } from "elysia";
import type { App } from "@/app/app";

const DIRECTORY_HEADER = "x-opencode-directory";

/** `instance` by `?directory=`, else by the header, else of the server's own directory. */
export function inDirectory(app: App) {
  return new Elysia().resolve({ as: "scoped" }, async ({ request }) => ({
    instance: await app.instances.get(directoryOf(app, request)),
  }));
}

/** `instance` by the session of the path. AppError not-found when there is no such session. */
export function inSession(app: App) {
  return new Elysia().resolve({ as: "scoped" }, async ({ params }) => {
    const { sessionID = "" }: { sessionID?: string } = params;
    return { instance: await app.instances.ofSession(sessionID) };
  });
}

/** The directory that a request names, an empty one counting as none; else the server's own. */
export function directoryOf(app: App, request: Request): string {
  const named = request.url.includes("directory=")
    ? new URL(request.url).searchParams.get("directory")
    : null;
  const sent = named || decode(request.headers.get(DIRECTORY_HEADER) ?? "");
  return sent || app.services.directory;
}

/** Clients send the header percent-encoded, or plain when they do not know better. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a plain path with a percent sign in it
  }
}
