// `opencode auth`: the keys of providers. A key comes from a hidden prompt or from standard input,
// never from an argument, which other users of the machine could see, and is never shown again.
// Where a provider has logins, auth-login.ts leads through them; auth-organisation.ts through those
// of an organisation, whose address stands in the place of a provider's id.
import { AppError, invalid } from "@/base/error";
import { Logger } from "@/base/log";
import { openCatalog } from "@/llm/catalog";
import { AuthStore } from "@/provider/auth-store";
import { credentialNames } from "@/provider/credentials";
import { login as storeKey, resolveProviderID, similarProviders } from "@/provider/login";
import { organisationAddress } from "@/provider/well-known";
import { loginByOAuth } from "./auth-login";
import type { CLIContext } from "./context";
import { EXIT } from "./exit-code";
import { isInputTerminal, readInput } from "./input";
import { readHidden } from "./hidden-prompt";
import { oneLine } from "./output";
import { formatTable } from "./table";

export interface LoginOptions {
  provider?: string;
  keyStdin?: boolean;
  method?: string;
}

const KEY_MAX_BYTES = 64 * 1024;
const KEY_WAIT_MS = 60_000;

export async function login(
  context: CLIContext,
  argument: string | undefined,
  options: LoginOptions,
): Promise<number> {
  const named = argument ?? options.provider;
  if (named === undefined) {
    throw invalid("Name the provider, for example: opencode auth login anthropic");
  }
  const address = organisationAddress(named);
  if (address !== undefined) return loginToHost(context, address, options);
  const catalog = openCatalog(context.env);
  const id = resolveProviderID(catalog, named);
  const similar = similarProviders(catalog, id).join(" or ");
  if (similar) context.output.note(`"${id}" is not in the catalog. Did you mean ${similar}?`);
  const wanted = options.keyStdin ? "key" : options.method;
  if (await loginByOAuth(context, { id, wanted })) {
    context.output.note(`The login to ${id} is stored in ${context.paths.authFile}`);
    return EXIT.done;
  }
  const key = await readKey(context, id, options.keyStdin ?? false);
  await storeKey(openStore(context), catalog, { provider: id, key });
  context.output.note(`The key of ${id} is stored in ${context.paths.authFile}`);
  return EXIT.done;
}

async function loginToHost(
  context: CLIContext,
  address: string,
  { keyStdin: isPiped = false, method }: LoginOptions,
): Promise<number> {
  const { loginToOrganisation } = await import("./auth-organisation");
  await loginToOrganisation(context, {
    address,
    wanted: isPiped ? "key" : method,
    store: openStore(context),
    readToken: () => readKey(context, address, isPiped, "; --method command runs its program"),
  });
  context.output.note(`The login to ${address} is stored in ${context.paths.authFile}`);
  return EXIT.done;
}

async function readKey(
  context: CLIContext,
  id: string,
  isPiped: boolean,
  otherwise = "",
): Promise<string> {
  const { clock, output } = context;
  const key =
    isInputTerminal() && !isPiped
      ? await readHidden(output, `Key of ${id} (not shown): `, context.interrupts)
      : await readPipedKey(clock);
  if (key.trim() !== "") return key;
  const how = `type it, or pipe it in: opencode auth login ${id} < key.txt`;
  throw invalid(`No key given: ${how}${otherwise}`);
}

async function readPipedKey(clock: CLIContext["clock"]): Promise<string> {
  const { text, end } = await readInput({
    clock,
    firstByteMs: KEY_WAIT_MS,
    idleMs: KEY_WAIT_MS,
    totalMs: KEY_WAIT_MS,
    maxBytes: KEY_MAX_BYTES,
  });
  if (end === "complete") return text;
  throw invalid("No key came on standard input");
}

export async function logout(context: CLIContext, id: string): Promise<number> {
  const store = openStore(context);
  if (await store.remove(id)) {
    context.output.note(`The key of ${id} is removed from ${context.paths.authFile}`);
    return EXIT.done;
  }
  const ids = Object.keys(await store.all());
  const stored = ids.length > 0 ? `Stored are: ${ids.join(", ")}` : "Nothing is stored";
  throw new AppError("not-found", "NotFoundError", `No key of ${id} is stored. ${stored}`);
}

/** Where each credential comes from; never the credential. */
export async function list(context: CLIContext): Promise<number> {
  const store = openStore(context);
  const { env, output, paths } = context;
  const problem = await store.problem();
  if (problem) output.note(problem);
  const origin = env["OPENCODE_AUTH_CONTENT"] ? "OPENCODE_AUTH_CONTENT" : paths.authFile;
  const stored = Object.entries(await store.all()).map(([id, auth]) => [id, auth.type, origin]);
  const set = openCatalog(env)
    .listProviders()
    .flatMap((provider) =>
      credentialNames(provider.env)
        .filter((name) => env[name]?.trim())
        .map((name) => [provider.id, "environment", name]),
    );
  const rows = [...stored, ...set];
  if (rows.length === 0) {
    output.note(
      'No credentials: set a variable such as ANTHROPIC_API_KEY, or "opencode auth login"',
    );
    return EXIT.done;
  }
  const head = ["provider", "kind", "from"];
  for (const line of formatTable([head, ...rows])) output.print(oneLine(line, 500));
  return EXIT.done;
}

function openStore({ clock, env, paths }: CLIContext): AuthStore {
  return new AuthStore({ path: paths.authFile, env, clock, log: Logger.silent() });
}
