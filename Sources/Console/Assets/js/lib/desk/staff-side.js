/**
 * What is particular to the staff: many conversations, each opened by name, and the feed of the lists. customer-side.js has the same verbs.
 *
 * @typedef {import('#/js/lib/protocol.js').Frame} Frame
 */
import { Feed } from '#/js/lib/feed.js';
import { TIMES } from '#/js/lib/protocol.js';

export class StaffSide {
  /** @type {null} */
  conversation = null;
  feed;
  /** A reset closed what was open (§3): asking is opening. @type {'open'|'sync'} */
  asksBy = 'open';
  /** The conversations that the last `init` named. @type {Set<string>} */
  #told = new Set();
  #desk;

  /** @param {import('#/js/lib/desk.js').Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    this.feed = new Feed(desk.clock);
  }

  begin() {}

  forget() {
    this.feed = new Feed(this.#desk.clock);
  }

  /** @param {string|null|undefined} id @returns {string|null} */
  key(id) {
    return id ?? null;
  }

  /** @param {string|null} id */
  name(id) {
    return id;
  }

  /** @param {string} id */
  named(id) {
    return { conversation: id };
  }

  get cursors() {
    return { feed: this.feed.cursor };
  }

  /** @param {import('#/js/lib/protocol.js').Cursors} cursors */
  told(cursors) {
    this.#told = new Set(Object.keys(cursors.conversations ?? {}));
    return cursors;
  }

  async snapshot() {
    const inbox = await this.#desk.http.get('/api/inbox?view=all&limit=100', { again: TIMES.again });
    this.#desk.epoch = inbox.epoch;
    this.feed.snapshot(inbox);
    this.#desk.emit('feed', { reset: true });
  }

  /** @param {any} snapshot */
  learn({ row, mark }) {
    if (row) this.feed.page({ items: [row], marks: mark && { [row.id]: mark } });
  }

  readied() {}

  adopt() {}

  /** What was opened between `init` and `ready` was named in neither: without this it would stay deaf. */
  connected() {
    for (const { id, loaded, cursor } of this.#desk.logs) {
      if (id === null || !loaded || this.#told.has(id)) continue;
      this.#told.add(id);
      this.#desk.gaps.ask(id, cursor);
    }
  }

  /** @param {Frame} frame @returns {boolean} */
  heard(frame) {
    if (frame.type === 'feed') this.#fed(frame);
    else if (frame.type === 'mark') this.feed.mark(/** @type {any} */ (frame)) && this.#desk.emit('mark', frame.conversation);
    else return false;
    return true;
  }

  /** @param {string} conversation */
  gone(conversation) {
    this.#desk.logs.delete(conversation);
    this.feed.forget(conversation);
    this.#desk.emit('gone', conversation);
    return true;
  }

  /** @param {Frame} frame */
  #fed(frame) {
    if (!Array.isArray(frame.items)) return;
    const changed = this.feed.receive(frame.items);
    this.#desk.gaps.watch();
    if (changed.rows.length > 0 || changed.shops.length > 0) this.#desk.emit('feed', changed);
  }
}
