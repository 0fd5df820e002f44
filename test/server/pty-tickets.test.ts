import { expect, test } from "bun:test";
import { PtyTickets } from "@/server/pty-tickets";
import { FakeClock } from "@test/support/clock";

test("a ticket is good once, for its terminal, for a minute", async () => {
  const clock = new FakeClock();
  const tickets = new PtyTickets(clock);
  const { ticket, expires_in } = tickets.create("pty_1");
  expect(tickets.redeem(ticket, "pty_2")).toBe(false);
  expect(tickets.redeem(ticket, "pty_1")).toBe(true);
  expect(tickets.redeem(ticket, "pty_1")).toBe(false);
  const late = tickets.create("pty_1");
  await clock.advance(expires_in * 1_000 - 1);
  expect(
    tickets.admits(new Request(`http://localhost/pty/pty_1/connect?ticket=${late.ticket}`)),
  ).toBe(true);
  await clock.advance(1);
  expect(tickets.redeem(late.ticket, "pty_1")).toBe(false);
});

test("tickets that nobody uses are forgotten, the oldest first", () => {
  const tickets = new PtyTickets(new FakeClock());
  const all = Array.from({ length: 1_001 }, () => tickets.create("pty_1").ticket);
  expect(tickets.redeem(all[0] ?? "", "pty_1")).toBe(false);
  expect(tickets.redeem(all[1] ?? "", "pty_1")).toBe(true);
  expect(new Set(all).size).toBe(1_001);
});
