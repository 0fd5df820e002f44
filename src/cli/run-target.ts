// Where and by whom a prompt of `run` is answered: instance, session, agent, model. Everything that
// the person named is checked here, before anything is stored or sent.
import { invalid } from "@/base/error";
import { didYouMean } from "@/base/text";
import type { App } from "@/app/app";
import type { Instance } from "@/app/instance";
import { parseModelRef } from "@/provider/model-ref";
import type { Agent } from "@/schema/agent";
import type { ModelRef } from "@/schema/primitive";
import type { Session } from "@/schema/session";
import { noModel } from "@/session/no-model";

export interface TargetOptions {
  /** Absolute; given by the person. */
  dir?: string;
  continue?: boolean;
  session?: string;
  fork?: boolean;
  agent?: string;
  model?: string;
  variant?: string;
  /** The name of a slash command. */
  command?: string;
  /** True without a text. */
  title?: string | true;
}

export interface RunTarget {
  instance: Instance;
  session: Session;
  agent: Agent;
  model: ModelRef;
}

const TITLE_CHARACTERS = 50;

/** Finds or makes what `options` name. Throws AppError invalid or not-found, naming the option. */
export async function resolveTarget(
  app: App,
  options: TargetOptions,
  message: string,
): Promise<RunTarget> {
  const instance = await findInstance(app, options);
  if (options.command !== undefined) await instance.commands.get(options.command);
  const existing = findSession(instance, options);
  const agent = await chooseAgent(instance, options, existing);
  const model = await chooseModel(instance, options, agent, existing);
  if (!existing) {
    const title = options.title === undefined ? {} : { title: titleOf(options.title, message) };
    return { instance, session: instance.sessions.create(title), agent, model };
  }
  const session = options.fork ? instance.sessions.fork(existing.id) : existing;
  return { instance, session, agent, model };
}

/** A session lives in its directory, unless the person says where to work. */
function findInstance(app: App, options: TargetOptions): Promise<Instance> {
  if (options.session && options.dir === undefined) return app.instances.ofSession(options.session);
  return app.instances.get(options.dir ?? app.services.directory);
}

function findSession(instance: Instance, options: TargetOptions): Session | undefined {
  if (options.session) return instance.sessions.get(options.session);
  if (!options.continue) return undefined;
  const { directory } = instance;
  const [newest] = instance.sessions.list({ directory, roots: true, limit: 1 });
  if (newest) return newest;
  throw invalid(`--continue: there is no session in ${directory} yet; leave the option out`);
}

async function chooseAgent(
  instance: Instance,
  options: TargetOptions,
  session: Session | undefined,
): Promise<Agent> {
  const { agents } = instance;
  if (options.agent === undefined) {
    return agents.get(session?.agent ?? (await agents.defaultAgent()));
  }
  const choices = (await agents.list()).filter((one) => one.mode !== "subagent" && !one.hidden);
  const found = choices.find((one) => one.name === options.agent);
  if (found) return found;
  const names = choices.map((one) => one.name);
  const similar = didYouMean(options.agent, names);
  const hint = similar ? `Did you mean ${similar}? ` : "";
  throw invalid(
    `--agent: there is no agent "${options.agent}" to choose. ` +
      `${hint}There are: ${names.join(", ")}`,
  );
}

/** What the person names, else the agent's, else the session's last, else the default. */
async function chooseModel(
  instance: Instance,
  options: TargetOptions,
  agent: Agent,
  session: Session | undefined,
): Promise<ModelRef> {
  const { providers } = instance;
  const named = options.model === undefined ? undefined : parseModelRef(options.model, "--model");
  const last = session?.model && {
    providerID: session.model.providerID,
    modelID: session.model.id,
  };
  const chosen = named ?? agent.model ?? last ?? (await providers.defaultModel());
  if (!chosen) throw noModel();
  const { model } = await providers.model(chosen.providerID, chosen.modelID);
  const variants = Object.keys(model.variants ?? {});
  if (options.variant !== undefined && !variants.includes(options.variant)) {
    const known = variants.length > 0 ? `it has ${variants.join(", ")}` : "it has none";
    const name = `${chosen.providerID}/${chosen.modelID}`;
    throw invalid(`--variant: ${name} has no variant "${options.variant}"; ${known}`);
  }
  return { providerID: chosen.providerID, modelID: chosen.modelID };
}

/** An empty title is the beginning of the message. */
function titleOf(given: string | true, message: string): string {
  if (given !== true && given.trim()) return given.trim();
  const line = message.replace(/\s+/g, " ").trim();
  return line.length <= TITLE_CHARACTERS ? line : `${line.slice(0, TITLE_CHARACTERS)}...`;
}
