// Instance: all that belongs to one project directory, built by hand in layer order. It is passed,
// it is disposed, it is never ambient. Everything in it is idle until it is asked for.
import { openAgents, type AgentServices } from "./agent-services";
import { openCode, type CodeServices } from "./code-services";
import { openHost, type HostServices } from "./host-services";
import { instancePlace, type InstancePlace } from "./instance-place";
import type { AppServices } from "./services";
import { openSessions, type SessionServices } from "./session-services";
import { traceEvents } from "./traces";

type InstanceServices = CodeServices & HostServices & AgentServices & SessionServices;

export interface Instance extends InstancePlace, InstanceServices {
  /** Ends all that runs here, then tells clients that it is gone. */
  close(): Promise<void>;
}

export async function openInstance(directory: string, app: AppServices): Promise<Instance> {
  const place = instancePlace(directory, await app.projects.locate(directory), app);
  const code = openCode(place, app);
  const host = openHost(place, app, code);
  const agents = openAgents(place, app, code, host);
  const sessions = openSessions({ ...place, ...code, ...host, ...agents, app });
  const services = { ...code, ...host, ...agents, ...sessions };
  listen(place, services);
  if (app.traces) place.bus.subscribe(traceEvents(app.traces, code.config));
  return {
    ...place,
    ...services,
    close: async () => {
      await place.scope.close();
      place.publish("server.instance.disposed", { directory });
    },
  };
}

/** What the services hear of each other. */
function listen({ bus }: InstancePlace, services: InstanceServices): void {
  const { budgets, fileIndex, instructions, jobs, languageServers } = services;
  const { plugins, systemPrompts, toolbox, watcher } = services;
  bus.subscribe((event) => plugins.tell(event));
  bus.subscribe(({ type, properties }) => {
    if (type === "file.edited") languageServers.noteChange(properties.file, "change");
    else if (type === "file.watcher.updated") {
      languageServers.noteChange(properties.file, properties.event);
    } else if (type === "lsp.updated") watcher.start(); // they hear of files from us alone
  });
  bus.subscribe(({ type, properties }) => {
    const isListed = type === "file.watcher.updated" && properties.event !== "change";
    if (isListed) fileIndex.invalidate();
  });
  bus.subscribe(({ type, properties }) => {
    if (type !== "session.deleted") return;
    for (const rememberer of [budgets, instructions, jobs, systemPrompts, toolbox]) {
      rememberer.forget(properties.sessionID);
    }
  });
}
