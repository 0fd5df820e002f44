// `opencode export`: a session with its messages as JSON on stdout, as `import` takes it.
import { invalid, notFound } from "@/base/error";
import type { App } from "@/app/app";
import type { Session } from "@/schema/session";
import { type CLIContext, type GlobalOptions, withApp } from "./context";
import { EXIT } from "./exit-code";

export interface ExportOptions extends GlobalOptions {
  sanitize?: boolean;
}

export async function exportSession(
  context: CLIContext,
  sessionID: string | undefined,
  options: ExportOptions,
): Promise<number> {
  return withApp(context, options, async (app) => {
    const { sessionStore } = app.services;
    const info = sessionID
      ? sessionStore.findSession(sessionID)
      : await findNewest(app, context.directory);
    if (!info) throw notFound("Session", sessionID ?? "", 'The ids are in "opencode session list"');
    const { messages } = sessionStore.listMessages(info.id);
    context.output.note(`Exporting session ${info.id}`);
    const whole = { info, messages };
    const shown = options.sanitize ? sanitize(whole) : whole;
    context.output.print(JSON.stringify(shown, undefined, 2));
    return EXIT.done;
  });
}

async function findNewest(app: App, directory: string): Promise<Session> {
  const instance = await app.instances.get(directory);
  const place = { directory: instance.directory, roots: true, limit: 1 };
  const [newest] = instance.sessions.list(place);
  if (newest) return newest;
  throw invalid(`There is no session in ${directory}: name one of "opencode session list"`);
}

/** Texts that tell the shape of a session and nothing of what it was about. */
const SHAPE: readonly string[] = [
  ...["id", "type", "role", "status", "tool", "agent", "mode", "finish", "reason", "version"],
  ...["mime", "name", "permission", "action", "variant"],
];

/** A copy in which everything that a person, a model or a tool wrote is replaced by its length. */
export function sanitize(value: unknown, key = ""): unknown {
  if (typeof value === "string") return isShape(key) ? value : hideText(value);
  if (Array.isArray(value)) return value.map((item) => sanitize(item, key));
  if (typeof value !== "object" || value === null) return value;
  // Free-form: even its keys may be telling.
  if (key === "input" || key === "metadata" || key === "structured") return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, sanitize(inner, name)]),
  );
}

function isShape(key: string): boolean {
  return SHAPE.includes(key) || key.endsWith("ID");
}

function hideText(text: string): string {
  return text === "" ? "" : `[${text.length} characters]`;
}
