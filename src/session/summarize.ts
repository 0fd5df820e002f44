// Summarising on demand: a person has the session's history summarised, as the program does by
// itself when it grows too long.
import { invalid } from "@/base/error";
import type { Clock } from "@/base/clock";
import type { MessageWithParts, UserMessage } from "@/schema/message";
import type { SummarizeInput } from "@/schema/session";
import type { SessionStore } from "@/storage/session-store";
import type { Compactions, SummaryWish } from "./compaction";
import { loadConversation } from "./history";
import type { Prompts } from "./prompts";
import type { Records } from "./records";
import type { Run, Runs } from "./runs";
import type { Sessions } from "./sessions";
import type { UserMessages } from "./user-messages";

interface SummarizerOptions {
  clock: Clock;
  compactions: Compactions;
  messages: UserMessages;
  prompts: Prompts;
  records: Records;
  runs: Runs;
  sessions: Sessions;
  store: SessionStore;
}

const GO_ON = "Go on with what is left to do; if nothing is, say so.";

export class Summarizer {
  readonly #options: SummarizerOptions;

  constructor(options: SummarizerOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the summary is there, with `auto` when the session has gone on from it and is
   * idle again; false when it failed, which is told as session.error. Throws AppError busy while
   * the session runs, not-found for an unknown session or model, invalid when there is nothing to
   * summarise.
   */
  async summarize(sessionID: string, input: SummarizeInput): Promise<boolean> {
    const { messages, prompts, runs, sessions } = this.#options;
    const { auto = false, instruction, modelID, providerID } = input;
    const session = sessions.get(sessionID);
    runs.assertIdle(sessionID);
    const prompt = await messages.create(session, { model: { modelID, providerID } });
    if (sessions.messages(sessionID, { limit: 1 }).messages.length === 0) {
      throw invalid(`There is nothing to summarise yet in ${sessionID}`, { sessionID });
    }
    const work = (run: Run) => this.#work(run, prompt, { auto, instruction });
    const { info } = await runs.begin(sessionID, work, prompts.answer);
    const isDone = info.role !== "assistant" || info.error === undefined;
    if (isDone && auto) {
      const parts = [{ type: "text" as const, text: GO_ON, synthetic: true }];
      await prompts.prompt(sessionID, { model: { modelID, providerID }, parts });
    }
    return isDone;
  }

  async #work(run: Run, prompt: UserMessage, wish: SummaryWish): Promise<MessageWithParts> {
    const { compactions, messages } = this.#options;
    messages.finalizeRevert(run.sessionID);
    const conversation = loadConversation(run.sessionID, this.#options);
    const info = await compactions.summarize({ conversation, run }, prompt, wish);
    // There was nothing left that a summary would be shorter than: that is as good.
    return { info: info ?? prompt, parts: [] };
  }
}
