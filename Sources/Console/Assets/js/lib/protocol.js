/**
 * The words of docs/sync-protocol.md, as types for `tsc --checkJs`, with the few numbers that both sides share.
 *
 * @typedef {{type: 'member'|'customer'|'system', id?: string, name?: string}} Party
 * @typedef {{text?: string, member?: string|null, name?: string|null}} EventBody
 * @typedef {{seq: number, id: string, kind: string, at: number, by: Party, clientID?: string, pubSeq?: number, body: EventBody}} DeskEvent
 *   kind: message | note | assigned | resolved | reopened, or one that a newer server knows
 * @typedef {{by: Party, delivered: number, read: number}} Receipt
 * @typedef {{read: number, customerMessages: number}} Mark a member's own read mark
 * @typedef {{id: string, shop: string, customer: {id: string, name: string|null}, status: 'open'|'resolved', assignee: string|null,
 *   version: number, lastSeq: number, customerMessages: number, lastAt: number,
 *   last: {kind: string, by: 'customer'|'member', text: string}|null}} Row
 * @typedef {{seq: number, kind: string, row?: Row, shop?: string}} FeedItem
 * @typedef {{epoch?: string, feed?: number, conversations?: Record<string, number>}} Cursors
 * @typedef {{type: string, [field: string]: any}} Frame
 * @typedef {{clientID: string, conversation?: string, id?: string, seq: number, at?: number, duplicate?: boolean, unchanged?: boolean}} Ack
 */

export const PROTOCOL = 1;

/** §14. */
export const LIMITS = { text: 10_000, textBytes: 40_000, inFlight: 16, open: 32, hold: 64 };

/**
 * Milliseconds: how long a gap may stay open, how long silence is believed (the server says something each 25 s), how long a probe may take, …;
 * again: after which a small request is made once more beside the one that does not answer.
 */
export const TIMES = {
  hold: 1000,
  silence: 30_000,
  probe: 3000,
  opening: 10_000,
  answer: 5000,
  again: 2000,
  socketAgain: 60_000,
  typingEvery: 2000,
  typingLasts: 5000,
};

/** Close codes of §13 that change what a client does next. */
export const CLOSE = { overloaded: 1013, ticketRefused: 4401, sessionEnded: 4403, protocol: 4406, shopClosed: 4410 };
