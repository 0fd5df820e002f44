// The access log: one line for each request over the socket, whatever came of it: its id, which the
// answer has too, method, path, status, and how long it took until the answer began.
import type { Clock } from "@/base/clock";
import type { Logger } from "@/base/log";
import { hideShare } from "./share-address";

/** A WebSocket takes the connection over, and there is no answer to look at. */
type Answer = Response | undefined;
type Handler = (request: Request) => Answer | Promise<Answer>;

const UPGRADED = 101;

/** The same handler, which leaves a line when the answer begins. */
export function withAccessLog(handle: Handler, log: Logger, clock: Clock) {
  return async (request: Request): Promise<Answer> => {
    const startedAt = clock.now();
    const answer = await handle(request);
    log.info("request", {
      id: answer?.headers.get("x-request-id") ?? undefined,
      method: request.method,
      // Without the query: it may hold credentials.
      path: hideShare(new URL(request.url).pathname),
      status: answer?.status ?? UPGRADED,
      ms: clock.now() - startedAt,
    });
    return answer;
  };
}
