/**
 * Which changes of the lists deserve a sound or a notification: something new from a customer, in a conversation that is mine or nobody's,
 * that I am not looking at.
 *
 *   const alerts = new Alerts({ me });
 *   alerts.learn(rows)                       // what is there is not news
 *   alerts.news(rows, { watching: id|null }) → rows to tell of
 *
 * @typedef {import('#/js/lib/protocol.js').Row} Row
 */
export class Alerts {
  /** @type {Map<string, number>} */ #heard = new Map();
  #me;

  /** @param {{me: string}} options */
  constructor({ me }) {
    this.#me = me;
  }

  /** @param {Iterable<Row>} rows */
  learn(rows) {
    for (const row of rows) this.#heard.set(row.id, Math.max(row.customerMessages, this.#heard.get(row.id) ?? 0));
  }

  /** @param {Row[]} rows @param {{watching: string|null}} now @returns {Row[]} */
  news(rows, { watching }) {
    const fresh = rows.filter((row) => row.customerMessages > (this.#heard.get(row.id) ?? 0));
    this.learn(rows);
    return fresh.filter((row) => row.id !== watching && row.last?.by === 'customer'
      && (row.assignee === null || row.assignee === this.#me));
  }
}
