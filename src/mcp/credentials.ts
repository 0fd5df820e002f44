// Credentials of remote servers: mcp-auth.json, private (0600), replaced in one step, written by
// one process at a time, each from what it holds then: nothing that another wrote is lost. An entry
// belongs to a server's name and address together, so that a name alone never gets a token.
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { systemClock } from "@/base/clock";
import { errorMessage } from "@/base/error";
import { ensureDirectory, readTextIfExists, writeFileAtomic } from "@/base/file";
import { withFileLock } from "@/base/file-lock";
import type { Logger } from "@/base/log";
import { isValid, t, type Static } from "@/base/schema";
import { isFields } from "./plain-text";

const OptionalText = t.Optional(t.String());
const OptionalNumber = t.Optional(t.Number());

/** What a server's authorization server knows us by. */
const ClientRegistration = t.Object({
  client_id: t.String(),
  client_secret: OptionalText,
  client_id_issued_at: OptionalNumber,
  client_secret_expires_at: OptionalNumber,
  token_endpoint_auth_method: OptionalText,
  redirect_uris: t.Optional(t.Array(t.String())),
  issuer: OptionalText,
});
export type ClientRegistration = Static<typeof ClientRegistration>;

/** As the authorization server gave them; `expires_at` is ours, in epoch ms. */
const Tokens = t.Object({
  access_token: t.String(),
  token_type: t.String(),
  refresh_token: OptionalText,
  scope: OptionalText,
  issuer: OptionalText,
  expires_in: OptionalNumber,
  expires_at: OptionalNumber,
});
export type Tokens = Static<typeof Tokens>;

const Credentials = t.Object({
  client: t.Optional(ClientRegistration),
  tokens: t.Optional(Tokens),
  /** Where the server says who may log people in. */
  resource_metadata_url: OptionalText,
});
export type Credentials = Static<typeof Credentials>;

/** The entry of a server. */
export function credentialKey(name: string, url: string): string {
  return `${name} ${url}`;
}

export class CredentialStore {
  readonly #path: string;
  readonly #log: Logger;

  constructor(options: { path: string; log: Logger }) {
    this.#path = options.path;
    this.#log = options.log;
  }

  /** Read anew each time; an entry or a file that cannot be understood counts as none. */
  async find(key: string): Promise<Credentials | undefined> {
    const found = (await this.#read())?.[key];
    return isValid(Credentials, found) ? found : undefined;
  }

  /** Stores what `change` makes of the entry; undefined removes it. */
  async change(
    key: string,
    change: (found: Credentials) => Credentials | undefined,
  ): Promise<void> {
    await this.#locked("", async () => {
      const { [key]: found, ...rest } = (await this.#read()) ?? {};
      const changed = change(isValid(Credentials, found) ? found : {});
      if (changed === undefined && found === undefined) return;
      const entries = changed === undefined ? rest : { ...rest, [key]: changed };
      await writeFileAtomic(this.#path, `${JSON.stringify(entries, undefined, 2)}\n`);
    });
  }

  /** Runs `work` while nobody else, in this process or another, does the same for this entry. */
  exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
    const hash = createHash("sha256").update(key).digest("hex").slice(0, 16);
    return this.#locked(`.${hash}`, work);
  }

  async #locked<T>(suffix: string, work: () => Promise<T>): Promise<T> {
    await ensureDirectory(dirname(this.#path));
    // Of real time: other processes hold it as well.
    return withFileLock(`${this.#path}${suffix}.lock`, systemClock, work);
  }

  async #read(): Promise<Record<string, unknown> | undefined> {
    const text = await readTextIfExists(this.#path);
    if (text === undefined || text.trim() === "") return undefined;
    try {
      const value: unknown = JSON.parse(text);
      if (isFields(value)) return value;
      this.#log.warn(`${this.#path} must hold a JSON object; it is replaced at the next login`);
    } catch (error) {
      this.#log.warn(`${this.#path} is not valid JSON and is replaced at the next login`, {
        error: errorMessage(error),
      });
    }
    return undefined;
  }
}
