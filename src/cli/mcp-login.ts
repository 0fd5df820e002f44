// `opencode mcp auth` and `logout`: a person's way through the login of a remote MCP server. Prints
// the address, never opens it; the login ends by the browser, or with what is pasted at a terminal.
import { errorMessage, invalid } from "@/base/error";
import type { Instance } from "@/app/instance";
import type { McpServers } from "@/mcp/mcp-servers";
import { type CLIContext, type GlobalOptions, withApp } from "./context";
import { EXIT } from "./exit-code";
import { isInputTerminal } from "./input";
import { readLine } from "./line-prompt";
import { CONNECT_MAX_MS, unknownServer } from "./mcp";

type Summary = Awaited<ReturnType<McpServers["summaries"]>>[number];

export async function login(
  context: CLIContext,
  named: string | undefined,
  options: GlobalOptions,
): Promise<number> {
  return withApp(context, options, async (app) => {
    const instance = await app.instances.get(context.directory);
    // Which of them want a login is what is asked for: a slow one is waited for.
    await instance.mcp.ready(context.interrupts.signal, CONNECT_MAX_MS);
    const wants = ({ status }: Summary) => status.status === "needs_auth";
    const name = await choose(instance.mcp, named, wants, "wants a login");
    const status = await logIn(context, instance, name);
    const isGood = status.status === "connected";
    const reason = "error" in status ? `: ${status.error}` : "";
    context.output.note(`Logged in to ${name}; it is ${status.status}${reason}`);
    return isGood ? EXIT.done : EXIT.failed;
  });
}

export async function logout(
  context: CLIContext,
  named: string | undefined,
  options: GlobalOptions,
): Promise<number> {
  return withApp(context, options, async (app) => {
    const { mcp } = await app.instances.get(context.directory);
    await mcp.look();
    const isStored = ({ login }: Summary) => login.kind === "stored";
    const name = await choose(mcp, named, isStored, "is logged in to");
    await mcp.logins.remove(name);
    context.output.note(`The login to ${name} is forgotten`);
    return EXIT.done;
  });
}

/** The one that is named, or the only one that could be meant. */
async function choose(
  mcp: McpServers,
  named: string | undefined,
  isMeant: (summary: Summary) => boolean,
  what: string,
): Promise<string> {
  const summaries = await mcp.summaries();
  const names = summaries.map(({ name }) => name);
  if (named !== undefined) {
    if (names.includes(named)) return named;
    throw unknownServer(named, names);
  }
  const [first, ...others] = summaries.filter(isMeant).map(({ name }) => name);
  if (first === undefined) throw invalid(`No MCP server ${what}: name one of ${names.join(", ")}`);
  if (others.length === 0) return first;
  throw invalid(`Name the server: ${[first, ...others].join(", ")}`);
}

async function logIn(context: CLIContext, { bus, mcp }: Instance, name: string) {
  const { interrupts, output } = context;
  const over = new AbortController();
  const unsubscribe = bus.subscribe(({ type, properties }) => {
    if (type !== "mcp.browser.open.failed" || properties.mcpName !== name) return;
    output.note("Open this address in a browser and allow the access:");
    output.note(`\n  ${properties.url}\n`);
    if (isInputTerminal()) void takeCode(context, mcp, name, over.signal);
  });
  try {
    return await mcp.logins.authenticate(name, interrupts.signal);
  } finally {
    over.abort();
    unsubscribe();
  }
}

/** Asks until a code is accepted, or `signal` says that there is no need any more. */
async function takeCode(
  { output }: CLIContext,
  mcp: McpServers,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const text = await readLine(output, "Or paste the code or address here: ", signal);
    if (signal.aborted || text === undefined) return;
    if (text.trim() === "") continue;
    try {
      await mcp.logins.finish(name, text);
      return;
    } catch (error) {
      output.note(errorMessage(error));
    }
  }
}
