/**
 * What is particular to a customer: one conversation, nameless before the first message, and no lists.
 * staff-side.js has the same verbs.
 *
 * @typedef {import('#/js/lib/protocol.js').Frame} Frame
 * @typedef {import('#/js/lib/conversation-log.js').ConversationLog} ConversationLog
 */
export class CustomerSide {
  /** @type {string|null} */
  conversation = null;
  /** @type {import('#/js/lib/feed.js').Feed|null} */
  feed = null;
  /** @type {'open'|'sync'} */
  asksBy = 'sync';
  #desk;

  /** @param {import('#/js/lib/desk.js').Desk} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  begin() {
    this.#desk.logs.make(null);
  }

  /** Everything is thrown away. */
  forget() {
    this.conversation = null;
  }

  /**
   * Under what a log and an outbox item are kept.
   * @param {string|null|undefined} _id
   * @returns {string|null}
   */
  key(_id) {
    return null;
  }

  /**
   * The conversation's name, once it has one.
   * @param {string|null} _id
   */
  name(_id) {
    return this.conversation;
  }

  /**
   * How a frame names the conversation.
   * @param {string} _id
   */
  named(_id) {
    return {};
  }

  get cursors() {
    return {};
  }

  /** @param {import('#/js/lib/protocol.js').Cursors} cursors what `init` is about to say */
  told(cursors) {
    return cursors;
  }

  /** @returns {Promise<unknown>} rejects with a Problem */
  snapshot() {
    return this.#desk.logs.load(null);
  }

  /** @param {any} _snapshot a conversation's */
  learn(_snapshot) {}

  /** @param {Frame} frame */
  readied(frame) {
    const { presence, logs } = this.#desk;
    presence.available = frame.available === true;
    const log = logs.get(null);
    if (log && typeof frame.conversation === 'string') this.adopt(log, frame.conversation);
    this.#desk.emit('presence');
  }

  connected() {}

  /** @param {Frame} _frame @returns {boolean} whether it was for this side alone */
  heard(_frame) {
    return false;
  }

  /** @param {string} _conversation @returns {boolean} whether that is all there is to do */
  gone(_conversation) {
    return false;
  }

  /**
   * The one log learns its name.
   * @param {ConversationLog} log
   * @param {string|null} id
   */
  adopt(log, id) {
    const isOther = log.id !== null && id !== null && id !== log.id; // the server made a new customer of this visitor
    log.id = id;
    this.conversation = id;
    if (id !== null) log.loaded = true;
    if (!isOther) return;
    log.snapshot({ events: [] });
    void this.#desk.logs.load(null).catch((problem) => this.#desk.report(problem));
  }
}
