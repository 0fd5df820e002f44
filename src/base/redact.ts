// Redaction: configuration, providers and models for people and clients to see, without what could
// be a secret: by the names of keys, by the forms of texts, and by what is known to be one.
import { createSecretMask, REDACTED } from "./secret-mask";
import { isSecretName } from "./secret-names";

/** Of the keys of configurations more are secret than of all the names in the world. */
const SECRET_KEY = /key$|token$|secret|password|passphrase|authorization|cookie|credential/i;
/** Objects whose names are worth seeing, and whose values are not. */
const HOLDERS: readonly string[] = ["headers", "environment", "env"];
const FLAG = /^--?[\w-]+$/;

/** A copy with `REDACTED` for secrets. `known` are values that are secret wherever they stand. */
export function redact<T>(value: T, known: readonly string[] = []): T {
  return visit(value, createSecretMask(known)) as T;
}

function visit(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) return visitList(value, mask);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      isSecret(key, inner) ? hide(inner) : visit(inner, mask),
    ]),
  );
}

/** Of a program's arguments: what stands behind `--token` is one. */
function visitList(list: readonly unknown[], mask: (text: string) => string): unknown[] {
  return list.map((item, index) => {
    const flag = list[index - 1];
    const isSecretValue =
      typeof item === "string" &&
      typeof flag === "string" &&
      FLAG.test(flag) &&
      isSecretName(flag.replace(/^-+/, ""));
    return isSecretValue ? REDACTED : visit(item, mask);
  });
}

function isSecret(key: string, value: unknown): boolean {
  if (HOLDERS.includes(key)) return isRecord(value);
  return typeof value === "string" && value !== "" && (SECRET_KEY.test(key) || isSecretName(key));
}

function hide(value: unknown): unknown {
  if (!isRecord(value)) return REDACTED;
  return Object.fromEntries(Object.keys(value).map((key) => [key, REDACTED]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
