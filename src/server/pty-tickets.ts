// Tickets for the WebSocket of a terminal: browsers cannot send a password with an upgrade, so they
// fetch a ticket with it and show that instead. Each opens one terminal once, soon after.
import { randomBytes } from "node:crypto";
import type { Clock } from "@/base/clock";

const LIFETIME_MS = 60_000;
const TICKETS_MAX = 1_000;
const TICKET_BYTES = 24;
const CONNECT_PATH = /^\/pty\/([^/]+)\/connect$/;

export class PtyTickets {
  readonly #clock: Clock;
  /** In the order in which they expire. */
  readonly #tickets = new Map<string, { ptyID: string; expiresAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A ticket for this terminal, and for how many seconds it is good. */
  create(ptyID: string): { ticket: string; expires_in: number } {
    const [oldest] = this.#tickets.keys();
    if (oldest !== undefined && this.#tickets.size >= TICKETS_MAX) this.#tickets.delete(oldest);
    const ticket = randomBytes(TICKET_BYTES).toString("base64url");
    this.#tickets.set(ticket, { ptyID, expiresAt: this.#clock.now() + LIFETIME_MS });
    return { ticket, expires_in: LIFETIME_MS / 1_000 };
  }

  /** Uses the ticket up; whether it was good for this terminal. */
  redeem(ticket: string, ptyID: string): boolean {
    const isGood = this.#isGood(ticket, ptyID);
    if (isGood) this.#tickets.delete(ticket);
    return isGood;
  }

  /** Whether the request shows a good ticket where one counts; it is not used up. */
  admits(request: Request): boolean {
    if (request.method !== "GET") return false;
    const { pathname, searchParams } = new URL(request.url);
    const ptyID = CONNECT_PATH.exec(pathname)?.[1];
    const ticket = searchParams.get("ticket");
    return ptyID !== undefined && ticket !== null && this.#isGood(ticket, ptyID);
  }

  #isGood(ticket: string, ptyID: string): boolean {
    const known = this.#tickets.get(ticket);
    return known !== undefined && known.ptyID === ptyID && this.#clock.now() < known.expiresAt;
  }
}
