import { expect, test } from "bun:test";
import multicastDNS, { type Resource } from "multicast-dns";
import { testApp } from "@test/support/test-app";

/** Another program on loopback that asks and listens. */
class Resolver implements Disposable {
  readonly #mdns = multicastDNS({ interface: "127.0.0.1", bind: "0.0.0.0" });
  readonly #heard: ((records: readonly Resource[]) => void)[] = [];
  /** Resolves when it hears others. */
  readonly ready = new Promise<void>((resolve) => this.#mdns.on("ready", resolve));

  constructor() {
    this.#mdns.on("response", ({ answers, additionals }) => {
      for (const hear of this.#heard) hear([...answers, ...additionals]);
    });
  }

  /** The records of the first answer that has one that `isWanted`. */
  next(isWanted: (record: Resource) => boolean): Promise<readonly Resource[]> {
    return new Promise((resolve) => {
      this.#heard.push((records) => records.some(isWanted) && resolve(records));
    });
  }

  async ask(name: string, type: string, isWanted: (record: Resource) => boolean) {
    const answer = this.next(isWanted);
    this.#mdns.query(name, type);
    return answer;
  }

  [Symbol.dispose](): void {
    this.#mdns.destroy(() => {});
  }
}

test("a server is found by its service and its name, and withdrawn at its end", async () => {
  using resolver = new Resolver();
  await resolver.ready;
  // Other servers of this machine may be announced as well: the name is the test's own.
  const domain = `opencode-test-${process.pid}.local`;
  const isOurs = ({ data }: Resource) => {
    return typeof data === "object" && data !== null && "target" in data && data.target === domain;
  };
  const announced = resolver.next(isOurs);
  const t = await testApp({ listen: { mdns: true, mdnsDomain: domain, hostname: "127.0.0.1" } });
  try {
    const { port } = t.server;
    await announced;
    const found = await resolver.ask("_http._tcp.local", "PTR", isOurs);
    expect(found.find(isOurs)).toMatchObject({
      name: expect.stringMatching(new RegExp(`^opencode-${port}-.*\\._http\\._tcp\\.local$`)),
      type: "SRV",
      data: { port },
    });
    const isNamed = ({ name, type }: Resource) => name === domain && type === "A";
    const named = await resolver.ask(domain.toUpperCase(), "A", isNamed);
    // Bound to loopback, it must not be looked for anywhere else.
    expect(named.filter(({ name }) => name === domain).map(({ data }) => data)).toEqual([
      "127.0.0.1",
    ]);
    const health = await t.request("GET", "/global/health", undefined, {
      host: `${domain}:${port}`,
    });
    expect(health.status).toBe(200);
    const withdrawn = resolver.next((record) => isOurs(record) && record.ttl === 0);
    await t.server.stop();
    expect((await withdrawn).every(({ ttl }) => ttl === 0)).toBe(true);
  } finally {
    await t[Symbol.asyncDispose]();
  }
});
