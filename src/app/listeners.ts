// Listeners: how many clients hear what happens here at present, over the network or within the
// process.

export class Listeners {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** One more, until the returned function is called; further calls do nothing. */
  join(): () => void {
    this.#count += 1;
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.#count -= 1;
    };
  }
}
