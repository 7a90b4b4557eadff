/**
 * The staff's Desk: with the feed of its lists, and conversations that are opened and left. Everything else is in desk.js.
 *
 *   client.feed
 *   await client.open(id); client.leave(id)        // at most 32 open, the least recently opened one gives way
 */
import { Desk } from '#/js/lib/desk.js';
import { StaffSide } from '#/js/lib/desk/staff-side.js';
import { LIMITS } from '#/js/lib/protocol.js';

export class DeskClient extends Desk {
  /** @param {import('#/js/lib/desk.js').Options} options */
  constructor(options) {
    super({ makeSide: (desk) => new StaffSide(desk), ...options });
  }

  get feed() {
    return /** @type {StaffSide} */ (this.side).feed;
  }

  /** @override */
  async restart() {
    const open = this.logs.ids;
    await super.restart();
    for (const id of open) this.open(id).catch((problem) => this.report(problem));
  }

  /** @param {string} id @returns {Promise<import('#/js/lib/conversation-log.js').ConversationLog>} rejects with a Problem */
  async open(id) {
    const known = this.logs.get(id);
    this.#makeRoom(id);
    if (known?.loaded) return this.logs.touch(id, known);
    const log = await this.logs.load(id);
    if (this.logs.get(id) === log) this.connection.send({ type: 'open', conversation: id, after: log.cursor });
    return log;
  }

  /** @param {string} id */
  leave(id) {
    if (!this.logs.delete(id)) return;
    this.receipts.forget(id);
    this.connection.send({ type: 'leave', conversation: id });
  }

  /** @param {string} id */
  #makeRoom(id) {
    const { ids } = this.logs;
    if (!ids.includes(id) && ids.length >= LIMITS.open && ids[0]) this.leave(ids[0]);
  }
}
