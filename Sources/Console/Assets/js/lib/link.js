/**
 * The life of one socket: opening → init → ready → resumed, then frames until it is lost. It decides nothing about what comes after; it says
 * `onLost(code, reason)` exactly once. An opening of more than 10 s is a loss, too, and so is an unanswered probe (3 s), which is made after 30 s of
 * silence.
 *
 *   const link = new Link({ clock, WebSocket, url, init, onFrame, onResumed, onLost });
 *   link.send(frame) → boolean, link.probe(), link.close()
 *
 * @typedef {import('#/js/lib/protocol.js').Frame} Frame
 */
import { Alarm } from '#/js/lib/clock.js';
import { TIMES } from '#/js/lib/protocol.js';

export class Link {
  /** @type {'opening'|'ready'|'resumed'|'lost'} */
  stage = 'opening';
  /** Milliseconds: when it was resumed. */
  since = 0;
  #socket;
  #clock;
  #acts;
  #silence;
  #probing;

  /**
   * @param {{clock: import('#/js/lib/clock.js').Clock, WebSocket: new (url: string) => WebSocket, url: string, init: Frame,
   *   onFrame: (frame: Frame) => void, onResumed: () => void, onLost: (code: number, reason: string) => void}} options
   */
  constructor({ clock, WebSocket, url, init, onFrame, onResumed, onLost }) {
    this.#clock = clock;
    this.#acts = { onFrame, onResumed, onLost };
    this.#silence = new Alarm(clock, () => (this.stage === 'resumed' ? this.probe() : this.#lose(0, 'silence')));
    this.#probing = new Alarm(clock, () => this.#lose(0, 'probe'));
    this.#silence.set(TIMES.opening);
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify(init));
    socket.onmessage = ({ data }) => this.#heard(data);
    socket.onerror = () => {};
    socket.onclose = ({ code, reason }) => this.#lose(code, reason);
  }

  get isReady() {
    return this.stage === 'ready' || this.stage === 'resumed';
  }

  /** @param {Frame} frame @returns {boolean} handed to a living socket, no more than that */
  send(frame) {
    if (!this.isReady || this.#socket.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Is anybody there? */
  probe() {
    if (!this.isReady || this.#probing.isSet) return;
    this.#probing.set(TIMES.probe);
    if (!this.send({ type: 'probe' })) this.#lose(0, 'closing');
  }

  close() {
    this.#end(1000);
  }

  /** @param {unknown} data */
  #heard(data) {
    if (this.stage === 'lost') return;
    this.#probing.cancel();
    this.#silence.set(this.stage === 'resumed' ? TIMES.silence : TIMES.opening);
    const frame = parse(data);
    if (!frame) return;
    if (frame.type === 'ready' && this.stage === 'opening') this.stage = 'ready';
    this.#acts.onFrame(frame);
    if (frame.type === 'resumed' && this.stage === 'ready') this.#resumed();
  }

  #resumed() {
    this.stage = 'resumed';
    this.since = this.#clock.now();
    this.#silence.set(TIMES.silence);
    this.#acts.onResumed();
  }

  /** @param {number} code @param {string} reason */
  #lose(code, reason) {
    if (this.stage === 'lost') return;
    this.#end(4000);
    this.#acts.onLost(code, reason);
  }

  /** @param {number} code */
  #end(code) {
    this.stage = 'lost';
    this.#silence.cancel();
    this.#probing.cancel();
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    try {
      this.#socket.close(code);
    } catch {
      // already closed
    }
  }
}

/** @param {unknown} data @returns {Frame|null} */
function parse(data) {
  try {
    const frame = typeof data === 'string' ? JSON.parse(data) : null;
    return frame && typeof frame === 'object' && typeof frame.type === 'string' ? frame : null;
  } catch {
    return null;
  }
}
