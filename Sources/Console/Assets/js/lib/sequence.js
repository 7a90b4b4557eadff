/**
 * The cursor rule of §5, for anything with dense numbers: not above the cursor – drop; the next one – apply; beyond – hold, at most 1 s or
 * 64 items, then ask the server for what is missing.
 *
 *   const sequence = new Sequence({ now });
 *   const applied = sequence.offer(items)     // the items that are now in order
 *   sequence.wantsAsk()                       // true: send `sync` with sequence.cursor, then call sequence.asked()
 *   sequence.waits()                          // ms until wantsAsk() may become true, or null
 *   sequence.heardTop(45)                     // a ping or `resumed` named the top: being behind is a gap, too
 */
import { LIMITS, TIMES } from '#/js/lib/protocol.js';

/** Asking again and again for what never comes must not become a storm. */
const SLOWEST = 16_000;

/** @template {{seq: number}} Item */
export class Sequence {
  #now;
  /** @type {Map<number, Item>} */
  #held = new Map();
  /** @type {number|null} when to ask */
  #askAt = null;
  #patience = TIMES.hold;
  /** The highest number known to exist. */
  #top = 0;
  cursor = 0;

  /** @param {{now: () => number}} options */
  constructor({ now }) {
    this.#now = now;
  }

  /**
   * Starts anew from a snapshot.
   * @param {number} cursor
   */
  reset(cursor) {
    this.cursor = cursor;
    this.#top = cursor;
    this.#held.clear();
    this.#settled();
  }

  /**
   * @param {Item[]} items
   * @returns {Item[]} in order, without a gap
   */
  offer(items) {
    for (const item of items) {
      if (item.seq > this.cursor) this.#held.set(item.seq, item);
      this.#top = Math.max(this.#top, item.seq);
    }
    const applied = this.#drain();
    if (applied.length > 0) this.#patience = TIMES.hold;
    if (this.cursor >= this.#top) this.#settled();
    else if (this.#held.size > LIMITS.hold) this.#overflow();
    else if (this.#askAt === null || applied.length > 0) this.#askAt = this.#now() + this.#patience;
    return applied;
  }

  /** @param {number} top @returns {boolean} whether something is missing */
  heardTop(top) {
    this.#top = Math.max(this.#top, top);
    if (top <= this.cursor) return false;
    const soon = this.#patience > TIMES.hold ? this.#now() + this.#patience : this.#now();
    this.#askAt = this.#askAt === null ? soon : Math.min(this.#askAt, soon);
    return true;
  }

  /**
   * Something with this number exists and is under way, e.g. an own message that was acknowledged: give it the usual time.
   * @param {number} seq
   */
  heardSoon(seq) {
    this.#top = Math.max(this.#top, seq);
    if (seq > this.cursor && this.#askAt === null) this.#askAt = this.#now() + this.#patience;
  }

  wantsAsk() {
    return this.#askAt !== null && this.#now() >= this.#askAt;
  }

  waits() {
    return this.#askAt === null ? null : Math.max(0, this.#askAt - this.#now());
  }

  asked() {
    this.#patience = Math.min(this.#patience * 2, SLOWEST);
    this.#askAt = this.#now() + this.#patience;
  }

  /** @returns {Item[]} */
  #drain() {
    const applied = [];
    for (let next = this.#held.get(this.cursor + 1); next; next = this.#held.get(this.cursor + 1)) {
      this.#held.delete(next.seq);
      this.cursor = next.seq;
      applied.push(next);
    }
    return applied;
  }

  /** The answer to `sync` will bring them again: memory stays bounded. */
  #overflow() {
    this.#held.clear();
    this.#askAt = this.#now();
  }

  #settled() {
    this.#askAt = null;
    this.#patience = TIMES.hold;
  }
}
