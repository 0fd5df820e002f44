// Organisation config: what the hosts of organisations, which the person has logged in to, say for
// everyone: `<host>/.well-known/opencode`. It is the lowest source. The answer is kept, so that a
// host that does not answer costs its time limit once and loses no restriction it has made.
import { join } from "node:path";
import type { Clock } from "@/base/clock";
import { errorMessage } from "@/base/error";
import { readTextIfExists, ensureDirectory, writeFileAtomic } from "@/base/file";
import type { Logger } from "@/base/log";
import type { Paths } from "@/base/paths";
import { parse } from "@/base/schema";
import type { RemoteConfig } from "@/config/sources";
import type { AuthStore } from "@/provider/auth-store";
import { fetchJSON, fetchWellKnown } from "@/provider/well-known";
import type { WellKnownAuth } from "@/schema/auth";
import { JSONObject } from "@/schema/primitive";

const TIME_LIMIT_MS = 5_000;
/** An answer, or the lack of one, counts for so long: several directories ask one after another. */
const FRESH_MS = 60_000;

export interface OrganisationConfigOptions {
  auth: AuthStore;
  paths: Pick<Paths, "cache">;
  clock: Clock;
  log: Logger;
}

interface Recent {
  auth: WellKnownAuth;
  until: number;
  texts: Promise<string[]>;
}

export class OrganisationConfig {
  readonly #options: OrganisationConfigOptions;
  readonly #recent = new Map<string, Recent>();

  constructor(options: OrganisationConfigOptions) {
    this.#options = options;
  }

  /** What each host says, as text of a configuration. Never rejects for a host that fails. */
  async list(): Promise<RemoteConfig[]> {
    const hosts = Object.entries(await this.#options.auth.all()).flatMap(([address, auth]) =>
      auth.type === "wellknown" ? [{ address, auth }] : [],
    );
    const found = await Promise.all(hosts.map(({ address, auth }) => this.#of(address, auth)));
    return found.flat();
  }

  async #of(address: string, auth: WellKnownAuth): Promise<RemoteConfig[]> {
    const texts = await this.#texts(address, auth);
    const variables = { [auth.key]: auth.token };
    return texts.map((text, index) => {
      const origin = index === 0 ? `${address}/.well-known/opencode` : `${address} (remote_config)`;
      return { origin, text, variables };
    });
  }

  #texts(address: string, auth: WellKnownAuth): Promise<string[]> {
    const now = this.#options.clock.now();
    const recent = this.#recent.get(address);
    const isFresh = recent !== undefined && now < recent.until;
    if (isFresh && recent.auth.token === auth.token) return recent.texts;
    const texts = this.#fetch(address, auth);
    this.#recent.set(address, { auth, until: now + FRESH_MS, texts });
    return texts;
  }

  async #fetch(address: string, auth: WellKnownAuth): Promise<string[]> {
    const { log, paths } = this.#options;
    const directory = join(paths.cache, "organisation");
    const hash = new Bun.CryptoHasher("sha256").update(address).digest("hex").slice(0, 16);
    const path = join(directory, `${hash}.json`);
    try {
      const texts = await fetchConfigs(address, auth);
      await ensureDirectory(directory);
      await writeFileAtomic(path, JSON.stringify(texts));
      return texts;
    } catch (error) {
      log.warn(`The configuration of ${address} could not be fetched: ${errorMessage(error)}`);
      return readKept(path);
    }
  }
}

async function readKept(path: string): Promise<string[]> {
  const kept = await readTextIfExists(path).catch(() => undefined); // as good as none
  return kept === undefined ? [] : (JSON.parse(kept) as string[]); // written above
}

async function fetchConfigs(address: string, { key, token }: WellKnownAuth): Promise<string[]> {
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  const { config = {}, remote_config: remote } = await fetchWellKnown(address, signal);
  const own = JSON.stringify(config);
  if (remote === undefined) return [own];
  const headers = Object.entries(remote.headers ?? {}).map(([name, value]): [string, string] => {
    return [name, value.replaceAll(`{env:${key}}`, () => token)];
  });
  const more = await fetchJSON(remote.url, signal, Object.fromEntries(headers));
  return [own, JSON.stringify(parse(JSONObject, more, remote.url))];
}
