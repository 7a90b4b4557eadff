/**
 * The staff's lists: rows by id, the feed's cursor, own read marks, and what follows from them.
 *
 *   const feed = new Feed({ now });
 *   feed.snapshot({ feed: 1234, items, marks })          // the first one after a start or a reset: sets the cursor
 *   feed.page({ items, marks })                          // another view or page: rows by version, the cursor stays
 *   feed.receive(items) → { rows: changed ids, shops: ids whose settings changed }       // §5
 *   feed.mark({ conversation, read, customerMessages })  // §6
 *   feed.rows (Map), feed.row(id), feed.unread(id), feed.view('mine'|'unassigned'|'all'|'resolved', me, shop?) → rows, newest first
 *   feed.counts(me) → { mine: { conversations, unread }, … } of the rows that are known here
 *
 * @typedef {import('#/js/lib/protocol.js').Row} Row
 * @typedef {import('#/js/lib/protocol.js').Mark} Mark
 * @typedef {import('#/js/lib/protocol.js').FeedItem} FeedItem
 * @typedef {'mine'|'unassigned'|'all'|'resolved'} View
 */
import { Sequence } from '#/js/lib/sequence.js';

/** @type {readonly View[]} */
export const VIEWS = ['mine', 'unassigned', 'all', 'resolved'];

export class Feed {
  /** @type {Sequence<FeedItem>} */
  sequence;
  /** @type {Map<string, Row>} */
  rows = new Map();
  /** @type {Map<string, Mark>} */
  marks = new Map();

  /** @param {{now: () => number}} options */
  constructor({ now }) {
    this.sequence = new Sequence({ now });
  }

  get cursor() {
    return this.sequence.cursor;
  }

  /** @param {{feed: number, items: Row[], marks?: Record<string, Mark>}} snapshot */
  snapshot({ feed, items, marks }) {
    this.rows.clear();
    this.marks.clear();
    this.sequence.reset(feed);
    this.page({ items, marks });
  }

  /** @param {{items: Row[], marks?: Record<string, Mark>}} page */
  page({ items, marks = {} }) {
    for (const row of items) this.put(row);
    for (const [conversation, mark] of Object.entries(marks)) this.mark({ conversation, ...mark });
  }

  /** @param {FeedItem[]} items @returns {{rows: string[], shops: string[]}} */
  receive(items) {
    const rows = new Set();
    const shops = new Set();
    for (const item of this.sequence.offer(items)) {
      if (item.kind === 'shop' && item.shop) shops.add(item.shop);
      if (item.row && this.put(item.row)) rows.add(item.row.id);
    }
    return { rows: [...rows], shops: [...shops] };
  }

  /**
   * A row may be newer than the number it came under: the higher version stays.
   * @param {Row} row
   * @returns {boolean}
   */
  put(row) {
    const known = this.rows.get(row.id);
    if (known && known.version > row.version) return false;
    this.rows.set(row.id, row);
    return true;
  }

  /** @param {string} id */
  row(id) {
    return this.rows.get(id);
  }

  /**
   * A conversation that is no longer for this member.
   * @param {string} id
   */
  forget(id) {
    this.rows.delete(id);
    this.marks.delete(id);
  }

  /** @param {{conversation: string, read?: number, customerMessages?: number}} mark @returns {boolean} whether it rose */
  mark({ conversation, read = 0, customerMessages = 0 }) {
    const known = this.marks.get(conversation) ?? { read: 0, customerMessages: 0 };
    const risen = { read: Math.max(known.read, read), customerMessages: Math.max(known.customerMessages, customerMessages) };
    this.marks.set(conversation, risen);
    return risen.read > known.read || risen.customerMessages > known.customerMessages;
  }

  /** @param {string} id */
  unread(id) {
    const row = this.rows.get(id);
    return row ? Math.max(0, row.customerMessages - (this.marks.get(id)?.customerMessages ?? 0)) : 0;
  }

  /** @param {View} view @param {string} me @param {string} [shop] @returns {Row[]} */
  view(view, me, shop) {
    const rows = [...this.rows.values()].filter((row) => belongs(row, view, me) && (!shop || row.shop === shop));
    return rows.sort((one, other) => other.lastAt - one.lastAt || (one.id < other.id ? 1 : -1));
  }

  /** @param {string} me @returns {Record<View, {conversations: number, unread: number}>} */
  counts(me) {
    const count = (/** @type {View} */ view) => {
      const rows = this.view(view, me);
      return { conversations: rows.length, unread: rows.filter((row) => this.unread(row.id) > 0).length };
    };
    return { mine: count('mine'), unassigned: count('unassigned'), all: count('all'), resolved: count('resolved') };
  }
}

/** @param {Row} row @param {View} view @param {string} me */
export function belongs(row, view, me) {
  if (view === 'resolved') return row.status === 'resolved';
  if (row.status !== 'open') return false;
  return view === 'all' || (view === 'mine' ? row.assignee === me : row.assignee === null);
}
