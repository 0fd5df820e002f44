// The store fails in the middle of a turn, once or from then on, at each of its writes: the caller
// gets an answer or an error that says so, nothing hangs, nothing stored is lost, and when the
// store works again so does the session.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { AppError } from "@/base/error";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";
import { type SessionApp, sessionApp } from "@test/support/session-app";
import { unfinished } from "./cut-answer";

const TURNS: ScriptedTurn[] = [
  { text: "Look", calls: [{ tool: "bash", input: { command: "echo hi" } }] },
  { text: "Done" },
];
const TABLES = ["session", "message", "part"];

/** Makes the writes from change number `first` to `last` fail, as SQLite itself refuses them. */
class FailingWrites implements Disposable {
  readonly #database: Database;

  constructor(t: SessionApp, first: number, last: number) {
    this.#database = new Database(t.app.services.paths.database);
    for (const table of TABLES) {
      for (const event of ["INSERT", "UPDATE"]) {
        this.#database.run(
          `CREATE TRIGGER fail_${table}_${event} BEFORE ${event} ON ${table}
           WHEN NEW.seq BETWEEN ${first} AND ${last}
           BEGIN SELECT RAISE(ABORT, 'no more'); END`,
        );
      }
    }
  }

  [Symbol.dispose](): void {
    for (const table of TABLES) {
      for (const event of ["INSERT", "UPDATE"]) {
        this.#database.run(`DROP TRIGGER fail_${table}_${event}`);
      }
    }
    this.#database.close();
  }
}

/** How many changes a turn makes when nothing fails. */
async function changesOfTurn(): Promise<number> {
  await using t = await sessionApp({ turns: TURNS });
  const session = t.create();
  const { sessionStore } = t.app.services;
  const before = sessionStore.lastSeq();
  await t.prompt(session, "Go");
  return sessionStore.lastSeq() - before;
}

test.each(["once", "from then on"])("each write of a turn fails, %s", async (how) => {
  const writes = await changesOfTurn();
  expect(writes).toBeGreaterThan(15);
  await using t = await sessionApp({ isStored: true });
  for (let nth = 1; nth <= writes; nth++) {
    t.events.length = 0;
    const session = t.create();
    const first = t.app.services.sessionStore.lastSeq() + nth;
    t.model.push(...TURNS);
    let outcome: unknown;
    {
      const last = how === "once" ? first : Number.MAX_SAFE_INTEGER;
      using failing = new FailingWrites(t, first, last);
      outcome = await t.prompt(session, "Go").catch((error: unknown) => error);
      void failing;
    }
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(AppError);
    expect({ nth, status: t.instance.runs.status() }).toEqual({ nth, status: {} });
    const told = t.told("session.status").length > 0 ? 1 : 0;
    expect({ nth, idles: t.told("session.idle").length }).toEqual({ nth, idles: told });
    while (t.model.turnsLeft > 0) await takeTurn(t);
    t.model.push({ text: "Here I am" });
    const { info } = await t.prompt(session, "Again");
    expect({ nth, info }).toMatchObject({ nth, info: { finish: "stop" } });
    expect({ nth, open: unfinished(t, session) }).toEqual({ nth, open: [] });
  }
  expect(t.model.violations).toEqual([]);
});

/** Takes a turn that was not asked for. */
async function takeTurn(t: SessionApp): Promise<void> {
  await t.prompt(t.create(), "Take");
}
