/**
 * From a log and an outbox to what is drawn: rows in order, with day separators, bubbles in groups, the "new" divider, unsent ones last.
 *
 *   timeline({ events: log.events, pending: outbox.pending(id), side: 'customer', me: memberID|null, dayKey: i18n.dayKey, newAfter: seq|null })
 *   → rows, each with a `key` that stays the same while the thing stays the same (an unsent bubble keeps its key when it becomes an event):
 *     { type: 'day', key, at }            { type: 'new', key }
 *     { type: 'bubble', key, at, text, by, mine, note, first, last, event?|item?, state?: 'queued'|'sending'|'sent'|'failed' }
 *     { type: 'line', key, at, event }                                    // assigned, resolved, reopened and what a newer server adds
 *
 * `mine`: on the customer's side everything of the customer, on the staff's everything of the staff. `first`/`last`: place in its group.
 *
 * @typedef {import('#/js/lib/protocol.js').DeskEvent} DeskEvent
 * @typedef {import('#/js/lib/protocol.js').Party} Party
 * @typedef {import('#/js/lib/outbox.js').Item} Item
 * @typedef {{type: 'day', key: string, at: number}} DayRow
 * @typedef {{type: 'new', key: string}} NewRow
 * @typedef {{type: 'line', key: string, at: number, event: DeskEvent}} LineRow
 * @typedef {{type: 'bubble', key: string, at: number, text: string, by: Party|null, mine: boolean, note: boolean, first: boolean, last: boolean,
 *   event?: DeskEvent, item?: Item, state?: string}} BubbleRow
 * @typedef {DayRow|NewRow|LineRow|BubbleRow} TimelineRow
 */

/** Bubbles of one sender with less than this between them are one group. */
const GROUP = 5 * 60_000;

/**
 * @param {{events: DeskEvent[], pending?: Item[], side: 'customer'|'staff', dayKey: (ms: number) => string, newAfter?: number|null}} input
 * @returns {TimelineRow[]}
 */
export function timeline({ events, pending = [], side, dayKey, newAfter = null }) {
  const mineType = side === 'customer' ? 'customer' : 'member';
  const known = new Set(events.map((event) => event.clientID));
  const waiting = pending.filter((item) => !known.has(item.clientID) && (item.kind === 'text' || item.kind === 'note'));
  /** @type {TimelineRow[]} */
  const rows = [];
  let day = '';
  let marked = newAfter === null;
  const newDay = (/** @type {number} */ at) => {
    const key = dayKey(at);
    if (key !== day) rows.push({ type: 'day', key: `day.${key}`, at });
    day = key;
  };
  for (const event of events) {
    if (!marked && event.seq > (newAfter ?? 0) && event.kind === 'message' && event.by.type !== mineType) {
      newDay(event.at);
      rows.push({ type: 'new', key: 'new' });
      marked = true;
    } else newDay(event.at);
    rows.push(rowOf(event, mineType));
  }
  for (const item of waiting) {
    newDay(item.createdAt);
    rows.push(waitingRow(item));
  }
  group(rows);
  return rows;
}

/** @param {DeskEvent} event @param {string} mineType @returns {LineRow|BubbleRow} */
function rowOf(event, mineType) {
  const key = event.clientID ?? event.id;
  if (event.kind !== 'message' && event.kind !== 'note') return { type: 'line', key, at: event.at, event };
  const mine = event.by.type === mineType;
  const note = event.kind === 'note';
  return { type: 'bubble', key, at: event.at, text: event.body.text ?? '', by: event.by, mine, note, first: true, last: true, event };
}

/** @param {Item} item @returns {BubbleRow} */
function waitingRow(item) {
  const { clientID: key, createdAt: at, state } = item;
  return { type: 'bubble', key, at, text: item.body.text ?? '', by: null, mine: true, note: item.kind === 'note', first: true, last: true, item, state };
}

/** @param {TimelineRow[]} rows */
function group(rows) {
  rows.forEach((row, index) => {
    const before = rows[index - 1];
    if (row.type !== 'bubble' || before?.type !== 'bubble' || !together(before, row)) return;
    row.first = false;
    before.last = false;
  });
}

/**
 * An unsent bubble (no `by`) joins the group of its own side: it must not jump when it becomes an event.
 * @param {BubbleRow} one
 * @param {BubbleRow} next
 */
function together(one, next) {
  const same = one.mine === next.mine && one.note === next.note && (!one.by || !next.by || one.by.id === next.by.id);
  return same && Math.abs(next.at - one.at) < GROUP;
}
