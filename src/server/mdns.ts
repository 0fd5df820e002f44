// Tells the local network where the server is (multicast DNS), so that it is found by its name.
import type { Logger } from "@/base/log";

const GOODBYE_TIMEOUT_MS = 1_000;

/**
 * Publishes `_http._tcp` under `domain` until the returned function is called, which resolves when
 * the network has been told that it is gone, or after a second. A network without multicast is
 * logged and otherwise no fault.
 */
export async function publishMdns(
  options: { domain: string; port: number },
  log: Logger,
): Promise<() => Promise<void>> {
  const { Bonjour } = await import("bonjour-service");
  const { domain, port } = options;
  const bonjour = new Bonjour({}, (error: unknown) => {
    log.warn("multicast DNS failed", { error: String(error) });
  });
  bonjour.publish({
    name: `opencode-${port}`,
    type: "http",
    host: domain,
    port,
    txt: { path: "/" },
  });
  return async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timeout = setTimeout(resolve, GOODBYE_TIMEOUT_MS);
    bonjour.unpublishAll(() => resolve());
    await promise;
    clearTimeout(timeout);
    bonjour.destroy();
  };
}
