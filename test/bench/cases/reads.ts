// How long clients wait for long lists: of sessions, of all messages of a long session, and of the
// newest of a longer one. Each time is that of one request whose answer is read to its end.

import { openHome } from "@test/bench/home";
import type { Case, Subject } from "@test/bench/bench";
import { startModel } from "@test/bench/model-process";
import { ServerProcess } from "@test/bench/server-process";

const SESSIONS = 2_000;
const MESSAGES = 1_000;
const MORE_MESSAGES = 5_000;
const PAGE = 50;
const REQUESTS = 20;
/** At once, while the lists are made. */
const WRITERS = 8;
const TEXT = "What does this part of the program do, and who calls it? ".repeat(10);

export const readsCase: Case = {
  name: "reads",
  measures: `${SESSIONS} sessions, ${MESSAGES} messages, and ${PAGE} of ${MORE_MESSAGES}`,
  figures: [
    { name: "GET /session", unit: "ms", beat: 30 },
    { name: `${MESSAGES} messages`, unit: "ms", beat: 100 },
    { name: `${PAGE} of ${MORE_MESSAGES}`, unit: "ms", beat: 30 },
    { name: "the page before", unit: "ms", beat: 30 },
  ],
  runs: 1,
  limitMs: 300_000,
  async measure(subject: Subject, signal: AbortSignal) {
    await using model = await startModel({ turns: [] });
    await using home = await openHome({ model });
    await using server = await ServerProcess.start(subject, home, signal);
    const long = await server.createSession();
    const longer = await server.createSession();
    await repeat(SESSIONS - 2, () => server.createSession());
    await repeat(MESSAGES, () => server.note(long, TEXT));
    await repeat(MORE_MESSAGES, () => server.note(longer, TEXT));
    const messages = `/session/${longer}/message?limit=${PAGE}`;
    const { cursor } = await server.read(messages);
    const before = `${messages}&before=${encodeURIComponent(cursor ?? "")}`;
    return {
      "GET /session": await timeOf(server, `/session?limit=${SESSIONS}`, SESSIONS),
      [`${MESSAGES} messages`]: await timeOf(server, `/session/${long}/message`, MESSAGES),
      [`${PAGE} of ${MORE_MESSAGES}`]: await timeOf(server, messages, PAGE),
      "the page before": await timeOf(server, before, PAGE),
    };
  },
};

/** The median, after the first of them. */
async function timeOf(server: ServerProcess, path: string, length: number): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count <= REQUESTS; count++) {
    const startedAt = performance.now();
    const answer = await server.read(path);
    times.push(performance.now() - startedAt);
    if (answer.length !== length) throw new Error(`${path} has ${answer.length} entries`);
  }
  return times.slice(1).toSorted((a, b) => a - b)[REQUESTS / 2] ?? 0;
}

async function repeat(count: number, work: () => Promise<unknown>): Promise<void> {
  let left = count;
  const write = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}
