// Tells the local network where the server is (multicast DNS, DNS-SD), so that it is found by its
// name: announced when it begins, answered while it lasts, withdrawn at its end. A server that is
// bound to one address is announced by that address alone, and only there.
import { isIP, isIPv4 } from "node:net";
import { hostname as machineName, networkInterfaces } from "node:os";
import type { MulticastDNS, Query, Resource, Sender } from "multicast-dns";
import { errorMessage } from "@/base/error";
import type { Logger } from "@/base/log";

const SERVICE = "_http._tcp.local";
const SERVICES = "_services._dns-sd._udp.local";
const MDNS_PORT = 5353;
/** How long others may remember what they heard. */
const TTL_SECONDS = 120;
const LABEL_MAX_LENGTH = 63;
/** Opening and leaving never hold anything up for longer. */
const PATIENCE_MS = 1_000;

export interface MdnsOptions {
  /** The name under which the server is found: "opencode.local". */
  domain: string;
  port: number;
  /** What the server is bound to. */
  hostname: string;
}

/**
 * Publishes `_http._tcp` under `domain` until the returned function is called, which resolves when
 * the network has been told that it is gone, or after a second. A network without multicast is
 * logged and otherwise no fault.
 */
export async function publishMdns(options: MdnsOptions, log: Logger): Promise<() => Promise<void>> {
  const { default: multicastDNS } = await import("multicast-dns");
  const addresses = addressesOf(options.hostname);
  const records = recordsOf(options, addresses);
  const only = addresses.length === 1 ? addresses.find(isIPv4) : undefined;
  // Bound to everything, because packets to a group do not arrive at an address of one's own.
  const mdns = multicastDNS(only === undefined ? {} : { interface: only, bind: "0.0.0.0" });
  mdns.on("warning", (error) => log.debug("multicast DNS", { error: errorMessage(error) }));
  mdns.on("query", (query, sender) => answer(mdns, records, query, sender));
  const isReady = await within(PATIENCE_MS, (done) => {
    mdns.on("ready", () => done(true));
    mdns.on("error", (error) => {
      log.warn("the server is not announced in the local network", { error: errorMessage(error) });
      done(false);
    });
  });
  const leave = async () => {
    await within(PATIENCE_MS, (done) => mdns.destroy(() => done(true)));
  };
  if (!isReady) return leave;
  mdns.respond({ answers: records });
  return async () => {
    const goodbye = records.map((record) => ({ ...record, ttl: 0 }));
    await within(PATIENCE_MS, (done) =>
      mdns.respond({ answers: goodbye }, undefined, () => done(true)),
    );
    await leave();
  };
}

function recordsOf({ domain, port }: MdnsOptions, addresses: readonly string[]): Resource[] {
  // The machine is in the name, because the port is the same on most.
  const machine = machineName().split(".")[0] ?? "";
  const name = `opencode-${port}-${machine}`.slice(0, LABEL_MAX_LENGTH);
  const instance = `${name}.${SERVICE}`;
  const ttl = TTL_SECONDS;
  return [
    { name: SERVICES, type: "PTR", ttl, data: SERVICE },
    { name: SERVICE, type: "PTR", ttl, data: instance },
    { name: instance, type: "SRV", ttl, data: { port, target: domain, priority: 0, weight: 0 } },
    { name: instance, type: "TXT", ttl, data: ["path=/"] },
    ...addresses.map((data): Resource => {
      return { name: domain, type: data.includes(":") ? "AAAA" : "A", ttl, data };
    }),
  ];
}

function answer(
  mdns: MulticastDNS,
  records: readonly Resource[],
  { id, questions }: Query,
  sender: Sender,
): void {
  const answers = records.filter((record) =>
    questions.some(({ name, type }) => {
      const isNamed = name.toLowerCase() === record.name.toLowerCase();
      return isNamed && (type === "ANY" || type === record.type);
    }),
  );
  if (answers.length === 0) return;
  // Whoever found the service asks next where it is.
  const additionals = records.filter((record) => !answers.includes(record));
  const reply = { answers, additionals };
  // A plain resolver waits for an answer to itself, with its own question in it.
  if (sender.port !== MDNS_PORT) mdns.respond({ ...reply, id, questions }, sender);
  else mdns.respond(reply);
}

/** Where the server can be reached, as far as the name of what it is bound to says. */
function addressesOf(hostname: string): string[] {
  if (hostname === "localhost") return ["127.0.0.1"];
  const isOne = isIP(hostname) > 0 && hostname !== "0.0.0.0" && hostname !== "::";
  if (isOne) return [hostname];
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ internal }) => !internal).map(({ address }) => address);
}

/** What `start` is done with; false when that takes too long. */
async function within(ms: number, start: (done: (isGood: boolean) => void) => void) {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timeout = setTimeout(() => resolve(false), ms);
  start(resolve);
  const isGood = await promise;
  clearTimeout(timeout);
  return isGood;
}
