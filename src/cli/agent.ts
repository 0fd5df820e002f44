// `opencode agent list`: each agent with its mode and the rules that it works under.
import { type CLIContext, type GlobalOptions, withApp } from "./context";
import { EXIT } from "./exit-code";

export async function list(context: CLIContext, options: GlobalOptions): Promise<number> {
  return withApp(context, options, async (app) => {
    const instance = await app.instances.get(context.directory);
    for (const agent of await instance.agents.list()) {
      context.output.print(`${agent.name} (${agent.mode})`);
      context.output.print(`  ${JSON.stringify(agent.permission)}`);
    }
    return EXIT.done;
  });
}
