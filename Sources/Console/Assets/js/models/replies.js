/**
 * Replies that were written over: what a `stale` answer means for the person.
 *
 * @typedef {import('#/js/lib/protocol.js').DeskEvent} DeskEvent
 * @typedef {import('#/js/lib/outbox.js').Item} Item
 */

/**
 * Another member's words since the reply was begun. Only these are worth holding a reply back for: the customer's own next line, or an
 * assignment, does not make an answer wrong.
 * @param {DeskEvent[]} events
 * @param {string} me
 * @param {number} [after] the `basedOn` of the reply
 */
export const overtaken = (events, me, after = 0) =>
  events.filter(({ seq, kind, by }) => seq > after && by.type === 'member' && by.id !== me && (kind === 'message' || kind === 'note'));

/**
 * The first reply of a conversation that waits for a decision.
 * @param {Item[]} pending
 * @returns {Item|undefined}
 */
export const staleReply = (pending) => pending.find(({ state, reason }) => state === 'failed' && reason === 'stale');

/**
 * Assignee and status as they will be once the acts on their way have arrived: the page answers at once.
 * @param {import('#/js/lib/protocol.js').Row} row
 * @param {Item[]} pending
 */
export function foreseen(row, pending) {
  let { assignee, status } = row;
  for (const { kind, body, state } of pending) {
    if (state === 'failed') continue;
    if (kind === 'assign') assignee = body.member ?? null;
    if (kind === 'resolve') status = 'resolved';
    if (kind === 'reopen') status = 'open';
  }
  return { assignee, status };
}
