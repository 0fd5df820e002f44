// Titles: a session that still has its first title gets one from what its first prompt asks, by
// the small model of the provider that the person chose. Its failure costs nothing but the title.
import { errorMessage } from "@/base/error";
import type { Logger } from "@/base/log";
import type { Agents } from "@/agent/agents";
import { prompts } from "@/agent/prompts";
import type { LLM } from "@/llm/llm";
import type { ModelRequest } from "@/llm/model-event";
import type { Hooks } from "@/plugin/hooks";
import type { Providers } from "@/provider/providers";
import { shapeRequest } from "./chat-hooks";
import type { Prompt } from "./conversation";
import { isDefaultTitle, type Sessions } from "./sessions";

interface TitlesOptions {
  agents: Agents;
  hooks: Hooks;
  llm: LLM;
  log: Logger;
  providers: Providers;
  sessions: Sessions;
  signal: AbortSignal;
}

const TITLE_MAX_CHARACTERS = 100;
const PROMPT_SHOWN_CHARACTERS = 4_000;
const ANSWER_MAX_TOKENS = 1_000;

export class Titles {
  readonly #options: TitlesOptions;
  readonly #underWay = new Set<string>();

  constructor(options: TitlesOptions) {
    this.#options = options;
  }

  /** Gives the prompt's session a title if it has none; never rejects. */
  async make(prompt: Prompt): Promise<void> {
    const { sessionID } = prompt.info;
    const { sessions, signal, log } = this.#options;
    if (this.#underWay.has(sessionID)) return;
    this.#underWay.add(sessionID);
    try {
      const { title: present, parentID } = sessions.get(sessionID);
      if (!isDefaultTitle(present) || parentID) return;
      const title = await this.#ask(prompt);
      // The person may have given one meanwhile.
      if (title && isDefaultTitle(sessions.get(sessionID).title)) {
        sessions.update(sessionID, { title });
      }
    } catch (error) {
      // The session may be gone, the provider may refuse: the first title stays.
      if (!signal.aborted) log.warn("no title was made", { sessionID, error: errorMessage(error) });
    } finally {
      this.#underWay.delete(sessionID);
    }
  }

  async #ask(prompt: Prompt): Promise<string | undefined> {
    const text = prompt.parts
      .flatMap((part) => (part.type === "text" && !part.synthetic ? [part.text] : []))
      .join("\n")
      .slice(0, PROMPT_SHOWN_CHARACTERS);
    if (!text.trim()) return undefined;
    const { providers, agents, hooks, llm, signal } = this.#options;
    const { providerID, modelID } = prompt.info.model;
    const agent = await agents.get("title");
    const chosen = agent.model ?? (await providers.smallModel(providerID, modelID));
    const { provider, model } = await providers.model(chosen.providerID, chosen.modelID);
    const question = `Generate a title for this conversation:\n\n${text}`;
    const request: ModelRequest = {
      model,
      provider,
      sessionID: prompt.info.sessionID,
      messages: [
        { role: "system", content: agent.prompt ?? prompts.title },
        { role: "user", content: [{ type: "text", text: question }] },
      ],
      tools: [],
      maxOutputTokens: ANSWER_MAX_TOKENS,
      ...(agent.temperature === undefined ? {} : { temperature: agent.temperature }),
      options: { ...model.options, ...agent.options },
      headers: model.headers,
    };
    const shaped = await shapeRequest(request, { agent: agent.name, message: prompt.info }, hooks);
    const events = llm.stream(shaped, signal);
    let answer = "";
    for await (const event of events) {
      if (event.type === "text-delta") answer += event.text;
      else if (event.type === "retry" || event.type === "recast") answer = "";
      else if (event.type === "error") throw new Error(event.error.name);
    }
    return tidyTitle(answer);
  }
}

/** The first line of what the model said, without quotation marks. */
function tidyTitle(answer: string): string | undefined {
  const line = answer
    .split("\n")
    .map((text) => text.trim().replace(/^["'#*\s]+|["'*\s]+$/g, ""))
    .find((text) => text !== "");
  return line?.slice(0, TITLE_MAX_CHARACTERS);
}
