// Policies: which providers and models the configuration forbids (`experimental.policies`). A
// resource is a provider's id or `provider/model`, with wildcards; the last that matches decides,
// and what none matches is allowed. Pure.
import { matchWildcard } from "@/base/wildcard";
import type { Config, PolicyConfig } from "@/schema/config";

/** The policy by which the model may not be used. */
export function findModelDenial(
  config: Config,
  providerID: string,
  modelID: string,
): PolicyConfig | undefined {
  const names = [providerID, `${providerID}/${modelID}`];
  const decides = policies(config).findLast(({ resource }) =>
    names.some((name) => matchWildcard(resource, name)),
  );
  return decides?.effect === "deny" ? decides : undefined;
}

/** The policy by which no model of the provider may be used. */
export function findProviderDenial(config: Config, providerID: string): PolicyConfig | undefined {
  const decides = policies(config).findLast(({ effect, resource }) => {
    if (matchWildcard(resource, providerID)) return true;
    const [provider = "", ...model] = resource.split("/");
    return effect === "allow" && model.length > 0 && matchWildcard(provider, providerID);
  });
  return decides?.effect === "deny" ? decides : undefined;
}

/** For messages: which one it is, and where it stands. */
export function formatDenial({ resource }: PolicyConfig): string {
  return `experimental.policies denies provider.use of ${JSON.stringify(resource)}`;
}

function policies(config: Config): readonly PolicyConfig[] {
  return config.experimental?.policies ?? [];
}
