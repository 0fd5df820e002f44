// Agents: who answers, with which prompt, model and permissions.

import { stringEnum, t, type Static } from "@/base/schema";
import { PermissionRuleset } from "./permission";
import { Budget, JSONObject, ModelRef } from "./primitive";

/** A primary agent is chosen by the person, a subagent is called by another agent. */
export const AgentMode = stringEnum(["subagent", "primary", "all"]);
export type AgentMode = Static<typeof AgentMode>;

/** `permission` is flattened: the last rule that matches decides. `steps` limits a turn. */
export const Agent = t.Object(
  {
    name: t.String(),
    description: t.Optional(t.String()),
    mode: AgentMode,
    native: t.Optional(t.Boolean()),
    hidden: t.Optional(t.Boolean()),
    topP: t.Optional(t.Number()),
    temperature: t.Optional(t.Number()),
    color: t.Optional(t.String()),
    permission: PermissionRuleset,
    model: t.Optional(ModelRef),
    variant: t.Optional(t.String()),
    prompt: t.Optional(t.String()),
    options: JSONObject,
    steps: t.Optional(t.Number()),
    budget: t.Optional(Budget),
  },
  { $id: "Agent" },
);
export type Agent = Static<typeof Agent>;
