/**
 * What the server says, put where it belongs: each frame of §3 – §10, from socket and poll alike.
 *
 *   const hearing = new Hearing(desk);
 *   hearing.heard(frame)       // a promise where the next poll has to wait for what follows from it
 *   hearing.acked(ack)         // a send was stored, by whatever way
 *
 * @typedef {import('#/js/lib/protocol.js').Frame} Frame
 * @typedef {import('#/js/lib/conversation-log.js').ConversationLog} ConversationLog
 */
import { Problem } from '#/js/lib/http.js';

export class Hearing {
  #desk;

  /** @param {import('#/js/lib/desk.js').Desk} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  /** @param {Frame} frame @returns {void|Promise<void>} */
  heard(frame) {
    const desk = this.#desk;
    if (desk.sender.answered(frame) || desk.side.heard(frame)) return;
    switch (frame.type) {
      case 'ready': return this.#readied(frame);
      case 'events': return this.#received(frame);
      case 'resumed': case 'ping': return this.#heardTops(frame);
      case 'reset': return this.#reset(frame);
      case 'resync': return desk.gaps.askForAll();
      case 'receipt': return this.#receipted(frame);
      case 'typing': return desk.typing.heard({ ...frame, conversation: frame.conversation ?? desk.conversation, on: frame.on === true });
      case 'presence': return (desk.presence.heard(frame), desk.emit('presence'));
      case 'error': return desk.emit('problem', new Problem({ status: 400, code: String(frame.code), detail: frame.message }));
    }
  }

  /** @param {import('#/js/lib/protocol.js').Ack} ack */
  acked(ack) {
    const { logs, side, outbox, gaps } = this.#desk;
    const key = side.key(ack.conversation ?? null);
    const log = logs.get(ack.conversation);
    if (log && ack.conversation) side.adopt(log, ack.conversation);
    outbox.acked({ ...ack, conversation: key ?? undefined });
    if (log?.loaded && ack.seq <= log.cursor) outbox.settled(side.key(log.id), log.cursor);
    else if (log?.loaded) log.sequence.heardSoon(ack.seq);
    gaps.watch();
  }

  /** @param {Frame} frame */
  #readied(frame) {
    const desk = this.#desk;
    desk.you = frame.you ?? null;
    if (desk.epoch === undefined) desk.epoch = frame.epoch;
    desk.side.readied(frame);
    desk.emit('ready', frame);
  }

  /** @param {Frame} frame */
  #received(frame) {
    const { logs, side, gaps, receipts } = this.#desk;
    const log = logs.get(frame.conversation);
    if (!log || !Array.isArray(frame.events)) return;
    side.adopt(log, frame.conversation);
    const applied = log.receive(frame.events);
    gaps.watch();
    if (applied.length === 0) return;
    for (const event of applied) this.#applied(log, event);
    receipts.raise(frame.conversation, { delivered: log.cursor });
    this.#desk.emit('log', { id: log.id, events: applied, reason: 'live' });
  }

  /** @param {ConversationLog} log @param {import('#/js/lib/protocol.js').DeskEvent} event */
  #applied(log, event) {
    const desk = this.#desk;
    if (event.clientID) desk.outbox.shown(event.clientID);
    if (log.id !== null) desk.typing.spoke(log.id, event.by.id ?? event.by.type);
    if (event.kind === 'message' && event.by.id !== desk.you?.id) desk.emit('message', { id: log.id, event });
  }

  /** @param {Frame} frame */
  #heardTops(frame) {
    const { logs, side, gaps } = this.#desk;
    if (typeof frame.feed === 'number') side.feed?.sequence.heardTop(frame.feed);
    for (const [id, top] of Object.entries(frame.conversations ?? {})) {
      const log = logs.get(id);
      if (log) side.adopt(log, id); // another tab wrote the first message
      if (log?.loaded) log.sequence.heardTop(Number(top));
    }
    gaps.watch();
  }

  /** @param {Frame} frame @returns {Promise<void>} */
  async #reset(frame) {
    const desk = this.#desk;
    try {
      if (frame.scope === 'conversation') return await this.#resetLog(frame);
      if (frame.reason === 'epoch' || frame.scope === 'all') desk.epoch = undefined;
      await desk.side.snapshot();
      if (frame.scope === 'all') await Promise.all(desk.logs.ids.map((id) => desk.logs.load(id)));
      desk.gaps.askForAll();
    } catch (problem) {
      desk.report(problem);
      desk.connection.drop();
    }
  }

  /** @param {Frame} frame */
  async #resetLog({ conversation, reason }) {
    if (reason === 'gone' && this.#desk.side.gone(conversation)) return;
    const log = await this.#desk.logs.load(conversation);
    this.#desk.gaps.ask(conversation, log.cursor);
  }

  /** @param {Frame} frame */
  #receipted(frame) {
    const log = this.#desk.logs.get(frame.conversation);
    if (log?.receipt(/** @type {any} */ (frame))) this.#desk.emit('log', { id: log.id, events: [], reason: 'receipt' });
  }
}
