// Why an assistant message ended badly: the failures that are stored on a message and told in
// `session.error`. Told apart by `name`.

import { t, type Static } from "@/base/schema";
import { Count, JSONObject, StringMap } from "./primitive";

/** The provider's credentials are missing or were refused. */
export const ProviderAuthError = t.Object(
  {
    name: t.Literal("ProviderAuthError"),
    data: t.Object({ providerID: t.String(), message: t.String() }),
  },
  { $id: "ProviderAuthError" },
);
export type ProviderAuthError = Static<typeof ProviderAuthError>;

/** Any failure that has no kind of its own. `ref` finds it in the log. */
export const UnknownError = t.Object(
  {
    name: t.Literal("UnknownError"),
    data: t.Object({ message: t.String(), ref: t.Optional(t.String()) }),
  },
  { $id: "UnknownError" },
);
export type UnknownError = Static<typeof UnknownError>;

/** The model stopped at its output limit before it had said anything of use. */
export const MessageOutputLengthError = t.Object(
  { name: t.Literal("MessageOutputLengthError"), data: JSONObject },
  { $id: "MessageOutputLengthError" },
);
export type MessageOutputLengthError = Static<typeof MessageOutputLengthError>;

/** A person or a client stopped the run. */
export const MessageAbortedError = t.Object(
  { name: t.Literal("MessageAbortedError"), data: t.Object({ message: t.String() }) },
  { $id: "MessageAbortedError" },
);
export type MessageAbortedError = Static<typeof MessageAbortedError>;

/** The model never gave the structured answer that was asked for, after `retries` more tries. */
export const StructuredOutputError = t.Object(
  {
    name: t.Literal("StructuredOutputError"),
    data: t.Object({ message: t.String(), retries: Count }),
  },
  { $id: "StructuredOutputError" },
);
export type StructuredOutputError = Static<typeof StructuredOutputError>;

/** The request did not fit into the model's context. */
export const ContextOverflowError = t.Object(
  {
    name: t.Literal("ContextOverflowError"),
    data: t.Object({ message: t.String(), responseBody: t.Optional(t.String()) }),
  },
  { $id: "ContextOverflowError" },
);
export type ContextOverflowError = Static<typeof ContextOverflowError>;

/** The provider's content filter stopped the answer. */
export const ContentFilterError = t.Object(
  { name: t.Literal("ContentFilterError"), data: t.Object({ message: t.String() }) },
  { $id: "ContentFilterError" },
);
export type ContentFilterError = Static<typeof ContentFilterError>;

/** The provider answered with an error, or could not be reached. */
export const APIError = t.Object(
  {
    name: t.Literal("APIError"),
    data: t.Object({
      message: t.String(),
      statusCode: t.Optional(Count),
      isRetryable: t.Boolean(),
      responseHeaders: t.Optional(StringMap),
      responseBody: t.Optional(t.String()),
      metadata: t.Optional(StringMap),
    }),
  },
  { $id: "APIError" },
);
export type APIError = Static<typeof APIError>;

/** Any failure of an assistant message. */
export const MessageError = t.Union([
  ProviderAuthError,
  UnknownError,
  MessageOutputLengthError,
  MessageAbortedError,
  StructuredOutputError,
  ContextOverflowError,
  ContentFilterError,
  APIError,
]);
export type MessageError = Static<typeof MessageError>;
