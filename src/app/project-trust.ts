// Decisions about a directory's trust, and its instance anew, so that all that it holds follows.
import type { TrustState } from "@/schema/trust";
import type { App } from "./app";
import type { Instance } from "./instance";

/**
 * Trusts the directory with what it holds now. AppError conflict when that is not the `content`
 * that the person saw. Where a session runs, what has started already follows when it is idle and
 * the instance is disposed.
 */
export async function grantTrust(
  app: App,
  instance: Instance,
  content?: string,
): Promise<TrustState> {
  await instance.trust.grant(content);
  return restart(app, instance);
}

/** Takes the decision back. */
export async function revokeTrust(app: App, instance: Instance): Promise<TrustState> {
  await instance.trust.revoke();
  return restart(app, instance);
}

async function restart(app: App, instance: Instance): Promise<TrustState> {
  if (!instance.runs.isIdle) return instance.trust.state();
  await app.instances.dispose(instance.directory);
  return (await app.instances.get(instance.directory)).trust.state();
}
