/**
 * Numbers that are missing (§5), in any log or the feed: asked for when they are due, over the socket. Polls carry their cursors and need none.
 *
 *   const gaps = new Gaps(desk);
 *   gaps.watch()          // after anything that may have opened or closed one
 *   gaps.askForAll()      // the server said that something was dropped; gaps.ask(conversation, after) for one
 */
import { Alarm } from '#/js/lib/clock.js';

export class Gaps {
  #desk;
  #alarm;

  /** @param {import('#/js/lib/desk.js').Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    this.#alarm = new Alarm(desk.clock, () => this.#askForDue());
  }

  /** Sets the alarm for the gap that is due first. */
  watch() {
    const { connection, logs, side } = this.#desk;
    const sequences = connection.way === 'socket' ? [side.feed?.sequence, ...[...logs].map((log) => log.sequence)] : [];
    const waits = sequences.flatMap((sequence) => sequence?.waits() ?? []);
    if (waits.length > 0) this.#alarm.set(Math.min(...waits));
    else this.#alarm.cancel();
  }

  cancel() {
    this.#alarm.cancel();
  }

  askForAll() {
    this.#askForFeed();
    for (const { id, cursor } of this.#desk.logs) if (id !== null) this.ask(id, cursor);
  }

  /** @param {string} conversation @param {number} after */
  ask(conversation, after) {
    this.#desk.connection.send({ type: this.#desk.side.asksBy, conversation, after });
  }

  #askForFeed() {
    const { side, connection } = this.#desk;
    if (side.feed) connection.send({ type: 'sync', feed: side.feed.cursor });
  }

  /** Asked counts also when the socket is just breaking: the next one brings what is missing anyway. */
  #askForDue() {
    const { side, logs, connection } = this.#desk;
    if (side.feed?.sequence.wantsAsk()) {
      this.#askForFeed();
      side.feed.sequence.asked();
    }
    for (const { id, sequence } of logs) {
      if (!sequence.wantsAsk()) continue;
      if (id !== null) connection.send({ type: 'sync', conversation: id, after: sequence.cursor });
      sequence.asked();
    }
    this.watch();
  }
}
