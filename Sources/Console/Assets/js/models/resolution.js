/**
 * Whether a conversation that was just resolved here is open again, by whomever.
 *
 *   const resolution = new Resolution();
 *   resolution.isUndone(row, pending)        // after each change of its row or of what is on its way
 *   resolution.isReopening(event)
 *
 * @typedef {import('#/js/lib/protocol.js').Row} Row
 * @typedef {import('#/js/lib/outbox.js').Item} Item
 */
export class Resolution {
  #arrived = false;

  /**
   * Between the acknowledgement and the row that follows from it the row still says "open": only then nothing is known yet.
   * @param {Row|undefined} row undefined: no longer for this member
   * @param {Item[]} pending of the conversation
   */
  isUndone(row, pending) {
    if (row?.status === 'resolved') this.#arrived = true;
    const lives = pending.filter(({ state }) => state !== 'failed').map(({ kind }) => kind);
    if (!row || lives.includes('reopen')) return true;
    return this.#arrived && row.status === 'open' && !lives.includes('resolve');
  }

  /** @param {import('#/js/lib/protocol.js').DeskEvent} event */
  isReopening({ kind }) {
    return kind === 'reopened';
  }
}
