// The error bodies of the providers, of which no two agree: where the words are, and which names
// and status the error goes by.
import { type JSONRecord, parseJSON } from "./json-record";

export interface ErrorBody {
  message: string;
  /** Its type, code and status as the provider names them, separated by spaces. */
  tags: string;
  /** A number that looks like an HTTP status, where the body has one. */
  status: number | undefined;
}

/**
 * Reads `{error: {message, type, code, status}}`, `{error: "..."}`, `{message}`, `{detail}`,
 * `{errors: [...]}`, a list of one of these, and an error nested in another's text. Undefined
 * when the text is not JSON or has no words of an error in it.
 */
export function readErrorBody(text: string): ErrorBody | undefined {
  const root = first(parseJSON(text));
  if (!root) return undefined;
  const nested = first(root["response"])?.["error"] ?? root["error"] ?? first(root["errors"]);
  const error = first(nested) ?? root;
  const message = typeof nested === "string" ? nested : messageOf(error);
  if (message === undefined) return undefined;
  const inner = message.startsWith("{") ? readErrorBody(message) : undefined;
  const tags = tagsOf(error === root ? [root] : [error, root]);
  return {
    message: inner?.message ?? message,
    tags: inner ? `${tags} ${inner.tags}` : tags,
    status: statusOf(error) ?? inner?.status,
  };
}

/** The value if it is an object, its first element if it is a list of objects. */
function first(value: unknown): JSONRecord | undefined {
  const candidate: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof candidate !== "object" || candidate === null) return undefined;
  return candidate as JSONRecord;
}

function messageOf(error: JSONRecord): string | undefined {
  const found = [error["message"], error["detail"], error["error_description"], error["msg"]].find(
    (value) => typeof value === "string" && value !== "",
  );
  if (typeof found === "string") return found;
  const detail = first(error["detail"]);
  return detail ? messageOf(detail) : undefined;
}

function tagsOf(errors: readonly JSONRecord[]): string {
  return errors
    .flatMap((error) => [error["type"], error["code"], error["status"]])
    .filter((tag) => typeof tag === "string")
    .join(" ");
}

function statusOf(error: JSONRecord): number | undefined {
  return [error["status"], error["code"], error["status_code"], error["statusCode"]]
    .map(Number)
    .find((value) => Number.isInteger(value) && value >= 400 && value <= 599);
}
