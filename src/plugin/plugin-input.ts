// What a plugin is started with, by its published names: a client of this program's own API, the
// project, and a shell. The client is the published one, so that plugins find every method and
// shape that they were written for; it is loaded with the first plugin.
import type { Project } from "@/schema/project";

export interface PluginInputOptions {
  project: Project;
  directory: string;
  worktree: string;
  /** Answers requests to this program's API. */
  fetch(request: Request): Promise<Response>;
  /** Where the API is reached from outside, as far as it is. */
  serverURL(): URL | undefined;
}

/** Nobody listens there: requests are answered within. */
const INSIDE = "http://localhost:4096";

export async function pluginInput(options: PluginInputOptions): Promise<Record<string, unknown>> {
  const { createOpencodeClient } = await import("@opencode-ai/sdk/client");
  const { directory, worktree, project, serverURL } = options;
  const fetch = (request: Request) => options.fetch(request);
  return {
    client: createOpencodeClient({ baseUrl: INSIDE, directory, fetch: asGlobalFetch(fetch) }),
    project,
    directory,
    worktree,
    get serverUrl() {
      return serverURL() ?? new URL(INSIDE);
    },
    $: quietShell(directory),
    experimental_workspace: { register: () => undefined },
  };
}

/** The client gives requests, and asks for nothing else that the global function has. */
function asGlobalFetch(answer: (request: Request) => Promise<Response>): typeof fetch {
  return answer as typeof fetch;
}

/**
 * Bun's shell in the project's directory. What commands print is kept for whoever asks: it must not
 * get in between what this program prints.
 */
function quietShell(directory: string): Bun.$ {
  const shell = new Bun.$.Shell();
  shell.cwd(directory);
  const run = (strings: TemplateStringsArray, ...values: Bun.ShellExpression[]) =>
    shell(strings, ...values).quiet();
  return new Proxy(shell, { apply: (_, __, args) => Reflect.apply(run, undefined, args) });
}
