// What an HTTP error answer looks like: one shape for every route, `{ name, data: { message } }`.
// The schemas differ only in the name under which a route declares them for a status; `data` holds
// the id of the request and may hold more keys, such as the id that was not found or the issues of
// a body.

import { t, type Static } from "@/base/schema";

function errorSchema(id: string, description: string) {
  const data = t.Object({ message: t.String() }, { additionalProperties: true });
  return t.Object({ name: t.String(), data }, { $id: id, description });
}

/** 400: a parameter or body does not fit; `data.issues` has the paths. */
export const BadRequestError = errorSchema("BadRequestError", "The request is not valid");

/** 401: credentials are missing or wrong. */
export const UnauthorizedError = errorSchema("UnauthorizedError", "Credentials are needed");

/** 403: the caller may not do this, whatever its credentials. */
export const ForbiddenError = errorSchema("ForbiddenError", "The request is refused");

/** 404: no such thing, or no such path. */
export const NotFoundError = errorSchema("NotFoundError", "Nothing has this id or path");

/** 409: the thing is no longer in the state the request needs. */
export const ConflictError = errorSchema("ConflictError", "Already done, or done by another");

/** 413: too large, or too many. */
export const LimitError = errorSchema("LimitError", "A limit is exceeded");

/** 503: something this program depends on is missing or does not answer. */
export const UnavailableError = errorSchema("UnavailableError", "Not available at present");

/** 500: a fault of this program; the log has the details. */
export const InternalError = errorSchema("InternalError", "An unexpected failure");

/** The body of every error answer. */
export type ErrorBody = Static<typeof BadRequestError>;
