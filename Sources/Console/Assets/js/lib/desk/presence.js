/**
 * Who is there (§9), as far as this side is told: for the staff customers and members, for a customer whether anybody is.
 *
 *   const presence = new Presence();
 *   presence.heard(frame); presence.customers, presence.members (Sets of ids), presence.available (customers; null: not known yet)
 */
export class Presence {
  /** @type {Set<string>} */
  customers = new Set();
  /** @type {Set<string>} */
  members = new Set();
  available;

  /** @param {boolean|null} available */
  constructor(available = null) {
    this.available = available;
  }

  /** @param {import('#/js/lib/protocol.js').Frame} frame */
  heard({ available, online, customer, member }) {
    if (typeof available === 'boolean') this.available = available;
    if (online && typeof online === 'object') {
      this.customers = new Set(online.customers);
      this.members = new Set(online.members);
      return;
    }
    for (const [set, id] of /** @type {[Set<string>, unknown][]} */ ([[this.customers, customer], [this.members, member]])) {
      if (typeof id === 'string') online ? set.add(id) : set.delete(id);
    }
  }
}
