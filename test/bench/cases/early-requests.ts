// What becomes of requests that come before the server is ready: from the moment its process is
// started, one connection every few milliseconds; at the first that is accepted, many at once.
// Each must be answered, or refused so that the client knows to come back. None may be left.

import { connect } from "node:net";
import type { Case } from "@test/bench/bench";
import { openHome } from "@test/bench/home";
import { ServerProcess } from "@test/bench/server-process";

type Fate = "answered" | "refused" | "left hanging";

const PAUSE_MS = 4;
const BURST = 64;
/** Who has no answer then has been forgotten. */
const PATIENCE_MS = 10_000;
const PATHS = ["/global/health", "/session", "/config", "/agent", "/path"] as const;

export const earlyRequestsCase: Case = {
  name: "early-requests",
  measures: "requests sent from the first instant of serve, 64 more when its port opens",
  figures: [
    { name: "sent", unit: "count" },
    { name: "answered", unit: "count" },
    { name: "refused", unit: "count" },
    { name: "left hanging", unit: "count", beat: 0 },
    { name: "slowest answer", unit: "ms" },
  ],
  runs: 3,
  limitMs: 90_000,
  async measure(subject, signal) {
    await using home = await openHome();
    await using server = await ServerProcess.spawn(subject, home, signal);
    const requests = await knock(server);
    const fates = await Promise.all(requests);
    const count = (fate: Fate) => fates.filter((one) => one.fate === fate).length;
    const answers = fates.filter((one) => one.fate === "answered").map((one) => one.wallMs);
    return {
      sent: fates.length,
      answered: count("answered"),
      refused: count("refused"),
      "left hanging": count("left hanging"),
      "slowest answer": Math.max(0, ...answers),
    };
  },
};

interface Sent {
  fate: Fate;
  wallMs: number;
}

/** Sends until the server is healthy; the fates of the requests come later. */
async function knock(server: ServerProcess): Promise<Promise<Sent>[]> {
  const requests: Promise<Sent>[] = [];
  const healthy = new AbortController();
  let isOpen = false;
  const burst = () => {
    if (isOpen) return;
    isOpen = true;
    for (let index = 0; index < BURST; index++) send(PATHS[index % PATHS.length] ?? PATHS[0]);
  };
  const send = (path: string) => requests.push(request(server.port, path, burst));
  const keepSending = async () => {
    while (!healthy.signal.aborted) {
      send(PATHS[0]);
      await Bun.sleep(PAUSE_MS);
    }
  };
  await Promise.all([server.untilHealthy().finally(() => healthy.abort()), keepSending()]);
  burst();
  return requests;
}

/** One request on a connection of its own; a bare socket, because a client library would queue. */
function request(port: number, path: string, onOpen: () => void): Promise<Sent> {
  const sentAt = performance.now();
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const settle = (fate: Fate) => {
      clearTimeout(patience);
      socket.destroy();
      resolve({ fate, wallMs: performance.now() - sentAt });
    };
    const patience = setTimeout(() => settle("left hanging"), PATIENCE_MS);
    socket.once("connect", () => {
      onOpen();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
    });
    socket.once("data", () => settle("answered"));
    socket.once("error", () => settle("refused"));
    socket.once("close", () => settle("refused"));
  });
}
