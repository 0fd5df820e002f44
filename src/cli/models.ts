// `opencode models`: the models that can be used now, one `provider/model` a line.
import { type AppError, notFound } from "@/base/error";
import { didYouMean } from "@/base/text";
import { noModel } from "@/session/no-model";
import { type CLIContext, type GlobalOptions, withApp } from "./context";
import { EXIT } from "./exit-code";
import { tellHeldBack } from "./held-back";
import { redact } from "@/base/redact";

export interface ModelsOptions extends GlobalOptions {
  verbose?: boolean;
}

export async function models(
  context: CLIContext,
  providerID: string | undefined,
  options: ModelsOptions,
): Promise<number> {
  return withApp(context, options, async (app) => {
    const instance = await app.instances.get(context.directory);
    await tellHeldBack(context, instance);
    const connected = await instance.providers.connected();
    const ids = Object.keys(connected).sort();
    if (ids.length === 0) throw noModel();
    if (providerID !== undefined && !ids.includes(providerID)) throw unknown(providerID, ids);
    for (const id of providerID === undefined ? ids : [providerID]) {
      for (const [modelID, model] of Object.entries(connected[id]?.models ?? {}).sort(byName)) {
        context.output.print(`${id}/${modelID}`);
        if (options.verbose) context.output.print(JSON.stringify(redact(model), undefined, 2));
      }
    }
    return EXIT.done;
  });
}

function unknown(providerID: string, ids: readonly string[]): AppError {
  const similar = didYouMean(providerID, ids);
  const hint = similar ? `Did you mean ${similar}?` : `Connected are: ${ids.join(", ")}`;
  return notFound("Connected provider", providerID, hint);
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
