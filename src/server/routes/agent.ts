// Agents: who can be asked to work, as built in and as configured.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { redact } from "@/base/redact";
import { t } from "@/base/schema";
import { Agent } from "@/schema/agent";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function agentRoutes(app: App): AnyElysia {
  return new Elysia().use(inDirectory(app)).get(
    "/agent",
    async ({ instance }) => {
      const { secrets } = await instance.config.get();
      const agents = await instance.agents.list();
      return agents.map((agent) => ({ ...agent, options: redact(agent.options, secrets) }));
    },
    list,
  );
}

const list = operation({
  id: "app.agents",
  group: "Agents",
  place: "directory",
  summary: "List all available agents",
  response: t.Array(Agent),
});
