// Errors that the transport itself raises; failure.ts turns them, like all others, into what is
// stored on a message.

/** The provider kept the connection but sent nothing of use for `limitMs`. */
export class StallError extends Error {
  override readonly name = "StallError";

  constructor(
    readonly phase: "headers" | "chunk" | "total",
    readonly limitMs: number,
  ) {
    super(`stalled (${phase}) for ${limitMs} ms`);
  }
}

/** Status 200, yet no event stream: an error as JSON, a web page, or nothing. */
export class NoStreamError extends Error {
  override readonly name = "NoStreamError";

  constructor(
    readonly url: string,
    readonly statusCode: number,
    readonly responseHeaders: Record<string, string>,
    readonly responseBody: string,
  ) {
    super("the answer is no event stream");
  }
}

/** The stream ended, was cut or made no sense before the answer was whole. */
export class IncompleteAnswerError extends Error {
  override readonly name = "IncompleteAnswerError";
}

/** The answer is complete and holds nothing at all. */
export class EmptyAnswerError extends Error {
  override readonly name = "EmptyAnswerError";
}

/** The conversation filled the model's context before the model had said anything of use. */
export class FullContextError extends Error {
  override readonly name = "FullContextError";
}

/** The configuration of the provider or model cannot work, whatever is sent. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}
