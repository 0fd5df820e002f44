// What a server told, as dialogs need it: providers with models, agents, sessions, messages.

import type { Agent } from "@/schema/agent";
import type { MessageWithParts } from "@/schema/message";
import type { Model, Provider } from "@/schema/provider";
import type { Session } from "@/schema/session";

export function model(providerID: string, id: string, facts: Partial<Model> = {}): Model {
  const modalities = { text: true, audio: false, image: false, video: false, pdf: false };
  return {
    id,
    providerID,
    api: { id, url: "https://api.example.com", npm: "x" },
    name: id,
    capabilities: {
      temperature: true,
      reasoning: false,
      attachment: false,
      toolcall: true,
      input: modalities,
      output: modalities,
      interleaved: false,
    },
    cost: { input: 0, output: 0, cache: { read: 0, write: 0 } },
    limit: { context: 200_000, output: 8_000 },
    status: "active",
    options: {},
    headers: {},
    release_date: "2026-01-01",
    ...facts,
  };
}

export function provider(id: string, name: string, models: readonly Model[]): Provider {
  const source = "api" as const;
  const byID = Object.fromEntries(models.map((one) => [one.id, one]));
  return { id, name, source, env: [], options: {}, models: byID };
}

export function agent(name: string, facts: Partial<Agent> = {}): Agent {
  return { name, mode: "primary", permission: [], options: {}, ...facts };
}

export function session(id: string, title: string, facts: Partial<Session> = {}): Session {
  const time = { created: 0, updated: 0 };
  const place = { projectID: "p", directory: "/home/user/proj" };
  return { id: `ses_${id}`, slug: id, title, version: "1", time, ...place, ...facts };
}

export function userMessage(sessionID: string, id: string, text: string, at: number) {
  const message: MessageWithParts = {
    info: {
      id: `msg_${id}`,
      sessionID,
      role: "user",
      time: { created: at },
      agent: "build",
      model: { providerID: "a", modelID: "b" },
    },
    parts: [{ id: `prt_${id}`, sessionID, messageID: `msg_${id}`, type: "text", text }],
  };
  return message;
}
