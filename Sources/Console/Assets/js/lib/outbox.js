/**
 * What this person wanted to send and nobody has shown yet. Saved before the first try, kept over reload and restart, sent again with the same
 * clientID until the server has answered; nothing leaves it silently.
 *
 *   const outbox = new Outbox({ store, scope, now, ids, onChange });       // scope: member id, or shop key: whose outbox it is
 *   outbox.add({ conversation, kind: 'text', body: { text }, basedOn? })    → Item, already saved
 *   outbox.pending(conversation?)   → Items in clientID order: queued → sending → sent (acknowledged, its event not yet seen) or failed
 *   outbox.retry(clientID), outbox.discard(clientID)                        // by the person only
 *   outbox.storageChanged(key, newValue)                                    // from the window's `storage` event: other tabs
 * and for the Sender: take(limit), acked, nacked, staled, shown, settled, interrupted, overdue(ms), waits().
 *
 * Every item has its own key in the store, so tabs cannot overwrite each other's. A tab sends what it made at once and what another tab
 * made when that is older than 10 s (then the other is gone or offline); both sending is harmless, the server knows the clientID.
 *
 * @typedef {import('#/js/lib/storage.js').Store} Store
 * @typedef {import('#/js/lib/protocol.js').Ack} Ack
 * @typedef {{clientID: string, conversation: string|null, kind: string, body: {text?: string, member?: string|null}, basedOn?: number,
 *   createdAt: number, tab: string, state: 'queued'|'sending'|'sent'|'failed', saved: boolean,
 *   reason?: string, detail?: string, notBefore?: number, sentAt?: number, tries: number, seq?: number}} Item
 *   reason: a code (nack, "stale"); saved: false where the browser keeps nothing, so that the page can say so
 */
import { ULIDSource } from '#/js/lib/ulid.js';

const FOREIGN_GRACE = 10_000;
const DISCARDED = 'discarded';

export class Outbox {
  #store;
  #prefix;
  #now;
  #ids;
  #tab;
  #onChange;
  /** @type {Map<string, Item>} */
  #items = new Map();

