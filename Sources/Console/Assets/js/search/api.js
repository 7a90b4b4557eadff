/**
 * What the search may ask the server (docs/api.md).
 *
 * @typedef {import('#/js/lib/protocol.js').Row} Row
 * @typedef {import('#/js/lib/protocol.js').Mark} Mark
 * @typedef {import('#/js/lib/protocol.js').Party} Party
 * @typedef {{text: string, marks: [from: number, to: number][]}} Excerpt marks: in UTF-16 units, `to` is not marked
 * @typedef {{row: Row, kind: 'message'|'note'|'customer', seq: number, at: number, by: Party|null, excerpt: Excerpt}} Hit
 *   seq: the event's number; 0 for a customer's name or address
 * @typedef {{done: number, of: number}} Building conversations that are in the index, of all
 * @typedef {{epoch: string, feed: number, items: Hit[], marks: Record<string, Mark>, next: string|null, building: Building|null}} Found
 * @typedef {{q: string, shop: string, cursor: string|null}} Wish
 */

const PAGE = 30;

export class SearchAPI {
  #http;

  /** @param {import('#/js/api/http.js').ConsoleHTTP} http */
  constructor(http) {
    this.#http = http;
  }

  /** @param {Wish} wish @param {AbortSignal} signal @returns {Promise<Found>} newest first */
  find({ q, shop, cursor }, signal) {
    const query = new URLSearchParams({ q, limit: String(PAGE), ...(shop ? { shop } : {}), ...(cursor ? { cursor } : {}) });
    return this.#http.get(`/api/inbox/search?${query}`, { signal });
  }
}
