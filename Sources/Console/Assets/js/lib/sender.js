/**
 * Carries the outbox to the server over whatever way there is, with the same clientID each time (§4): at most 16 under way, in clientID order,
 * again after a reconnect, again when an answer does not come.
 *
 *   const sender = new Sender({ clock, outbox, http, routes, way, send, onAck, onStale, onOverdue, onProblem });
 *   sender.flush()               // whenever something may go: added, retried, connected
 *   sender.answered(frame)       // ack, nack, stale and errors with a ref; true if it was one of ours
 *   sender.interrupted()         // the socket is gone
 *
 * @typedef {import('#/js/lib/protocol.js').Frame} Frame
 * @typedef {import('#/js/lib/outbox.js').Item} Item
 */
import { Alarm } from '#/js/lib/clock.js';
import { Problem } from '#/js/lib/http.js';
import { LIMITS, TIMES } from '#/js/lib/protocol.js';

/** `error` codes with a ref after which the same send may succeed. */
const PASSING = new Set(['rate_limited', 'too_many_in_flight', 'storage_busy', 'storage_failed']);

export class Sender {
  #options;
  #alarm;
  #ref = 0;
  #posting = false;
  /** @type {Map<number, string>} */
  #refs = new Map();

  /**
   * @param {{clock: import('#/js/lib/clock.js').Clock, outbox: import('#/js/lib/outbox.js').Outbox, http: import('#/js/lib/http.js').HTTP,
   *   routes: import('#/js/lib/routes.js').Routes, way: () => 'socket'|'http'|null, send: (frame: Frame) => boolean,
   *   onAck: (ack: import('#/js/lib/protocol.js').Ack) => void, onStale: (stale: Frame) => void, onOverdue: () => void,
   *   onProblem: (problem: Problem) => void}} options
   */
  constructor(options) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock, () => this.flush());
  }

  flush() {
    const { outbox, way, onOverdue } = this.#options;
    const by = way();
    if (by === 'socket' && outbox.overdue(TIMES.answer)) onOverdue();
    if (by === 'socket') this.#flushFrames();
    if (by === 'http') void this.#flushPosts();
    if (by) this.#lookAgain();
  }

  /** @param {Frame} frame @returns {boolean} */
  answered(frame) {
    const { outbox, onAck, onStale } = this.#options;
    const clientID = frame.clientID ?? this.#refs.get(frame.ref);
    if (!clientID || !['ack', 'nack', 'stale', 'error'].includes(frame.type)) return false;
    this.#refs.delete(frame.ref);
    if (frame.type === 'ack') onAck(/** @type {any} */ ({ ...frame, clientID }));
    if (frame.type === 'nack') outbox.nacked({ ...frame, clientID, code: String(frame.code), final: frame.final !== false });
    if (frame.type === 'error') outbox.nacked({ ...frame, clientID, code: String(frame.code), final: !PASSING.has(frame.code) });
    if (frame.type === 'stale') {
      onStale(frame);
      outbox.staled(clientID);
    }
    this.flush();
    return true;
  }

  interrupted() {
    this.#refs.clear();
    this.#options.outbox.interrupted();
  }

  #flushFrames() {
    const { outbox, send } = this.#options;
    for (const item of outbox.take(LIMITS.inFlight)) {
      const ref = (this.#ref += 1);
      this.#refs.set(ref, item.clientID);
      if (!send({ type: 'send', ref, ...this.#wire(item) })) return this.interrupted();
    }
  }

  /** One after the other: requests of their own could overtake each other. */
  async #flushPosts() {
    if (this.#posting) return;
    this.#posting = true;
    try {
      while (this.#options.way() === 'http') {
        const [item] = this.#options.outbox.take(1);
        if (!item || !(await this.#post(item))) break;
      }
    } finally {
      this.#posting = false;
      this.#lookAgain();
    }
  }

  /** @param {Item} item @returns {Promise<boolean>} whether to go on */
  async #post(item) {
    const { http, routes, outbox, onAck, onStale, onProblem } = this.#options;
    try {
      const ack = await http.post(routes.events(item.conversation), this.#wire(item), { wait: TIMES.opening });
      onAck({ ...ack, clientID: item.clientID });
      return true;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const code = problem.code.replace(/^desk\./, '');
      if (code === 'stale') onStale({ type: 'stale', conversation: item.conversation, ...problem.body });
      const final = !problem.isTransient && problem.status !== 401;
      outbox.nacked({ clientID: item.clientID, code, message: problem.detail, final, retryAfterMs: problem.retryAfterMs ?? 1000 });
      if (!final) onProblem(problem);
      return final;
    }
  }

  /**
   * A customer leaves the conversation out: it has one.
   * @param {Item} item
   */
  #wire({ clientID, conversation, basedOn, kind, body }) {
    const named = this.#options.routes.side === 'staff' ? { conversation } : {};
    return { clientID, ...named, ...(basedOn === undefined ? {} : { basedOn }), kind, body };
  }

  /** For what waits for its time, and for answers that do not come. */
  #lookAgain() {
    const { outbox } = this.#options;
    const waits = outbox.waits();
    const underWay = outbox.pending().some((item) => item.state === 'sending');
    if (underWay) this.#alarm.set(Math.min(waits || TIMES.answer, TIMES.answer));
    else if (waits !== null) this.#alarm.set(Math.max(waits, 50));
    else this.#alarm.cancel();
  }
}
