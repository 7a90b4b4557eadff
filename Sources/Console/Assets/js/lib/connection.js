/**
 * Stays connected: ticket → socket → init → ready → resumed, and again after every loss, by whatever way there is.
 *
 *   const connection = new Connection({ clock, random, WebSocket, url, ticket, cursors, poll, onFrame, onState });
 *   connection.start(), stop(), restart(), drop(), wake() // wake: the page came back, the network came back (see wake.js)
 *   connection.send(frame) → boolean            // false: no socket now; the caller keeps it
 *   connection.way → 'socket' | 'http' | null   // how to send now
 *   connection.state → 'connecting' | 'online' | 'offline' | 'polling' | 'signed-out' | 'closed' | 'stopped'
 *   connection.retryAt                          // ms since 1970, while offline: when the next try is; null: trying now
 *   connection.reason                           // of signed-out and closed: session_ended, shop_closed, protocol, or a problem's code
 *
 * `onFrame` gets every frame, also `ready` and `resumed`, from socket and poll alike; `onState(state)` every change.
 *
 * @typedef {import('#/js/lib/protocol.js').Frame} Frame
 * @typedef {import('#/js/lib/protocol.js').Cursors} Cursors
 * @typedef {'connecting'|'online'|'offline'|'polling'|'signed-out'|'closed'|'stopped'} State
 * @typedef {{clock?: import('#/js/lib/clock.js').Clock, random?: () => number, WebSocket?: new (url: string) => WebSocket, url: string,
 *   ticket: (signal: AbortSignal) => Promise<string>, cursors: () => Cursors, poll?: (wait: number, signal: AbortSignal) => Promise<{frames: Frame[]}>,
 *   onFrame: (frame: Frame) => void|Promise<void>, onState: (state: State) => void}} Options
 */
import { Backoff } from '#/js/lib/backoff.js';
import { Alarm, systemClock } from '#/js/lib/clock.js';
import { Problem } from '#/js/lib/http.js';
import { Link } from '#/js/lib/link.js';
import { Poller } from '#/js/lib/poller.js';
import { CLOSE, PROTOCOL, TIMES } from '#/js/lib/protocol.js';

/** A link that lived this long shows that the server is well: the back-off starts anew. */
const HELD = 5000;

/** Where sockets fail and requests do not (a proxy in between), the ladder goes down after so many tries. */
const SOCKET_TRIES = 2;

/** Milliseconds: a try that is younger needs no other. */
const YOUNG = 1000;

