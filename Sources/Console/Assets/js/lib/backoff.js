/**
 * Full-jitter back-off (§11): a random wait in 0 … min(cap, base × 2ⁿ). The whole range is random, so that a thousand browsers
 * that lost the same server do not come back in the same moment.
 *
 *   const backoff = new Backoff(); backoff.next() // ms; backoff.reset() after a connection that held
 */
export class Backoff {
  #base;
  #cap;
  #random;
  tries = 0;

  /** @param {{base?: number, cap?: number, random?: () => number}} options base and cap in milliseconds */
  constructor({ base = 300, cap = 20_000, random = Math.random } = {}) {
    this.#base = base;
    this.#cap = cap;
    this.#random = random;
  }

  /** The greatest wait that `next` may answer now. */
  get ceiling() {
    return Math.min(this.#cap, this.#base * 2 ** Math.min(this.tries, 30));
  }

  next() {
    const wait = Math.floor(this.#random() * this.ceiling);
    this.tries += 1;
    return wait;
  }

  reset() {
    this.tries = 0;
  }
}
