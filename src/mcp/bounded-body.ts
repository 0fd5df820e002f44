// Bodies of responses with a bound on their size: servers and networks are not to be trusted with
// our memory. A stream of events may go on for ever, but no single event may.
import { limitReached } from "@/base/error";
import { formatBytes } from "@/base/text";

const EVENT_END = "\n\n";
const EVENT_END_CRLF = "\r\n\r\n";

export interface BodyLimit {
  maxBytes: number;
  /** Called once when the body is read to its end, was given up, or failed. */
  onEnd?(): void;
}

/** The same response, whose body fails with AppError limit beyond `maxBytes` (for each event). */
export function boundBody(response: Response, limit: BodyLimit): Response {
  if (!response.body) {
    limit.onEnd?.();
    return response;
  }
  const isEvents = response.headers.get("content-type")?.includes("text/event-stream") ?? false;
  const { status, statusText, headers } = response;
  const bounded = new Response(bound(response.body, limit, isEvents), {
    status,
    statusText,
    headers,
  });
  // A response that was made has no address; what reads it wants to know where it came from.
  Object.defineProperty(bounded, "url", { value: response.url });
  return bounded;
}

function bound(
  body: ReadableStream<Uint8Array>,
  { maxBytes, onEnd }: BodyLimit,
  isEvents: boolean,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          onEnd?.();
          return controller.close();
        }
        bytes = isEvents && endsEvent(value) ? 0 : bytes + value.length;
        if (bytes > maxBytes) throw limitReached(`it sent more than ${formatBytes(maxBytes)}`);
        controller.enqueue(value);
      } catch (error) {
        onEnd?.();
        controller.error(error);
        void reader.cancel(error).catch(() => {}); // it has failed itself: nothing left to cancel
      }
    },
    cancel(reason) {
      onEnd?.();
      return reader.cancel(reason);
    },
  });
}

/** Whether an event ends in the chunk: what comes before the next end counts from here. */
function endsEvent(chunk: Uint8Array): boolean {
  const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return text.includes(EVENT_END) || text.includes(EVENT_END_CRLF);
}
