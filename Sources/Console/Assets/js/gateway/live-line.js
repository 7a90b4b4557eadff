/**
 * The live socket: open while a place of the gateway is, again after every loss, with growing waits. The server speaks each second, so silence is
 * a loss, too.
 *
 *   const line = new LiveLine({ url, check }); line.on('frame', f => …); line.on('state', () => line.state); line.start(); line.stop(); line.wake()
 *   line.state → 'connecting' | 'live' | 'waiting' | 'ended' · line.retryAt → ms since 1970 while waiting
 *
 * @typedef {'connecting'|'live'|'waiting'|'ended'} LineState
 */
import { Backoff } from '#/js/lib/backoff.js';
import { Alarm, systemClock } from '#/js/lib/clock.js';
import { Emitter } from '#/js/lib/emitter.js';

/** Milliseconds without any word after which a socket counts as dead. */
const SILENCE = 8000;

/** A line that lived this long was a good one: waits begin anew. */
const HELD = 5000;

const SHORTEST = 250;
const SESSION_ENDED = 4401;

export class LiveLine extends Emitter {
  /** @type {LineState} */ state = 'ended';
  /** @type {number|null} */ retryAt = null;
  /** @type {WebSocket|null} */ #socket = null;
  #saidHello = 0;
  #url;
  #clock;
  #Socket;
  #check;
  #backoff;
  #silence;
  #again;

  /**
   * @param {{url: string, check: () => Promise<unknown>, clock?: import('#/js/lib/clock.js').Clock, random?: () => number,
   *   WebSocket?: new (url: string) => WebSocket}} options check: asks the server who is here; it says itself when nobody is any more
   */
  constructor({ url, check, clock = systemClock, random = Math.random, WebSocket = globalThis.WebSocket }) {
    super();
    this.#url = url;
    this.#check = check;
    this.#clock = clock;
    this.#Socket = WebSocket;
    this.#backoff = new Backoff({ base: 500, cap: 15_000, random });
    this.#silence = new Alarm(clock, () => this.#lost(0));
    this.#again = new Alarm(clock, () => this.#open());
  }

  start() {
    if (this.state !== 'ended') return;
    this.#backoff.reset();
    this.#open();
  }

  stop() {
    this.#drop();
    this.#again.cancel();
    this.#become('ended');
  }

  /** The page is looked at again, the network came back, or somebody asks for it: wait no longer. */
  wake() {
    if (this.state === 'waiting') this.#open();
  }

  #open() {
    this.#drop();
    this.#again.cancel();
    this.retryAt = null;
    this.#saidHello = 0;
    this.#become('connecting');
    const socket = (this.#socket = new this.#Socket(this.#url));
    const mine = (/** @type {(event: any) => void} */ act) => (/** @type {any} */ event) => socket === this.#socket && act(event);
    socket.onmessage = mine(({ data }) => this.#heard(data));
    socket.onclose = mine(({ code }) => this.#lost(code));
    this.#silence.set(SILENCE);
  }

  /** @param {unknown} data */
  #heard(data) {
    this.#silence.set(SILENCE);
    const frame = parse(data);
    if (!frame) return;
    if (frame.t === 'hello') {
      this.#saidHello = this.#clock.now();
      this.#become('live');
    }
    if (this.#saidHello > 0) this.emit('frame', frame);
  }

  /** @param {number} code */
  #lost(code) {
    const held = this.#saidHello > 0 && this.#clock.now() - this.#saidHello >= HELD;
    // A refused handshake looks like any other loss: the session may have ended.
    const isStrange = code === SESSION_ENDED || this.#saidHello === 0;
    this.#drop();
    if (held) this.#backoff.reset();
    if (isStrange) void this.#check().catch(() => {});
    if (code === SESSION_ENDED) return this.#become('ended');
    const wait = SHORTEST + this.#backoff.next();
    this.retryAt = this.#clock.now() + wait;
    this.#again.set(wait);
    this.#become('waiting');
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#silence.cancel();
    if (socket && socket.readyState <= 1) socket.close();
  }

  /** @param {LineState} state */
  #become(state) {
    this.state = state;
    this.emit('state');
  }
}

/** @param {unknown} data @returns {{t: string, [more: string]: any}|null} */
function parse(data) {
  try {
    const frame = JSON.parse(String(data));
    return typeof frame?.t === 'string' ? frame : null;
  } catch {
    return null;
  }
}
