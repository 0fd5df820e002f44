// Logins that plugins bring: how one is begun and ended, and what it gives. The plugin speaks to
// the provider; what it answers is checked here, and stored by nobody else.
import type { Clock } from "@/base/clock";
import { AppError, errorMessage } from "@/base/error";
import { isValid } from "@/base/schema";
import { isRecord, type JSONRecord } from "@/config/json";
import type { PluginAuth } from "@/plugin/plugin";
import { callWithin } from "@/base/within-time";
import { Auth, ProviderAuthMethod } from "@/schema/auth";
import type { StartedLogin } from "./oauth-login";
import { OAuthRefusal } from "./oauth-request";

/** What a plugin's login gives, for the provider that it names, if not for its own. */
export interface PluginCredentials {
  providerID: string | undefined;
  auth: Auth;
}

export interface PluginLoginOptions {
  method: JSONRecord;
  inputs: Record<string, string>;
  clock: Clock;
  signal: AbortSignal;
  store(credentials: PluginCredentials): Promise<void>;
}

const AUTHORIZE_LIMIT_MS = 60_000;
const CALLBACK_LIMIT_MS = 10 * 60_000;

/** The method as clients are told of it; undefined for one that is none. */
export function describeMethod({
  type,
  label,
  prompts,
}: JSONRecord): ProviderAuthMethod | undefined {
  const asked = Array.isArray(prompts) ? prompts.filter(isRecord).map(describePrompt) : [];
  const method = { type, label, ...(asked.length > 0 ? { prompts: asked } : {}) };
  return isValid(ProviderAuthMethod, method) ? method : undefined;
}

/** All methods of all plugins for a provider, in the order of the plugins. */
export function methodsFor(providerID: string, auths: readonly PluginAuth[]): JSONRecord[] {
  return auths.flatMap(({ provider, methods }) => (provider === providerID ? methods : []));
}

/** Throws AppError invalid when an answer to a prompt is not accepted by the plugin. */
export function checkInputs({ prompts }: JSONRecord, inputs: Record<string, string>): void {
  for (const prompt of Array.isArray(prompts) ? prompts.filter(isRecord) : []) {
    const { key, validate } = prompt;
    if (typeof key !== "string" || typeof validate !== "function") continue;
    const problem: unknown = validate(inputs[key] ?? "");
    if (typeof problem !== "string") continue;
    const name = "ProviderAuthValidationFailed";
    throw new AppError("invalid", name, `inputs.${key}: ${problem}`, { field: key });
  }
}

/** Begins the login. Throws OAuthRefusal when the plugin fails or answers what is none. */
export async function startPluginLogin(options: PluginLoginOptions): Promise<StartedLogin> {
  const { clock, inputs, method, signal, store } = options;
  const given = await call(method["authorize"], [inputs], AUTHORIZE_LIMIT_MS, options);
  const { url, instructions = "", method: kind } = isRecord(given) ? given : {};
  const callback = isRecord(given) ? given["callback"] : undefined;
  const isWhole = typeof url === "string" && typeof instructions === "string";
  if (!isWhole || (kind !== "auto" && kind !== "code") || typeof callback !== "function") {
    throw new OAuthRefusal("invalid", "the plugin gave no login");
  }
  const done = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => done.reject(signal.reason), { once: true });
  const finish = async (args: unknown[]) => {
    const result = await call(callback, args, CALLBACK_LIMIT_MS, { clock, signal });
    await store(readCredentials(result));
    done.resolve();
  };
  const authorization = { url, instructions, method: kind } as const;
  if (kind === "auto") finish([]).catch(done.reject);
  return { authorization, done: done.promise, paste: (code) => finish([code.trim()]) };
}

/** For a method of type api that has more to do than to store a key; undefined for others. */
export async function authorizeKey(
  options: Omit<PluginLoginOptions, "store">,
): Promise<PluginCredentials | undefined> {
  const { authorize } = options.method;
  if (typeof authorize !== "function") return undefined;
  return readCredentials(await call(authorize, [options.inputs], AUTHORIZE_LIMIT_MS, options));
}

async function call(
  work: unknown,
  args: unknown[],
  limitMs: number,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<unknown> {
  if (typeof work !== "function") throw new OAuthRefusal("invalid", "the plugin gave no login");
  try {
    const answer = (): unknown => work(...args);
    return await callWithin(answer, { limitMs, clock, signal });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new OAuthRefusal("failed", errorMessage(error));
  }
}

function readCredentials(result: unknown): PluginCredentials {
  if (!isRecord(result) || result["type"] !== "success") {
    throw new OAuthRefusal("failed", "the provider did not allow it");
  }
  const { provider, key, refresh, access, expires, accountId, enterpriseUrl } = result;
  const optional = Object.entries({ accountId, enterpriseUrl }).filter(
    ([, value]) => typeof value === "string",
  );
  const auth =
    typeof key === "string"
      ? { type: "api", key }
      : { type: "oauth", refresh, access, expires, ...Object.fromEntries(optional) };
  if (!isValid(Auth, auth)) throw new OAuthRefusal("invalid", "the plugin gave no credentials");
  return { providerID: typeof provider === "string" ? provider : undefined, auth };
}

/** Its functions cannot be told to clients: they are asked when the answers come. */
function describePrompt({ type, key, message, placeholder, options }: JSONRecord): JSONRecord {
  return {
    ...{ type, key, message },
    ...(typeof placeholder === "string" ? { placeholder } : {}),
    ...(Array.isArray(options) ? { options } : {}),
  };
}
