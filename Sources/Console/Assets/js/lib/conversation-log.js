/**
 * One conversation as this browser knows it: a stretch of events without a hole, from the oldest page read to the cursor.
 *
 *   const log = new ConversationLog(id, { now });
 *   log.snapshot({ events, before, receipts, status })   // replaces everything (§8)
 *   log.receive(events)  → the events that are new       // the cursor rule of §5 (log.sequence decides)
 *   log.prepend({ events, before })                      // an older page; what does not join is refused, false
 *   log.receipt({ by, delivered, read })                 // watermarks only rise
 *   log.events, log.cursor, log.before (null: the beginning is here), log.status, log.loaded
 *   log.seenBy(seq, partyType) → 'sent' | 'delivered' | 'read'
 *   log.lastFrom(partyType), log.staff (Map of id → name, whoever spoke)
 *
 * @typedef {import('#/js/lib/protocol.js').DeskEvent} DeskEvent
 * @typedef {import('#/js/lib/protocol.js').Receipt} Receipt
 */
import { Sequence } from '#/js/lib/sequence.js';

export class ConversationLog {
  /** @type {Sequence<DeskEvent>} */
  sequence;
  /** @type {DeskEvent[]} */
  events = [];
  /** @type {number|null} */
  before = null;
  /** @type {Map<string, Receipt>} */
  receipts = new Map();
  /** @type {Map<string, string>} */
  staff = new Map();
  /** @type {'open'|'resolved'} */
  status = 'open';
  loaded = false;

  /** @param {string|null} id null: a customer's, before its first message @param {{now: () => number}} options */
  constructor(id, { now }) {
    this.id = id;
    this.sequence = new Sequence({ now });
  }

  get cursor() {
    return this.sequence.cursor;
  }

  /** @param {{events: DeskEvent[], before?: number|null, receipts?: Receipt[], status?: string|null}} snapshot */
  snapshot({ events, before = null, receipts = [], status }) {
    this.events = [...events].sort((one, other) => one.seq - other.seq);
    this.before = before;
    this.receipts.clear();
    this.sequence.reset(this.events.at(-1)?.seq ?? 0);
    this.status = status === 'resolved' ? 'resolved' : 'open';
    this.loaded = true;
    for (const receipt of receipts) this.receipt(receipt);
    for (const event of this.events) this.#learn(event);
  }

  /** @param {DeskEvent[]} events @returns {DeskEvent[]} */
  receive(events) {
    const applied = this.sequence.offer(events);
    this.events.push(...applied);
    for (const event of applied) {
      this.#learn(event);
      if (event.kind === 'resolved') this.status = 'resolved';
      if (event.kind === 'reopened') this.status = 'open';
    }
    return applied;
  }

  /** @param {{events: DeskEvent[], before: number|null}} page @returns {boolean} */
  prepend({ events, before }) {
    const first = this.events[0]?.seq ?? this.cursor + 1;
    const older = events.filter((event) => event.seq < first).sort((one, other) => one.seq - other.seq);
    if (older.some((event, index) => event.seq !== first - older.length + index)) return false;
    this.events.unshift(...older);
    this.before = before;
    for (const event of older) this.#learn(event);
    return true;
  }

  /** @param {Receipt} receipt @returns {boolean} whether something rose */
  receipt({ by, delivered, read }) {
    const key = by.type === 'customer' ? 'customer' : `member.${by.id ?? ''}`;
    const known = this.receipts.get(key) ?? { by, delivered: 0, read: 0 };
    const risen = { by, delivered: Math.max(known.delivered, delivered, read), read: Math.max(known.read, read) };
    this.receipts.set(key, risen);
    return risen.delivered > known.delivered || risen.read > known.read;
  }

  /**
   * How far an event has come with the other side: the furthest of its participants counts.
   * @param {number} seq
   * @param {'customer'|'member'} side whose receipts are asked for
   * @returns {'sent'|'delivered'|'read'}
   */
  seenBy(seq, side) {
    /** @type {'sent'|'delivered'|'read'} */
    let seen = 'sent';
    for (const { by, delivered, read } of this.receipts.values()) {
      if (by.type !== side) continue;
      if (read >= seq) return 'read';
      if (delivered >= seq) seen = 'delivered';
    }
    return seen;
  }

  /**
   * The newest message of a side.
   * @param {'customer'|'member'} side
   */
  lastFrom(side) {
    for (let index = this.events.length - 1; index >= 0; index -= 1) {
      const event = this.events[index];
      if (event && event.kind === 'message' && event.by.type === side) return event;
    }
    return undefined;
  }

  /**
   * Who speaks has seen what was said before.
   * @param {DeskEvent} event
   */
  #learn(event) {
    if (event.by.type === 'member' && event.by.id && event.by.name) this.staff.set(event.by.id, event.by.name);
  }
}
