/**
 * Where the "new" line stands: after what had been read when the conversation was opened, or when somebody looked away. It stays while one
 * reads, and goes when one answers.
 *
 *   const line = new UnreadLine({ read: mark.read, unread: 2 });
 *   line.after                        // seq or null: no line
 *   line.lookedAway(cursor), line.answered(), line.lookedBack()
 */
export class UnreadLine {
  /** @type {number|null} */ after;
  /** @type {number|null} */ #away = null;

  /** @param {{read: number, unread: number}} opening */
  constructor({ read, unread }) {
    this.after = unread > 0 ? read : null;
  }

  /** @param {number} cursor the newest that was in view */
  lookedAway(cursor) {
    this.#away ??= cursor;
  }

  /** @param {number} cursor */
  lookedBack(cursor) {
    if (this.#away !== null && cursor > this.#away) this.after = this.#away;
    this.#away = null;
  }

  answered() {
    this.after = null;
  }
}
