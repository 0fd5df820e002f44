// Budgets: how much a turn, or a whole run, may cost, its subagents included. What models were paid
// is told here as soon as it is known, and counts for the session and all above it; before another
// request it is asked whether there is something left. Kept in memory only: a limit is for what
// goes on now.
import { plural } from "@/base/text";
import type { Budget, TokenUsage } from "@/schema/primitive";
import type { MessageError } from "@/schema/message-error";
import type { Model } from "@/schema/provider";
import { costOf } from "@/provider/cost";
import type { SessionStore } from "@/storage/session-store";
import { totalTokens } from "./usage";

interface Spent {
  cost: number;
  tokens: number;
  steps: number;
}

/** `name` is what a person would change to allow more, without its last word. */
export interface NamedBudget extends Budget {
  name: string;
}

interface Account extends Spent {
  /** The session above it, which never changes: asked for once. */
  parentID: string | undefined;
  /** What the present turn may use, and what had been used before it. */
  turn?: { budget: NamedBudget; before: Spent };
  /** The same for all turns from a moment on. */
  run?: { budget: NamedBudget; before: Spent };
}

export class Budgets {
  readonly #store: Pick<SessionStore, "findSession">;
  readonly #accounts = new Map<string, Account>();

  constructor(store: Pick<SessionStore, "findSession">) {
    this.#store = store;
  }

  /** What a request of the session used. */
  spend(sessionID: string, model: Pick<Model, "cost">, usage: TokenUsage): void {
    const cost = costOf(model, usage);
    const tokens = totalTokens(usage);
    for (const account of this.#upwards(sessionID)) {
      account.cost += cost;
      account.tokens += tokens;
    }
  }

  /** The session sends a request for a step of its turn. */
  countStep(sessionID: string): void {
    for (const account of this.#upwards(sessionID)) account.steps++;
  }

  /** A turn that a person asked for begins; without a budget nothing limits it. */
  beginTurn(sessionID: string, budget: NamedBudget | undefined): void {
    const account = this.#account(sessionID);
    if (budget) account.turn = { budget, before: { ...account } };
    else delete account.turn;
  }

  /** From now on the session may use so much in all its turns together. */
  limit(sessionID: string, budget: NamedBudget): void {
    const account = this.#account(sessionID);
    account.run = { budget, before: { ...account } };
  }

  /** Why the session may send no further request, if so. */
  exceeded(sessionID: string): MessageError | undefined {
    for (const account of this.#upwards(sessionID)) {
      for (const limit of [account.turn, account.run]) {
        const error = limit && findExcess(account, limit);
        if (error) return error;
      }
    }
    return undefined;
  }

  /** To be told when a session is removed. */
  forget(sessionID: string): void {
    this.#accounts.delete(sessionID);
  }

  #account(sessionID: string): Account {
    const known = this.#accounts.get(sessionID);
    if (known) return known;
    const parentID = this.#store.findSession(sessionID)?.parentID;
    const account = { cost: 0, tokens: 0, steps: 0, parentID };
    this.#accounts.set(sessionID, account);
    return account;
  }

  /** Of the session and those above it. */
  #upwards(sessionID: string): Set<Account> {
    const accounts = new Set<Account>();
    let id: string | undefined = sessionID;
    while (id !== undefined) {
      const account = this.#account(id);
      if (accounts.has(account)) break;
      accounts.add(account);
      id = account.parentID;
    }
    return accounts;
  }
}

function findExcess(
  now: Spent,
  { before, budget }: { before: Spent; budget: NamedBudget },
): MessageError | undefined {
  const cost = now.cost - before.cost;
  const tokens = now.tokens - before.tokens;
  const steps = now.steps - before.steps;
  if (budget.cost !== undefined && cost >= budget.cost) {
    return excess("cost", dollars(cost), `${budget.name}cost (${dollars(budget.cost)})`);
  }
  if (budget.tokens !== undefined && tokens >= budget.tokens) {
    return excess("tokens", `${tokens} tokens`, `${budget.name}tokens (${budget.tokens})`);
  }
  if (budget.steps !== undefined && steps >= budget.steps) {
    return excess("steps", plural(steps, "step"), `${budget.name}steps (${budget.steps})`);
  }
  return undefined;
}

function excess(limit: string, used: string, name: string): MessageError {
  const message =
    `The budget is used up: ${used}, subagents included. ` +
    `Raise ${name} and send a prompt to go on`;
  return { name: "MessageOutputLengthError", data: { message, limit } };
}

function dollars(amount: number): string {
  return `$${amount.toFixed(amount < 1 ? 4 : 2)}`;
}
