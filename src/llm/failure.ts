// Whatever went wrong with a model request -> a MessageError to store, and whether and when the
// request may be sent again. Status codes, phrases and shapes of the providers are known here only.
//
// No secret leaves this file: keys are blotted out of every text, credential headers are dropped,
// addresses lose their query. Bodies are capped. HTML answers become a sentence.

import { errorMessage, isAbort } from "@/base/error";
import type { MessageError } from "@/schema/message-error";
import { type Answer, isHTML, readAnswer } from "./error-answer";
import { findNetworkFault } from "./network-fault";
import { isSecretName } from "./secrets";
import {
  EmptyAnswerError,
  FullContextError,
  IncompleteAnswerError,
  SetupError,
  StallError,
} from "./wire-error";

export interface Failure {
  error: MessageError;
  /** Whether the same request may succeed later. */
  isRetryable: boolean;
  /** The provider's own words on when, in milliseconds from now or as a date in epoch ms. */
  retryAfter?: { ms: number } | { at: number };
}

export interface FailureContext {
  providerID: string;
  providerName: string;
  /** Texts that must not appear in what is kept. */
  secrets: readonly string[];
  /** Whether the caller gave up. */
  isAborted: boolean;
}

const BODY_MAX_CHARACTERS = 4_000;
const WORDS_MAX_CHARACTERS = 1_000;

const OVERFLOW = phrases(
  "context[_ -]?(length|window|size|limit)",
  "(prompt|input) (is )?too (long|large)",
  "maximum prompt length",
  "too many input tokens",
  "(prompt|input) token count.*exceeds",
  "(number of|total) (input |prompt )?tokens.*exceed",
  "request exceed(s|ed)? (the )?model'?s? token limit",
  "number of input tokens",
  "(prompt|input)( length)?( [0-9]+)? exceeds (the )?max",
  "range of input length",
  "max_seq_len",
  "inputs?[`'\"]? tokens \\+",
  "reduce the length of the (messages|input)",
  "request_too_large",
);

/** Statuses that say themselves what is wrong, whatever their words remind of. */
const NEVER_OVERFLOW: readonly number[] = [401, 402, 403, 404, 408, 429];

const QUOTA = phrases(
  "insufficient[_ ](quota|credits?|balance|funds)",
  "billing[_ ]hard[_ ]limit",
  "credit balance",
  "payment required",
  "exceeded your current quota",
  "out of credits",
);
/** Also said of limits that pass, so they count only where no time to come back is given. */
const QUOTA_HINT = /\b(quota|billing|credits?)\b/i;

const CONTENT_FILTER = /content[_ ](filter|policy)|content management policy|prohibited_content/i;

/** 424 is how Bedrock says that the model failed in the middle. */
const PASSING: readonly number[] = [408, 409, 424, 429];

const CUT_SHORT = "the stream ended before the answer was complete.";

const TRANSIENT = /server_error|overloaded|service_unavailable|try again later|internal_error/i;

export const ABORTED: MessageError = { name: "MessageAbortedError", data: { message: "Aborted" } };

/** Never throws, whatever it is given. */
export function toFailure(error: unknown, context: FailureContext): Failure {
  if (context.isAborted) return final(ABORTED);
  const name = context.providerName;
  if (error instanceof StallError) return retryable(stallWords(error, context));
  if (error instanceof SetupError) return unknown(error.message);
  if (error instanceof FullContextError) return full(`${name} had no room left for an answer.`);
  if (error instanceof EmptyAnswerError) return retryable(`${name} answered with nothing at all.`);
  if (error instanceof IncompleteAnswerError) return retryable(`${name}: ${error.message}`);
  const answer = readAnswer(error);
  const isRefused = answer?.statusCode !== undefined && answer.statusCode >= 400;
  const fault = isRefused ? undefined : findNetworkFault(error, name);
  if (!fault) return answer ? fromAnswer(answer, context) : fromNonsense(error, context);
  const { message, isTransient, url } = fault;
  return { error: apiError(message, isTransient, url), isRetryable: isTransient };
}

function stallWords({ phase, limitMs }: StallError, context: FailureContext): string {
  const option = { headers: "headerTimeout", chunk: "chunkTimeout", total: "timeout" }[phase];
  const waited = `${limitMs / 1000} s`;
  const what = {
    headers: `did not begin to answer within ${waited}`,
    chunk: `stopped in the middle of its answer and sent nothing for ${waited}`,
    total: `did not finish its answer within ${waited}`,
  }[phase];
  const key = `provider.${context.providerID}.options.${option}`;
  return `${context.providerName} ${what} (the limit is ${key}).`;
}

