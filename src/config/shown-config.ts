// Shown configuration: what people and clients see of it: everything but secrets. What has been put
// into it from the environment or from a file is one, where a secret can stand.
import { redact } from "@/base/redact";
import type { Config } from "@/schema/config";
import type { KeyPath } from "./key-path";

/** Keys below which programs are run, or addresses reached, with what only they should know. */
const SECRET_PLACES: readonly string[] = [
  "enterprise",
  "formatter",
  "hooks",
  "lsp",
  "mcp",
  "plugin",
  "provider",
];
/** Of an agent and a mode all else goes to the provider. */
const AGENT_WORDS: readonly string[] = ["description", "model", "prompt", "variant"];
/** What is shorter would blot out ordinary words. */
const SECRET_MIN = 8;

/** The merged configuration as it may be seen. */
export function shownConfig(loaded: { config: Config; secrets: readonly string[] }): Config {
  return redact(loaded.config, loaded.secrets);
}

/** Whether a value that was put in for this key has to be taken for a secret. */
export function isSecretValue(value: string, path: KeyPath): boolean {
  if (value.length < SECRET_MIN || /[\r\n]/.test(value)) return false;
  // An address tells itself what of it is one; where a file is tells nothing.
  if (/^(?:[a-z][a-z0-9+.-]*:\/\/|~?\/)/i.test(value)) return false;
  const [top, , word] = path.map(String);
  if (top === "agent" || top === "mode") return !AGENT_WORDS.includes(word ?? "");
  return SECRET_PLACES.includes(top ?? "");
}
