/**
 * What the panel knows, without a page: when to connect, what is unread, where "new" begins, what the banner says.
 *
 *   const talk = new Talk({ client, visitor, shop });
 *   talk.begin()                       // connect: a known visitor at once, a new one with the first keystroke
 *   talk.look({ isOpen, isAtEnd })     // whether the person sees the end of the log; reading follows from it
 *   talk.send(text), talk.keystroke(text)
 *   talk.unread, talk.newAfter, talk.banner → null | 'connecting' | 'offline' | 'polling' | 'closed' | 'outdated', talk.isAvailable
 *   talk.on('change', …) · talk.on('unread', count) · talk.on('message', { event })
 *
 * @typedef {import('#/js/lib/desk.js').Desk} Desk
 * @typedef {{name: string, greeting: string, colour: string, language: string, available: boolean}} Shop
 */
import { Emitter } from '#/js/lib/emitter.js';

export class Talk extends Emitter {
  /** @type {number|null} */
  newAfter = null;
  unread = 0;
  #begun = false;
  #looks = false;
  #client;
  #visitor;
  /** @type {Shop} */
  shop;

  /** @param {{client: Desk, visitor: {isKnown: boolean}, shop: Shop}} parts */
  constructor({ client, visitor, shop }) {
    super();
    this.#client = client;
    this.#visitor = visitor;
    this.shop = shop;
    client.on('log', () => this.#count());
    client.on('message', (detail) => this.emit('message', detail));
    for (const name of ['state', 'presence', 'outbox', 'typing', 'ready', 'log']) client.on(name, () => this.emit('change', name));
  }

  get log() {
    return this.#client.log(null);
  }

  get pending() {
    return this.#client.outbox.pending();
  }

  /** There was a conversation, and it is not here yet. */
  get isLoading() {
    return this.#begun && this.#visitor.isKnown && !this.log?.loaded;
  }

  get isAvailable() {
    return this.#client.available ?? this.shop.available;
  }

  /** @returns {null|'connecting'|'offline'|'polling'|'closed'|'outdated'} */
  get banner() {
    const { state, connection } = this.#client;
    if (!this.#begun || state === 'online' || state === 'stopped') return null;
    if (state === 'closed' || state === 'signed-out') return connection.reason === 'protocol' ? 'outdated' : 'closed';
    return state;
  }

  get isOver() {
    return this.banner === 'closed' || this.banner === 'outdated';
  }

  begin() {
    if (this.#begun) return;
    this.#begun = true;
    void this.#client.start();
    this.emit('change', 'state');
  }

  /** @param {{isOpen: boolean, isAtEnd: boolean}} seen */
  look({ isOpen, isAtEnd }) {
    if (isOpen && !this.#looks && this.unread > 0) this.newAfter = this.#read;
    if (!isOpen) this.newAfter = null;
    this.#looks = isOpen;
    if (isOpen && isAtEnd && this.log && this.unread > 0) {
      this.#client.read(null, this.log.cursor);
      this.#count();
    }
  }

  /** @param {string} text @returns {boolean} */
  send(text) {
    const words = text.trim();
    if (words === '' || this.isOver) return false;
    this.newAfter = null;
    this.#client.send(null, 'text', { text: words });
    this.begin();
    return true;
  }

  /** @param {string} text what the field now holds */
  keystroke(text) {
    if (text.trim() === '') return this.#client.stoppedTyping(null);
    this.begin();
    this.#client.keystroke(null);
  }

  get #read() {
    return this.#client.conversation ? this.#client.receipts.read(this.#client.conversation) : 0;
  }

  #count() {
    const read = this.#read;
    const count = this.log?.events.filter((event) => event.kind === 'message' && event.by.type === 'member' && event.seq > read).length ?? 0;
    if (count === this.unread) return;
    this.unread = count;
    this.emit('unread', count);
  }
}
