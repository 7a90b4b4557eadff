/**
 * Time as a thing to hand in: everything that waits takes a Clock, so that tests own it.
 *
 * @typedef {{now: () => number, after: (ms: number, act: () => void) => (() => void)}} Clock
 *   now: milliseconds since 1970; after: calls `act` once, the answer cancels it
 */

/** @type {Clock} */
export const systemClock = {
  now: () => Date.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** One alarm that can be set again and again: setting it anew forgets the earlier setting. */
export class Alarm {
  /** @type {(() => void)|null} */
  #cancel = null;
  #clock;
  #act;

  /** @param {Clock} clock @param {() => void} act */
  constructor(clock, act) {
    this.#clock = clock;
    this.#act = act;
  }

  get isSet() {
    return this.#cancel !== null;
  }

  /** @param {number} ms */
  set(ms) {
    this.cancel();
    this.#cancel = this.#clock.after(ms, () => {
      this.#cancel = null;
      this.#act();
    });
  }

  cancel() {
    this.#cancel?.();
    this.#cancel = null;
  }
}
