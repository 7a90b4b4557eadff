/**
 * Own watermarks on their way to the server (§6): they only rise, go out in batches and are told again after a reconnect, because nobody
 * answers them. `read` is soon told (the other side looks at it), `delivered` may wait.
 *
 *   const receipts = new Receipts({ clock, tell });    // tell(conversation, { delivered, read }): false: could not, later again
 *   receipts.raise(conversation, { delivered?, read? })
 *   receipts.knows(conversation, { delivered, read })   // what a snapshot says that the server has
 *   receipts.tellAgain()                                // after `resumed`
 *   receipts.flush(tell?)                               // now, e.g. because the page is being left
 *
 * @typedef {{delivered: number, read: number, toldDelivered: number, toldRead: number}} Watermarks
 */
import { Alarm } from '#/js/lib/clock.js';

const READ_WAITS = 250;
const DELIVERED_WAITS = 1000;

export class Receipts {
  /** @type {Map<string, Watermarks>} */
  #marks = new Map();
  #alarm;
  #soon = false;
  #tell;

  /** @param {{clock: import('#/js/lib/clock.js').Clock, tell: (conversation: string, marks: {delivered: number, read: number}) => boolean}} options */
  constructor({ clock, tell }) {
    this.#tell = tell;
    this.#alarm = new Alarm(clock, () => this.flush());
  }

  /** @param {string} conversation @param {{delivered?: number, read?: number}} marks */
  raise(conversation, { delivered = 0, read = 0 }) {
    const known = this.#of(conversation);
    known.read = Math.max(known.read, read);
    known.delivered = Math.max(known.delivered, delivered, read);
    const urgent = known.read > known.toldRead;
    if (!urgent && known.delivered <= known.toldDelivered) return;
    if (this.#alarm.isSet && (this.#soon || !urgent)) return;
    this.#soon = urgent;
    this.#alarm.set(urgent ? READ_WAITS : DELIVERED_WAITS);
  }

  /**
   * What the server has already.
   * @param {string} conversation
   * @param {{delivered?: number, read?: number}} marks
   */
  knows(conversation, { delivered = 0, read = 0 }) {
    const known = this.#of(conversation);
    known.toldRead = Math.max(known.toldRead, read);
    known.toldDelivered = Math.max(known.toldDelivered, delivered, read);
  }

  /** @param {string} conversation */
  read(conversation) {
    const known = this.#marks.get(conversation);
    return known ? Math.max(known.read, known.toldRead) : 0;
  }

  tellAgain() {
    for (const known of this.#marks.values()) {
      known.toldDelivered = 0;
      known.toldRead = 0;
    }
    this.flush();
  }

  /** @param {string} conversation */
  forget(conversation) {
    this.#marks.delete(conversation);
  }

  clear() {
    this.#marks.clear();
    this.#alarm.cancel();
  }

  /** @param {string} conversation @returns {Watermarks} */
  #of(conversation) {
    const known = this.#marks.get(conversation) ?? { delivered: 0, read: 0, toldDelivered: 0, toldRead: 0 };
    this.#marks.set(conversation, known);
    return known;
  }

  /** @param {(conversation: string, marks: {delivered: number, read: number}) => boolean} [tell] by another way than usual */
  flush(tell = this.#tell) {
    this.#alarm.cancel();
    this.#soon = false;
    for (const [conversation, known] of this.#marks) {
      const { delivered, read } = known;
      if (delivered <= known.toldDelivered && read <= known.toldRead) continue;
      if (tell(conversation, { delivered, read })) Object.assign(known, { toldDelivered: delivered, toldRead: read });
    }
  }
}
