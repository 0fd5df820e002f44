// Found: providers that the server's machine has without anybody having chosen them: a key in the
// environment, which may be another program's, and a model server that answers there.
import { plural } from "@/base/text";
import type { FoundProvider, Provider } from "@/schema/provider";

export function isFound(provider: Provider): boolean {
  return provider.source === "env" || (provider.source === "custom" && isLocal(provider));
}

/** Whether its models are on the server's own machine. */
export function isLocal({ models }: Provider): boolean {
  const [first] = Object.values(models);
  return first !== undefined && /^https?:\/\/(127\.|localhost|\[::1\])/.test(first.api.url);
}

/** `localhost:11434`, and how many models there are. */
export function localWords({ provider: { models } }: FoundProvider) {
  const address = Object.values(models)[0]?.api.url ?? "";
  const host = URL.canParse(address) ? new URL(address).host : address;
  const count = plural(Object.keys(models).length, "model");
  return { host: host.replace("127.0.0.1", "localhost"), count };
}
