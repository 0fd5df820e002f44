// The published client that plugins of the terminal UI are given, over the way that the terminal UI
// has to its server; loaded with the first plugin.
import { errorMessage } from "@/base/error";

/** Without a directory it is about the server's own. */
export async function openTuiClient(
  send: (request: Request) => Promise<Response>,
  directory: string,
): Promise<unknown> {
  const { createOpencodeClient } = await import("@opencode-ai/sdk/v2/client");
  const fetch = (request: Request) =>
    send(request).catch((error: unknown) => {
      throw new Error(errorMessage(error), { cause: error });
    });
  return createOpencodeClient({
    baseUrl: "http://localhost",
    // The client gives requests, and asks for nothing else that the global function has.
    fetch: fetch as typeof globalThis.fetch,
    ...(directory !== "" && { directory }),
  });
}
