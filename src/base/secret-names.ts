// Secret names: which names of variables, keys, headers and flags say that what they name is a
// secret. Pure; a name that only counts, limits or places a secret is none.

const SEPARATORS = /[-.\s]+/g;
const CAMEL = /([a-z0-9])([A-Z])/g;

const SECRET = new RegExp(
  "(?:^|_)(?:password|passwd|pwd|passphrase|passcode|secrets?|tokens?|credentials?|cookies?" +
    "|authorization|bearer|dsn|apikey|apitoken|webhook_url|(?:database|redis|mongo)_ur[li]" +
    "|connection_string" +
    "|(?:api|access|private|secret|auth|encryption|signing|master|account|service|session" +
    "|deploy|license|client|ssh|signature|bot|app|pass|storage)_key)(?:_|$)",
);

/** Of variables of the environment; in code these words are harmless. */
const SECRET_VARIABLE = /_(?:KEY|KEYS|PASS|AUTH|PAT|SALT|SIGNATURE|CREDS?)$/;

const ABOUT_A_SECRET = new RegExp(
  "_(?:count|counts|limit|limits|type|types|name|names|length|size|usage|used|budget|path|file" +
    "|files|dir|expires?|expiry|expiration|ttl|min|max|cost|index|input|output|total|left" +
    "|estimate|per_\\w+)$",
);

/** `max_tokens` and `tokens` count what models read. */
const COUNTED =
  /(?:^|_)(?:(?:max|min|num|total|input|output|prompt|completion|reasoning)_)?tokens$/;

/** Where the shell is. */
const DIRECTORIES: readonly string[] = ["PWD", "OLDPWD", "pwd", "oldpwd"];

/** Whether `name`, in any of the ways to write names, names a secret. */
export function isSecretName(name: string): boolean {
  if (DIRECTORIES.includes(name)) return false;
  const plain = name.replace(CAMEL, "$1_$2").replace(SEPARATORS, "_");
  const lower = plain.toLowerCase();
  if (ABOUT_A_SECRET.test(lower)) return false;
  if (isVariableName(name)) return SECRET_VARIABLE.test(plain) || SECRET.test(lower);
  return SECRET.test(lower) && !COUNTED.test(lower);
}

/** Whether `name` is written as variables of the environment are. */
export function isVariableName(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(name);
}
