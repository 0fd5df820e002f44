// Redaction: configuration and models for the screen, without what could be a secret.

const SECRET_KEY = /key$|token$|secret|password|passphrase|authorization|cookie|credential/i;
const HIDDEN = "[redacted]";

/** A copy without secrets: values of secret-looking keys, of headers, and passwords in URLs. */
export function redact<T>(value: T): T;
export function redact(value: unknown): unknown {
  if (typeof value === "string") return redactURL(value);
  if (Array.isArray(value)) return value.map((item: unknown) => redact(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      isSecret(key, inner) ? hide(inner) : redact(inner),
    ]),
  );
}

function isSecret(key: string, value: unknown): boolean {
  if (key === "headers" || key === "environment" || key === "env") return isRecord(value);
  return SECRET_KEY.test(key) && typeof value === "string" && value !== "";
}

/** The names of headers and variables are worth seeing, their values are not. */
function hide(value: unknown): unknown {
  if (!isRecord(value)) return HIDDEN;
  return Object.fromEntries(Object.keys(value).map((key) => [key, HIDDEN]));
}

function redactURL(text: string): string {
  return text
    .replace(/(\w+:\/\/)[^/\s@]+@/g, `$1${HIDDEN}@`)
    .replace(/([?&][\w-]*(?:key|token|secret|password)[\w-]*=)[^&#\s]+/gi, `$1${HIDDEN}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
