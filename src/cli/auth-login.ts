// Logins of `opencode auth login`: which of a provider's ways to log in is meant, and the person's
// way through it. Prints an address, never opens it; waits as long as the login lasts, and asks
// only a person at a terminal.
import { errorMessage, invalid } from "@/base/error";
import { type ProviderLogins, WHERE } from "@/provider/provider-logins";
import type { ProviderAuthMethod } from "@/schema/auth";
import { type CLIContext, withApp } from "./context";
import { isInputTerminal } from "./input";
import { readLine } from "./line-prompt";

type Prompts = NonNullable<ProviderAuthMethod["prompts"]>;

interface LoginRequest {
  id: string;
  /** What --method says. */
  wanted: string | undefined;
}

/** Logs in and says so; false when a key is to be stored instead. Throws why it has failed. */
export async function loginByOAuth(context: CLIContext, request: LoginRequest): Promise<boolean> {
  if (isKey(request.wanted)) return false;
  // The program as a whole, since plugins bring logins as well.
  return withApp(context, {}, async (app) => {
    const { logins } = await app.instances.get(context.directory);
    const methods = await findMethods(context, logins, request);
    const index = await chooseMethod(context, methods, request);
    const method = methods[index];
    if (method?.type !== "oauth") return false;
    await logIn(context, logins, { id: request.id, index, prompts: method.prompts ?? [] });
    return true;
  });
}

async function findMethods(
  { output }: CLIContext,
  logins: ProviderLogins,
  { id, wanted }: LoginRequest,
): Promise<ProviderAuthMethod[]> {
  try {
    const all = await logins.methods();
    return Object.hasOwn(all, id) ? (all[id] ?? []) : [];
  } catch (error) {
    if (wanted !== undefined) throw error;
    // A key can be stored whatever the configuration says.
    output.note(`Only a key is asked for, as there is no configuration: ${errorMessage(error)}`);
    return [];
  }
}

/** The place of the method; one beyond them stands for a key. */
async function chooseMethod(
  { output }: CLIContext,
  methods: readonly ProviderAuthMethod[],
  { id, wanted }: LoginRequest,
): Promise<number> {
  const labels = methods.map(({ label }) => label);
  if (wanted !== undefined) {
    const index = labels.findIndex((label) => label.toLowerCase() === wanted.toLowerCase());
    const found = index >= 0 ? index : methods.findIndex(({ type }) => type === wanted);
    if (found >= 0) return found;
    const logins = methods.flatMap(({ label, type }) => (type === "oauth" ? [label] : []));
    const known = ["key", ...(logins.length > 0 ? ["oauth", ...logins] : [])].join(", ");
    throw invalid(`--method: ${id} has no "${wanted}". There is: ${known}`);
  }
  const first = methods.findIndex(({ type }) => type === "oauth");
  if (first < 0) return methods.length;
  const key = methods.findIndex(({ type }) => type === "api");
  if (methods.length === 1) return first;
  // What is piped in is a key, as it is for every provider.
  if (!isInputTerminal()) return key >= 0 ? key : first;
  output.note(`There are several ways to log in to ${id}:`);
  for (const [index, label] of labels.entries()) output.note(`  ${index + 1}  ${label}`);
  const answer = (await readLine(output, "Which one (1)? ")) ?? "";
  const chosen = answer.trim() === "" ? 1 : Number(answer);
  if (methods[chosen - 1] !== undefined) return chosen - 1;
  throw invalid(`${JSON.stringify(answer.trim())} is none of them: type its number`);
}

async function logIn(
  context: CLIContext,
  logins: ProviderLogins,
  { id, index: method, prompts }: { id: string; index: number; prompts: Prompts },
): Promise<void> {
  const { output, interrupts } = context;
  const takesCode = prompts.some(({ key }) => key === WHERE);
  const inputs = await askPrompts(context, id, prompts);
  const authorization = await logins.authorize(id, { method, inputs });
  if (authorization === null) return;
  output.note(authorization.instructions);
  output.note(`\n  ${authorization.url}\n`);
  const isAsked = (takesCode || authorization.method === "code") && isInputTerminal();
  if (authorization.method === "code" && !isAsked) {
    if (!takesCode) throw invalid(`The login to ${id} asks for a code: run it in a terminal`);
    throw invalid(
      `The port of provider.${id}.options.oauth.redirectPort is taken: free it, or run this ` +
        "command in a terminal, where the code can be pasted",
    );
  }
  const over = new AbortController();
  const done =
    authorization.method === "code"
      ? undefined
      : logins.callback(id, { method }, interrupts.signal).finally(() => over.abort());
  if (!isAsked) return void (await done);
  const pasted = askForCode(context, over.signal, (code) =>
    logins.callback(id, { method, code }, interrupts.signal),
  );
  await (done === undefined ? pasted : Promise.race([done, pasted]));
}

/** Answers to what a plugin's login asks first; where the browser is need not be asked here. */
async function askPrompts({ output }: CLIContext, id: string, prompts: Prompts) {
  const inputs: Record<string, string> = {};
  for (const prompt of prompts) {
    if (prompt.key === WHERE) continue;
    if (!isInputTerminal()) {
      throw invalid(`The login to ${id} asks "${prompt.message}": run it in a terminal`);
    }
    const choices = prompt.type === "select" ? prompt.options : [];
    for (const { label, value, hint } of choices) {
      output.note(`  ${value}  ${label}${hint ? ` (${hint})` : ""}`);
    }
    inputs[prompt.key] = ((await readLine(output, `${prompt.message} `)) ?? "").trim();
  }
  return inputs;
}

/** Asks until a code is accepted, or `signal` says that there is no need any more. */
async function askForCode(
  { output }: CLIContext,
  signal: AbortSignal,
  use: (code: string) => Promise<unknown>,
): Promise<void> {
  for (;;) {
    const text = await readLine(output, "Or paste the code or address here: ", signal);
    if (signal.aborted) return;
    if (text === undefined) throw invalid("The terminal was closed before a code was given");
    if (text.trim() === "") continue;
    try {
      await use(text);
      return;
    } catch (error) {
      output.note(errorMessage(error));
    }
  }
}

function isKey(wanted: string | undefined): boolean {
  return wanted === "key" || wanted === "api";
}
