// An answer that holds a tool call, cut at any byte: what every client of a flaky network meets.
import { expect } from "bun:test";
import type { Session } from "@/schema/session";
import { FakeClock } from "@test/support/clock";
import { WIRES } from "@test/support/scripted-model/scripted-model";
import type { NeutralRequest, Turn, WireName } from "@test/support/scripted-model/turn";
import { type SessionApp, sessionApp } from "@test/support/session-app";

const CALL: Turn = {
  text: "Let me look",
  calls: [{ tool: "read", input: { filePath: "a.txt" } }],
};

/** Everything the server sends for the answer, as one text. */
export function wholeAnswer(wire: WireName, serial = 0): string {
  return WIRES[wire].frames(CALL, serial).join("");
}

/**
 * Has the answer cut after each of these numbers of characters, in a session each. Half of the
 * sessions go on to the next attempt, the others are stopped while they wait for it.
 */
export async function cutAt(wire: WireName, offsets: readonly number[]): Promise<void> {
  const clock = new FakeClock();
  let cut: number | undefined;
  let serial = 0;
  const answer = (request: NeutralRequest): Turn => {
    if (request.tools.length === 0) return { text: "Title" };
    const last = request.messages.at(-1);
    if (last?.results.length) return { text: "Done" };
    if (last?.text === "Again") return { text: "Here I am" };
    if (cut === undefined) return CALL;
    const body = wholeAnswer(wire, ++serial).slice(0, cut);
    cut = undefined;
    return { body: once(body) };
  };
  await using t = await sessionApp({ wire, clock, files: { "a.txt": "x" }, side: answer });
  for (const offset of offsets) {
    cut = offset;
    const session = t.create();
    const ended = await promptOnce(t, session, clock, offset % 2 === 0);
    expect({ offset, ended }).toEqual({ offset, ended: true });
    const { info } = await t.prompt(session, "Again");
    expect({ offset, info }).toMatchObject({ offset, info: { finish: "stop" } });
    expect({ offset, open: unfinished(t, session) }).toEqual({ offset, open: [] });
  }
  expect(t.model.violations).toEqual([]);
}

/** Prompts; a wait for another attempt is passed, or cut short by an abort. Whether it ended. */
async function promptOnce(
  t: SessionApp,
  session: Session,
  clock: FakeClock,
  goesOn: boolean,
): Promise<boolean> {
  const waits = t.next("session.status", ({ status }) => status.type === "retry");
  const answered = t.prompt(session, "Look").then(() => undefined);
  const waiting = await Promise.race([waits, answered]);
  if (waiting?.status.type === "retry") {
    if (goesOn) await clock.advance(waiting.status.next - clock.now());
    else await t.instance.sessions.abort(session.id);
  }
  await answered;
  return !t.instance.runs.isBusy(session.id);
}

/** What of the session is not in an end state. */
export function unfinished(t: SessionApp, session: Session): string[] {
  return t.history(session).flatMap(({ info, parts }) => [
    ...(info.role === "assistant" && info.time.completed === undefined ? [info.id] : []),
    ...parts.flatMap((part) => {
      if (part.type === "tool") {
        return ["completed", "error"].includes(part.state.status) ? [] : [part.id];
      }
      const isText = part.type === "text" || part.type === "reasoning";
      return isText && part.time && part.time.end === undefined ? [part.id] : [];
    }),
  ]);
}

async function* once(text: string): AsyncGenerator<string> {
  if (text !== "") yield text;
}
