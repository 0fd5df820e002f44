// What a person should hear of the configuration before it is worked with.
import type { Instance } from "@/app/instance";

/** Of its files, and of the agents and commands that are defined beside them. */
export async function configWarnings(instance: Instance): Promise<string[]> {
  const { agents, commands, config } = instance;
  const { warnings } = await config.get();
  return [...warnings, ...(await agents.warnings()), ...(await commands.warnings())];
}
