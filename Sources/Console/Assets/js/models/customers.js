/**
 * What conversation snapshots say about customers (docs/api.md): the feed's rows carry only their names. It listens to the answers
 * that pass, so that nothing is asked for twice.
 *
 * @typedef {import('#/js/api/api.js').Customer} Customer
 */
import { Emitter } from '#/js/lib/emitter.js';

export class Customers extends Emitter {
  /** @type {Map<string, Customer>} */ #known = new Map();

  /** @param {string} path of a request @param {any} answer */
  learn(path, answer) {
    if (!/^\/api\/conversations\/[^/?]+$/.test(path) || typeof answer?.customer?.id !== 'string') return;
    this.#known.set(answer.customer.id, answer.customer);
    this.emit('change', answer.customer.id);
  }

  /** @param {string} id */
  get(id) {
    return this.#known.get(id);
  }

  /**
   * Somebody was here just now.
   * @param {string} id
   * @param {number} at
   */
  seen(id, at) {
    const known = this.#known.get(id);
    if (known && (known.lastSeenAt ?? 0) < at) known.lastSeenAt = at;
  }

  clear() {
    this.#known.clear();
  }
}
