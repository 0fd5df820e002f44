// Questions: what the model wants to know from the person, and the answers. Owned by an instance.
// As with permissions, the first answer wins, an abort withdraws the question, and where nobody
// can answer the policy refuses at once instead of waiting.
import { AppError, invalid } from "@/base/error";
import type { IDs } from "@/base/id";
import { plural } from "@/base/text";
import type { Publish } from "@/schema/event";
import type { QuestionInfo, QuestionRequest } from "@/schema/question";
import { PendingRequests } from "./pending-requests";

export interface QuestionAsk {
  sessionID: string;
  questions: QuestionInfo[];
  tool?: { messageID: string; callID: string };
}

const ANSWERS_MAX = 50;
const ANSWER_MAX_CHARACTERS = 20_000;

export class Questions {
  readonly #ids: IDs;
  readonly #publish: Publish;
  readonly #pending = new PendingRequests<QuestionRequest, string[][]>("Question");
  /** May be changed at any time; questions that wait already go on waiting. */
  policy: "ask" | "reject";

  constructor(options: { ids: IDs; publish: Publish; policy?: "ask" | "reject" }) {
    this.#ids = options.ids;
    this.#publish = options.publish;
    this.policy = options.policy ?? "ask";
  }

  /**
   * The answers, one list for each question in their order. Throws AppError denied:
   * `QuestionRejected` when the person dismisses them, `QuestionUnanswerable` when the policy
   * says that nobody is there. Rejects with the signal's reason when that aborts, and then tells
   * clients with `question.rejected` to close their dialogs.
   */
  async ask(ask: QuestionAsk, signal: AbortSignal): Promise<string[][]> {
    signal.throwIfAborted();
    if (ask.questions.length === 0) throw invalid("questions: at least one is needed");
    if (this.policy === "reject") throw unanswerable();
    const request: QuestionRequest = {
      id: this.#ids.create("que"),
      sessionID: ask.sessionID,
      questions: ask.questions,
      ...(ask.tool && { tool: ask.tool }),
    };
    return this.#pending.wait(request, signal, {
      announce: () => this.#publish("question.asked", request),
      withdraw: () => this.#tellRejected(request),
    });
  }

  /**
   * Answers all questions of a request at once. Throws not-found for an unknown id, conflict when
   * another answer came first, invalid when the answers do not fit the questions in number.
   */
  reply(requestID: string, answers: string[][]): void {
    const request = this.#pending.get(requestID);
    checkAnswers(request.questions, answers);
    const { sessionID } = request;
    this.#pending.resolve(request, answers, () =>
      this.#publish("question.replied", { sessionID, requestID, answers }),
    );
  }

  /** Dismisses the questions. Throws as `reply` does. */
  reject(requestID: string): void {
    const request = this.#pending.get(requestID);
    const error = new AppError("denied", "QuestionRejected", "The user dismissed this question");
    this.#pending.reject(request, error, () => this.#tellRejected(request));
  }

  /** The questions that wait, oldest first. */
  list(): QuestionRequest[] {
    return this.#pending.list();
  }

  /** Withdraws all questions of a session, as an abort of each would. */
  cancelSession(sessionID: string): void {
    for (const request of this.#pending.list()) {
      if (request.sessionID !== sessionID) continue;
      const reason = new DOMException("The session was cancelled", "AbortError");
      this.#pending.reject(request, reason, () => this.#tellRejected(request));
    }
  }

  #tellRejected(request: QuestionRequest): void {
    const { sessionID, id: requestID } = request;
    this.#publish("question.rejected", { sessionID, requestID });
  }
}

function checkAnswers(questions: QuestionInfo[], answers: string[][]): void {
  if (answers.length !== questions.length) {
    const asked = plural(questions.length, "question");
    throw invalid(`answers: ${asked} asked, but ${plural(answers.length, "answer")} given`);
  }
  for (const [index, question] of questions.entries()) {
    const given = answers[index] ?? [];
    const max = question.multiple ? ANSWERS_MAX : 1;
    if (given.length > max) {
      throw invalid(`answers[${index}]: at most ${max}, but ${given.length} given`);
    }
    if (given.some((answer) => answer.length > ANSWER_MAX_CHARACTERS)) {
      throw invalid(`answers[${index}]: at most ${ANSWER_MAX_CHARACTERS} characters each`);
    }
  }
}

function unanswerable(): AppError {
  const message =
    "Nobody is there to answer a question. Decide yourself, take the choice that is easiest to " +
    "undo, and say at the end what you assumed.";
  return new AppError("denied", "QuestionUnanswerable", message, { policy: "reject" });
}
