// Key renewals: who can give another key for a provider whose key was refused. Whoever hands out
// providers with short-lived keys says so here; a request that is refused asks once.
import type { Provider } from "@/schema/provider";

/** The provider with another key. Throws AppError when there is none to be had. */
type Renew = () => Promise<Provider>;

export class KeyRenewals {
  readonly #known = new WeakMap<Provider, Renew>();

  /** `renew` is asked when a request with the key of this object is refused. */
  set(provider: Provider, renew: Renew): void {
    this.#known.set(provider, renew);
  }

  /** The provider with another key; undefined for one whose key is what it is. */
  async renew(provider: Provider): Promise<Provider | undefined> {
    return this.#known.get(provider)?.();
  }
}