  /**
   * @param {{store: Store, scope: string, now?: () => number, ids?: ULIDSource, tab?: string, onChange?: () => void}} options
   */
  constructor({ store, scope, now = Date.now, ids = new ULIDSource({ now }), tab = ids.next(), onChange = () => {} }) {
    this.#store = store;
    this.#prefix = `switchboard.outbox.${scope}.`;
    this.#now = now;
    this.#ids = ids;
    this.#tab = tab;
    this.#onChange = onChange;
    for (const key of store.keys(this.#prefix)) this.#load(key);
  }

  /** @param {{conversation?: string|null, kind: string, body: Item['body'], basedOn?: number}} wish @returns {Item} */
  add({ conversation = null, kind, body, basedOn }) {
    const newest = [...this.#items.keys()].sort().at(-1);
    /** @type {Item} */
    const item = {
      clientID: this.#ids.next(newest), conversation, kind, body, basedOn, createdAt: this.#now(), tab: this.#tab, state: 'queued', saved: true, tries: 0,
    };
    this.#items.set(item.clientID, item);
    this.#save(item);
    this.#onChange();
    return item;
  }

  /** @param {string|null} [conversation] undefined: all @returns {Item[]} */
  pending(conversation) {
    const all = [...this.#items.values()].sort((one, other) => (one.clientID < other.clientID ? -1 : 1));
    return conversation === undefined ? all : all.filter((item) => item.conversation === conversation);
  }

  /** @param {string} clientID */
  get(clientID) {
    return this.#items.get(clientID);
  }

  /**
   * The next ones to send; they count as sending from now on.
   * @param {number} most in flight
   * @returns {Item[]}
   */
  take(most) {
    const room = most - this.pending().filter((item) => item.state === 'sending').length;
    const due = this.pending().filter((item) => item.state === 'queued' && this.#dueAt(item) <= this.#now());
    const taken = due.slice(0, Math.max(0, room));
    for (const item of taken) Object.assign(item, { state: 'sending', sentAt: this.#now(), tries: item.tries + 1 });
    if (taken.length > 0) this.#onChange();
    return taken;
  }

  /** Milliseconds until a queued one becomes due, or null. */
  waits() {
    const times = this.pending().filter((item) => item.state === 'queued').map((item) => this.#dueAt(item) - this.#now());
    return times.length > 0 ? Math.max(0, Math.min(...times)) : null;
  }

  /**
   * Stored for good: it no longer needs the store; it stays in view until its event is.
   * @param {Ack} ack
   */
  acked({ clientID, conversation, seq }) {
    const item = this.#items.get(clientID);
    if (!item) return;
    Object.assign(item, { state: 'sent', seq, conversation: conversation ?? item.conversation, reason: undefined, detail: undefined });
    this.#store.remove(this.#prefix + clientID);
    if (item.kind !== 'text' && item.kind !== 'note') this.#items.delete(clientID); // acts have no bubble
    this.#onChange();
  }

  /** @param {{clientID: string, code: string, message?: string, final?: boolean, retryAfterMs?: number}} nack */
  nacked({ clientID, code, message, final = true, retryAfterMs = 1000 }) {
    const item = this.#items.get(clientID);
    if (!item || item.state === 'sent') return;
    Object.assign(item, { state: final ? 'failed' : 'queued', reason: code, detail: message, notBefore: final ? undefined : this.#now() + retryAfterMs });
    this.#save(item);
    this.#onChange();
  }

  /**
   * Somebody else wrote first: the person decides (retry sends it all the same).
   * @param {string} clientID
   */
  staled(clientID) {
    this.nacked({ clientID, code: 'stale', final: true });
  }

  /**
   * Its event is in the log, from whichever tab or transport.
   * @param {string} clientID
   * @returns {boolean}
   */
  shown(clientID) {
    if (!this.#items.delete(clientID)) return false;
    this.#store.remove(this.#prefix + clientID);
    this.#onChange();
    return true;
  }

  /**
   * A fresh snapshot up to `cursor` holds whatever was acknowledged, seen among its events or older.
   * @param {string|null} conversation
   * @param {number} cursor
   */
  settled(conversation, cursor) {
    for (const item of this.pending(conversation)) if (item.state === 'sent' && (item.seq ?? 0) <= cursor) this.shown(item.clientID);
  }

  /** The way to the server broke: what was under way is to be sent again. */
  interrupted() {
    this.#requeue((item) => item.state === 'sending');
  }

  /**
   * Answers that never came.
   * @param {number} ms
   * @returns {boolean} whether there were any
   */
  overdue(ms) {
    return this.#requeue((item) => item.state === 'sending' && this.#now() - (item.sentAt ?? 0) >= ms);
  }

  /** @param {string} clientID */
  retry(clientID) {
    const item = this.#items.get(clientID);
    if (!item || item.state !== 'failed') return;
    this.#store.remove(this.#prefix + clientID);
    this.#items.delete(clientID);
    const kept = item.reason === 'client_id_reused' ? this.#ids.next() : clientID;
    const fresh = { ...item, clientID: kept, state: /** @type {const} */ ('queued'), tab: this.#tab };
    for (const field of /** @type {const} */ (['reason', 'detail', 'notBefore', 'basedOn'])) delete fresh[field];
    this.#items.set(kept, fresh);
    this.#save(fresh);
    this.#onChange();
  }

  /**
   * Other tabs must tell this from an acknowledgement, which also takes the key away.
   * @param {string} clientID
   */
  discard(clientID) {
    if (!this.#items.has(clientID)) return;
    this.#store.set(this.#prefix + clientID, DISCARDED);
    this.shown(clientID);
  }

  /** @param {string|null} key null: the whole store was cleared @param {string|null} [value] */
  storageChanged(key, value = null) {
    if (key === null || !key.startsWith(this.#prefix)) return;
    const clientID = key.slice(this.#prefix.length);
    if (value === DISCARDED) this.#items.delete(clientID);
    else if (value !== null) this.#load(key, true);
    else this.#answeredElsewhere(clientID);
    this.#onChange();
  }

  /**
   * Another tab had the answer: it is stored, and stays in view until its event is here.
   * @param {string} clientID
   */
  #answeredElsewhere(clientID) {
    const item = this.#items.get(clientID);
    if (item && item.state !== 'sending') item.state = 'sent';
  }

  /** @param {(item: Item) => boolean} which */
  #requeue(which) {
    const items = this.pending().filter(which);
    for (const item of items) item.state = 'queued';
    if (items.length > 0) this.#onChange();
    return items.length > 0;
  }

  /** @param {Item} item */
  #dueAt(item) {
    const grace = item.tab === this.#tab ? 0 : item.createdAt + FOREIGN_GRACE;
    return Math.max(grace, item.notBefore ?? 0);
  }

  /** @param {Item} item */
  #save(item) {
    item.saved = this.#store.set(this.#prefix + item.clientID, JSON.stringify(item));
  }

  /** @param {string} key @param {boolean} [changed] another tab's news count more than what is known, but not more than an answer under way */
  #load(key, changed = false) {
    const clientID = key.slice(this.#prefix.length);
    const known = this.#items.get(clientID);
    if (known && (!changed || known.state === 'sending' || known.state === 'sent')) return;
    const item = parse(this.#store.get(key));
    if (!item || item.clientID !== clientID) return;
    this.#items.set(clientID, { ...item, state: item.state === 'failed' ? 'failed' : 'queued', saved: true });
  }
}

/**
 * What lies in a browser's storage may be anything.
 * @param {string|null} text
 * @returns {Item|null}
 */
function parse(text) {
  try {
    const item = JSON.parse(text ?? 'null');
    const sound = item && typeof item.clientID === 'string' && typeof item.kind === 'string' && item.body && typeof item.body === 'object';
    return sound ? { conversation: null, createdAt: 0, tab: '', tries: 0, ...item } : null;
  } catch {
    return null;
  }
}
