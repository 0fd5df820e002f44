// `opencode auth login <address>`: the login of an organisation. Its host names a program that
// prints a token. What a host names is run only when the person agrees: at the terminal, or by
// `--method command`. A token that the person has already is typed or piped in, as keys are.
import { AppError, errorMessage, invalid, unavailable } from "@/base/error";
import { killTree } from "@/base/process";
import type { AuthStore } from "@/provider/auth-store";
import { fetchWellKnown, wellKnownLogin, type WellKnownLogin } from "@/provider/well-known";
import type { CLIContext } from "./context";
import { isInputTerminal } from "./input";
import { readLine } from "./line-prompt";
import { oneLine } from "./output";

export interface OrganisationLogin {
  /** As it is stored. */
  address: string;
  /** What --method says. */
  wanted: string | undefined;
  store: AuthStore;
  /** Gets a token that is typed or piped in. */
  readToken(): Promise<string>;
}

const ANSWER_LIMIT_MS = 10_000;
/** A person may have to find the browser, a second factor, and the right window. */
const PROGRAM_LIMIT_MS = 15 * 60_000;
const TOKEN_MAX_CHARACTERS = 64 * 1024;

/** Logs in and stores the token; what went wrong is thrown, and nothing is stored then. */
export async function loginToOrganisation(
  context: CLIContext,
  { address, wanted, store, readToken }: OrganisationLogin,
): Promise<void> {
  store.requireWritable();
  const signal = AbortSignal.any([context.interrupts.signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]);
  const login = wellKnownLogin(address, await ask(address, signal));
  const isRun = await chooses(context, login, { address, wanted });
  const token = checkToken(isRun ? await runProgram(context, login.command) : await readToken());
  await store.set(address, { type: "wellknown", key: login.env, token });
}

async function ask(address: string, signal: AbortSignal) {
  try {
    return await fetchWellKnown(address, signal);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unavailable(`${address} does not answer: ${errorMessage(error)}`, { address }, error);
  }
}

/** Whether its program is run; false when a token is given by hand. */
async function chooses(
  { output }: CLIContext,
  { command }: WellKnownLogin,
  { address, wanted }: Pick<OrganisationLogin, "address" | "wanted">,
): Promise<boolean> {
  const shown = oneLine(command.join(" "), 1_000);
  if (wanted === "command") {
    output.note(`Running the login of ${address}: ${shown}`);
    return true;
  }
  if (wanted === "key") return false;
  if (wanted !== undefined) {
    throw invalid(`--method: ${address} has no "${wanted}". There is: command, key`);
  }
  if (!isInputTerminal()) return false;
  output.note(`The login of ${address} is a program that it wants to run on this machine:`);
  output.note(`  ${shown}`);
  const answer = (await readLine(output, "Run it (y/N)? ")) ?? "";
  if (/^\s*y(es)?\s*$/i.test(answer)) return true;
  throw invalid("Nothing was run. With a token of your own: --method key");
}

/** What the program prints. It has the terminal meanwhile, and talks to the person on stderr. */
async function runProgram({ clock, env }: CLIContext, command: readonly string[]): Promise<string> {
  const [program = ""] = command;
  const child = spawn(command, env);
  let problem: string | undefined;
  const end = (why: string) => {
    problem ??= why;
    void killTree(child.pid);
  };
  const minutes = PROGRAM_LIMIT_MS / 60_000;
  const cancel = clock.timer(PROGRAM_LIMIT_MS, () => end(`did not end within ${minutes} minutes`));
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of child.stdout) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length <= TOKEN_MAX_CHARACTERS) continue;
      end("printed too much for a token");
      break;
    }
    await child.exited;
  } finally {
    cancel();
  }
  if (problem === undefined && child.exitCode !== 0) {
    problem = child.exitCode === null ? "was ended" : `ended with exit code ${child.exitCode}`;
  }
  if (problem !== undefined) throw unavailable(`${program} ${problem}: there is no login`);
  if (text.trim() === "") throw unavailable(`${program} printed no token: there is no login`);
  return text;
}

function spawn(command: readonly string[], env: CLIContext["env"]) {
  try {
    return Bun.spawn([...command], {
      env: { ...env },
      stdin: "inherit",
      stdout: "pipe",
      stderr: "inherit",
    });
  } catch (error) {
    throw unavailable(`The login could not be run: ${errorMessage(error)}`, {}, error);
  }
}

function checkToken(text: string): string {
  const token = text.trim();
  if (/[\r\n]/.test(token)) throw invalid("The token is more than one line: it cannot be one");
  // A header with it would be refused, request by request.
  if (/[^\x20-\x7e]/.test(token)) throw invalid("The token holds characters that no token has");
  return token;
}
