// Hooks on what a person sends: a session that begins, a prompt, the prompt of a slash command.
// What they add is stored with the prompt, so that the history shows what the model saw.
import type { IDs } from "@/base/id";
import { isValid, t } from "@/base/schema";
import type { Hooks } from "@/plugin/hooks";
import { UserMessage } from "@/schema/message";
import { Part, PartInput } from "@/schema/part";
import type { Session } from "@/schema/session";
import type { Prompt } from "./conversation";

const Parts = t.Array(Part);
const PartInputs = t.Array(PartInput);

interface PromptHooksOptions {
  hooks: Hooks;
  ids: IDs;
}

/** Sessions whose begin was told; of those beyond, it may be told again. */
const STARTED_MAX = 1_000;

export class PromptHooks {
  readonly #options: PromptHooksOptions;
  readonly #started = new Set<string>();

  constructor(options: PromptHooksOptions) {
    this.#options = options;
  }

  /** The prompt as it is to be stored. Throws the refusal of a hook. */
  async shape(prompt: Prompt, session: Session): Promise<Prompt> {
    const context = await this.#start(session);
    const shaped = await this.#shapeMessage(prompt, session);
    // A session whose first prompt was refused has not begun.
    this.#started.add(session.id);
    return this.#whole(shaped, context);
  }

  async #shapeMessage({ info, parts }: Prompt, session: Session) {
    const { hooks } = this.#options;
    if (!(await hooks.has("chat.message"))) return { message: info, parts };
    const { agent, model, id: messageID, sessionID } = info;
    const { variant, ...ref } = model;
    const input = {
      sessionID,
      agent,
      model: ref,
      messageID,
      ...(variant === undefined ? {} : { variant }),
      ...(session.parentID === undefined ? {} : { parentID: session.parentID }),
    };
    return hooks.run(
      "chat.message",
      input,
      { message: info, parts },
      {
        check: ({ message, parts }) => {
          const isOwn = isValid(UserMessage, message) && message.id === messageID;
          if (!isOwn || message.sessionID !== sessionID) return "a message that is not the prompt";
          const isPart = Array.isArray(parts) && isValid(Parts, this.#own(parts, info));
          return isPart ? undefined : "parts that are none";
        },
      },
    );
  }

  /** The parts of a slash command's prompt. Throws the refusal of a hook. */
  shapeCommand(
    input: { command: string; sessionID: string; arguments: string },
    parts: PartInput[],
  ): Promise<{ parts: PartInput[] }> {
    const check = (output: { parts: PartInput[] }) =>
      isValid(PartInputs, output.parts) ? undefined : "parts that are none";
    return this.#options.hooks.run("command.execute.before", input, { parts }, { check });
  }

  /** What is to be said when a person's session begins, or goes on in this process. */
  async #start({ id, parentID, time }: Session): Promise<string[]> {
    if (parentID !== undefined || this.#started.has(id)) return [];
    if (this.#started.size >= STARTED_MAX) this.#started.clear();
    const source = time.updated > time.created ? "resume" : "startup";
    const begin = { sessionID: id, source } as const;
    return (await this.#options.hooks.run("session.start", begin, { context: [] })).context;
  }

  #whole({ message, parts }: { message: UserMessage; parts: Part[] }, context: string[]): Prompt {
    const texts = context.map((text) => ({ type: "text", text, synthetic: true }) as Part);
    const all = this.#own([...parts, ...texts], message);
    return { info: message, parts: all.sort((a, b) => (a.id < b.id ? -1 : 1)) };
  }

  /** Parts that a hook has added get what the others have. */
  #own(parts: readonly Part[], { id: messageID, sessionID }: UserMessage): Part[] {
    const { ids } = this.#options;
    return parts.map((part) => {
      return { ...part, id: part.id || ids.create("prt"), sessionID, messageID };
    });
  }
}
