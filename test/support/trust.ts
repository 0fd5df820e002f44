// For tests whose project files are their own: everything in them is trusted.
import type { Paths } from "@/base/paths";
import type { TrustSource } from "@/config/config-service";
import { TrustStore } from "@/config/trust-store";

export function trustAll(paths: Pick<Paths, "state">): TrustSource {
  const store = new TrustStore({ stateDirectory: paths.state });
  return { store, isGiven: true, findActing: async () => [] };
}