function fromAnswer(answer: Answer, context: FailureContext): Failure {
  const status = answer.statusCode;
  const body = clean(answer.body, BODY_MAX_CHARACTERS, context);
  const message = answerWords(answer, context);
  const said = `${answer.tags} ${answer.words} ${answer.body.slice(0, BODY_MAX_CHARACTERS)}`;
  if (status === 413 || (!NEVER_OVERFLOW.includes(status ?? 0) && OVERFLOW.test(said))) {
    return full(message, body);
  }
  const isPage = isHTML(answer.body);
  if ((status === 401 || status === 403) && !isPage && !/server_error/.test(said)) {
    return final(authError(status, message, context));
  }
  if (status !== undefined && status < 429 && CONTENT_FILTER.test(answer.tags)) {
    return final({ name: "ContentFilterError", data: { message } });
  }
  const retryAfter = readRetryAfter(answer);
  const isRetryable = isTransientAnswer(answer, said, retryAfter !== undefined);
  const url = answer.url?.split(/[?#]/)[0];
  const error: MessageError = {
    name: "APIError",
    data: {
      message,
      isRetryable,
      ...(status === undefined ? {} : { statusCode: status }),
      responseHeaders: keptHeaders(answer.headers),
      ...(body ? { responseBody: body } : {}),
      ...(url ? { metadata: { url } } : {}),
    },
  };
  return { error, isRetryable, ...(retryAfter ? { retryAfter } : {}) };
}

/** The policy on statuses; retry.ts has the one on times. */
function isTransientAnswer(answer: Answer, said: string, hasTime: boolean): boolean {
  const { statusCode: status } = answer;
  const isQuota = QUOTA.test(said) || (!hasTime && QUOTA_HINT.test(said));
  const isPerMinute = /retryDelay|per minute/i.test(said);
  if (status === 402 || (isQuota && !isPerMinute && (status === 429 || status === undefined))) {
    return false;
  }
  if (status === undefined) return true;
  if (PASSING.includes(status)) return true;
  if (status >= 500) return status !== 501 && status !== 505;
  if (status >= 400) return /server_error/.test(said);
  // No stream although the status was good: a proxy's page, nothing, what was cut, another format.
  return answer.words === "" || TRANSIENT.test(said);
}

function authError(status: number, words: string, context: FailureContext): MessageError {
  const { providerID, providerName } = context;
  const message =
    `${providerName} refused the credentials (${status}: ${words}). ` +
    `Give a valid key with "opencode auth login ${providerID}", ` +
    `or correct provider.${providerID}.options.apiKey.`;
  return { name: "ProviderAuthError", data: { providerID, message } };
}

function answerWords(answer: Answer, context: FailureContext): string {
  const status = answer.statusCode === undefined ? "" : ` (status ${answer.statusCode})`;
  if (isHTML(answer.body)) {
    const title = /<title[^>]*>([^<]*)/i.exec(answer.body)?.[1]?.trim();
    const page = title ? `a web page, "${clean(title, 100, context)}",` : "a web page";
    return (
      `${context.providerName} answered with ${page} instead of data${status}. Check ` +
      `provider.${context.providerID}.options.baseURL, and any proxy between here and there.`
    );
  }
  if (answer.words) return clean(answer.words, WORDS_MAX_CHARACTERS, context);
  const what = (answer.statusCode ?? 0) >= 400 ? "an error" : "what is no event stream";
  const body = clean(answer.body.trim(), 200, context);
  return body
    ? `${context.providerName} answered with ${what}${status}: ${body}`
    : `${context.providerName} answered with nothing${status}.`;
}

/** `retry-after-ms`, `retry-after` in seconds or as a date, or Google's RetryInfo in the body. */
function readRetryAfter(answer: Answer): Failure["retryAfter"] {
  const ms = Number.parseFloat(answer.headers["retry-after-ms"] ?? "");
  if (Number.isFinite(ms) && ms >= 0) return { ms };
  const after = answer.headers["retry-after"]?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(after)) return { ms: Number(after) * 1000 };
  const at = Date.parse(after);
  if (after && Number.isFinite(at)) return { at };
  const delay = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(answer.body)?.[1];
  return delay === undefined ? undefined : { ms: Number(delay) * 1000 };
}

function keptHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isSecretName(name)));
}

/** A frame that is not JSON or not of the wire's shape, or a fault of this program. */
function fromNonsense(error: unknown, context: FailureContext): Failure {
  const name = error instanceof Error ? error.name : "";
  if (/without a finish reason|event-stream frame|checksum/.test(errorMessage(error))) {
    return retryable(`${context.providerName}: ${CUT_SHORT}`);
  }
  if (/JSONParse|TypeValidation|InvalidResponseData|NoSuchModel|EmptyResponse/.test(name)) {
    const words = clean(errorMessage(error).split("\n")[0] ?? "", 300, context);
    return retryable(`${context.providerName} sent what is not of its format: ${words}`);
  }
  if (isAbort(error)) return retryable(`${context.providerName}: the connection was dropped.`);
  return unknown(clean(errorMessage(error), WORDS_MAX_CHARACTERS, context));
}

function clean(text: string, maxCharacters: number, { secrets }: FailureContext): string {
  let cleaned = text;
  for (const secret of secrets) cleaned = cleaned.replaceAll(secret, "[key]");
  if (cleaned.length <= maxCharacters) return cleaned;
  return `${cleaned.slice(0, maxCharacters).toWellFormed()}...`;
}

function phrases(...alternatives: string[]): RegExp {
  return new RegExp(alternatives.join("|"), "i");
}

function apiError(message: string, isRetryable: boolean, url?: string): MessageError {
  return {
    name: "APIError",
    data: { message, isRetryable, ...(url ? { metadata: { url } } : {}) },
  };
}

function retryable(message: string): Failure {
  return { error: apiError(message, true), isRetryable: true };
}

function full(message: string, responseBody?: string): Failure {
  const data = responseBody ? { message, responseBody } : { message };
  return final({ name: "ContextOverflowError", data });
}

function unknown(message: string): Failure {
  return final({ name: "UnknownError", data: { message } });
}

function final(error: MessageError): Failure {
  return { error, isRetryable: false };
}