export class Connection {
  /** @type {State} */
  state = 'stopped';
  /** @type {string|null} */
  reason = null;
  /** @type {number|null} */
  retryAt = null;
  /** @type {Link|null} */
  #link = null;
  /** @type {Link|null} */
  #next = null;
  #opening = 0;
  #openedAt = 0;
  #asking = new AbortController();
  #failedSockets = 0;
  #failures = 0;
  #options;
  #clock;
  #random;
  #backoff;
  #retry;
  #move;
  #poller;

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#backoff = new Backoff({ random: this.#random });
    this.#retry = new Alarm(this.#clock, () => void this.#open());
    this.#move = new Alarm(this.#clock, () => void this.#open());
    this.#poller = this.#makePoller();
  }

  /** @returns {'socket'|'http'|null} */
  get way() {
    if (this.state === 'online') return 'socket';
    return this.state === 'polling' ? 'http' : null;
  }

  start() {
    if (this.state !== 'stopped' && this.state !== 'signed-out' && this.state !== 'closed') return;
    this.reason = null;
    this.#failures = 0;
    this.#failedSockets = 0;
    this.#backoff.reset();
    this.#become('connecting');
    void this.#open();
  }

  stop() {
    this.#end('stopped', null);
  }

  /** Drops what there is and comes again at once, e.g. as somebody else. */
  restart() {
    this.stop();
    this.start();
  }

  /** This way led to nothing good (a snapshot failed): leave it and come again after a wait. */
  drop() {
    if (this.#isOver) return;
    this.#dropAll();
    this.#again(this.#backoff.next());
  }

  /** The page is looked at again, or the network says it is back: believe nothing, wait for nothing. */
  wake() {
    if (this.#link) return this.#link.probe();
    if (this.#isOver || (!this.#retry.isSet && this.#clock.now() - this.#openedAt < YOUNG)) return;
    const polls = this.#poller.isRunning;
    this.#dropAll();
    this.#backoff.reset();
    if (polls) this.#poller.start();
    this.#retry.set(0);
  }

  /** @param {Frame} frame @returns {boolean} */
  send(frame) {
    return this.#link?.send(frame) ?? false;
  }

  async #open() {
    if (this.#next || this.#isOver) return;
    const opening = (this.#opening += 1);
    this.#asking.abort();
    this.#asking = new AbortController();
    this.#openedAt = this.#clock.now();
    const stale = () => opening !== this.#opening || this.#isOver;
    this.#setRetry(null);
    let ticket;
    try {
      ticket = await this.#options.ticket(this.#asking.signal);
    } catch (problem) {
      if (!stale()) this.#unreachable(problem, this.#openedAt);
      return;
    }
    if (!stale()) this.#next = this.#makeLink(ticket);
  }

  /** @param {string} ticket */
  #makeLink(ticket) {
    /** @type {Link} */
    const link = new Link({
      clock: this.#clock,
      WebSocket: this.#options.WebSocket ?? globalThis.WebSocket,
      url: this.#options.url,
      init: { type: 'init', protocol: PROTOCOL, ticket, ...this.#options.cursors() },
      onFrame: (frame) => this.#heard(link, frame),
      onResumed: () => this.#arrived(link),
      onLost: (code) => this.#lost(link, code),
    });
    return link;
  }

  #makePoller() {
    const { poll, onFrame } = this.#options;
    return new Poller({
      clock: this.#clock,
      poll: poll ?? (() => Promise.reject(new Problem({ status: 0, code: 'unreachable' }))),
      onFrame,
      onUp: () => this.#polled(),
      onLost: (problem) => this.#unreachable(problem),
    });
  }

  #polled() {
    this.#failures = 0;
    this.#backoff.reset();
    this.#become('polling');
  }

  /** @param {Link} link @param {Frame} frame */
  #heard(link, frame) {
    if (frame.type === 'move') this.#move.set(Math.min(Number(frame.afterMs) || 0, 30_000));
    void this.#options.onFrame(frame);
  }

  /**
   * The new link is whole: the old one, if there was one (`move`), may go.
   * @param {Link} link
   */
  #arrived(link) {
    if (this.#next === link) this.#next = null;
    this.#link?.close();
    this.#link = link;
    this.#poller.stop();
    this.#failedSockets = 0;
    this.#failures = 0;
    this.#setRetry(null);
    this.#become('online', true);
  }

  /** @param {Link} link @param {number} code */
  #lost(link, code) {
    if (code === CLOSE.sessionEnded) return this.#end('signed-out', 'session_ended');
    if (code === CLOSE.shopClosed) return this.#end('closed', 'shop_closed');
    if (code === CLOSE.protocol) return this.#end('closed', 'protocol');
    if (this.#next === link) this.#next = null;
    if (link.since === 0) this.#failedSockets += 1;
    else if (this.#clock.now() - link.since >= HELD) this.#backoff.reset();
    if (this.#link === link) this.#link = null;
    else if (this.#link) return this.#move.set(this.#backoff.next());
    this.#again(code === CLOSE.overloaded ? 10_000 * (1 + this.#random()) : this.#backoff.next());
  }

  /**
   * No ticket, or no answer to a poll.
   * @param {unknown} problem
   * @param {number} since when it was asked for: that time counts as waiting. Whoever hears nothing for long is no crowd at the server's door
   */
  #unreachable(problem, since = this.#clock.now()) {
    const { status, code, retryAfterMs } = problem instanceof Problem ? problem : new Problem({ status: 0, code: 'unreachable' });
    if (status === 401) return this.#end('signed-out', code);
    if ([403, 404, 410].includes(status) && !code.startsWith('http.')) return this.#end('closed', code); // a bare one may be a proxy's
    if (this.#link) return this.#move.set(this.#backoff.next());
    if (this.#poller.isRunning) return this.#retry.set(TIMES.socketAgain);
    this.#failedSockets = 0; // the server itself is away: sockets are not to blame
    this.#again(Math.max(0, this.#backoff.next() - (this.#clock.now() - since), retryAfterMs ?? 0));
  }

  /** @param {number} wait */
  #again(wait) {
    this.#failures += 1;
    if (this.#options.poll && this.#failedSockets >= SOCKET_TRIES) {
      this.#poller.start();
      this.#retry.set(TIMES.socketAgain);
      if (this.state !== 'polling') this.#become('connecting', true);
      return;
    }
    this.#retry.set(wait);
    this.#setRetry(this.#clock.now() + wait);
    this.#become(this.#failures > 1 ? 'offline' : 'connecting', true);
  }

  get #isOver() {
    return this.state === 'stopped' || this.state === 'signed-out' || this.state === 'closed';
  }

  #dropAll() {
    this.#opening += 1;
    this.#asking.abort();
    this.#poller.stop();
    this.#link?.close();
    this.#next?.close();
    this.#link = this.#next = null;
  }

  /** @param {State} state @param {string|null} reason */
  #end(state, reason) {
    this.#dropAll();
    this.#retry.cancel();
    this.#move.cancel();
    this.reason = reason;
    this.retryAt = null;
    this.#become(state);
  }

  /** @param {number|null} at */
  #setRetry(at) {
    if (this.retryAt === at) return;
    this.retryAt = at;
    if (this.state === 'offline') this.#options.onState(this.state);
  }

  /** @param {State} state @param {boolean} [always] also when it is the same: something else about it changed */
  #become(state, always = false) {
    if (this.state === state && !always) return;
    this.state = state;
    this.#options.onState(state);
  }
}
