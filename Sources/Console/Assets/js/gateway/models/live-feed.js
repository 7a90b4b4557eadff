/**
 * What happens at the gateway now: requests that run, requests that ended, and the last 60 seconds as numbers. It draws nothing and asks nothing;
 * thousands of frames a second cost a map entry each.
 *
 *   feed.hear(frame, now) · feed.window(now) → 60 seconds, null where nothing is known · feed.open, feed.ended, feed.latest, feed.skipped
 *
 * @typedef {import('#/js/gateway/api.js').GatewayRequest} GatewayRequest
 * @typedef {import('#/js/gateway/api.js').Rate} Rate
 * @typedef {Rate & {open?: number, firstByteP50?: number|null, firstByteP95?: number|null}} Second
 */

export const SECONDS = 60;

/** Ended requests that are kept; older ones are in the list of requests. */
export const KEPT = 200;

/** Running requests that are kept by name; `latest.open` counts all. */
const OPEN = 500;

export class LiveFeed {
  /** @type {Map<string, GatewayRequest>} */ #open = new Map();
  /**
   * Oldest first.
   * @type {GatewayRequest[]}
   */
  #ended = [];
  /** @type {Map<number, Second>} */ #seconds = new Map();
  /** @type {Second|null} */ latest = null;
  /** Ended and begun ones that the server left out since the list began. */ skipped = 0;
  /** Something was left out: what is shown as running may have ended. */ isDoubtful = false;
  /** Whose requests these are, where several instances serve: each tells its own. */ instance = '';
  /** How many other instances serve too. */ others = 0;
  /** The server's clock minus ours, ms. */ #ahead = 0;

  /** @returns {GatewayRequest[]} newest first */
  get open() {
    return [...this.#open.values()].sort((one, other) => other.at - one.at || (one.id < other.id ? 1 : -1));
  }

  /** @returns {GatewayRequest[]} newest first */
  get ended() {
    return this.#ended.slice(-KEPT).reverse();
  }

  /** How many run: what the server counts, or what is known here before it has. */
  get openCount() {
    return this.latest?.open ?? this.#open.size;
  }

  /**
   * The server's time.
   * @param {number} now ours
   */
  clock(now) {
    return now + this.#ahead;
  }

  /** @param {any} frame as it came @param {number} now ours, ms */
  hear(frame, now) {
    if (typeof frame?.instance === 'string') [this.instance, this.others] = [frame.instance, Number(frame.others) || 0];
    if (frame?.t === 'hello') this.#begin(frame, now);
    else if (frame?.t === 'second') this.#second(frame, now);
    else if (frame?.t === 'open') this.#opened(frame.request);
    else if (frame?.t === 'changed') this.#changed(frame.request);
    else if (frame?.t === 'closed') this.#closed(frame.request);
    else if (frame?.t === 'skipped') this.#skipped(frame.n);
  }

  /**
   * The requests that run, asked for anew.
   * @param {readonly GatewayRequest[]} items
   */
  reconcile(items) {
    this.#open = new Map(items.slice(0, OPEN).map((one) => [one.id, one]));
    this.isDoubtful = false;
  }

  /**
   * The 60 seconds up to now, oldest first; null where none was heard: while there was no connection, or before the server began to count.
   * @param {number} now ours
   * @returns {(Second|null)[]}
   */
  window(now) {
    const last = this.#lastSecond(now);
    return Array.from({ length: SECONDS }, (_, index) => this.#seconds.get(last - (SECONDS - 1 - index) * 1000) ?? null);
  }

  /**
   * When the newest second of `window` began.
   * @param {number} now
   */
  #lastSecond(now) {
    // The second that runs now is not told yet; a frame that is on its way is no gap.
    const due = floor(this.clock(now)) - 1000;
    const heard = this.latest?.at ?? 0;
    return heard >= due - 1000 && heard <= due + 2000 ? floor(heard) : due;
  }

  /** @param {any} frame @param {number} now */
  #begin({ now: theirs, open, rates }, now) {
    if (Number.isFinite(theirs)) this.#ahead = theirs - now;
    this.reconcile(Array.isArray(open) ? open : []);
    this.latest = null;
    this.#learn((Array.isArray(rates) ? rates : []).filter((rate) => Number.isFinite(rate?.at)));
    this.#forget(now);
  }

  /**
   * What the server says of seconds that were not heard here. It tells only what it counted: what came before its start stays a gap.
   * @param {Second[]} rates
   */
  #learn(rates) {
    for (const rate of rates) if (!this.#seconds.has(floor(rate.at))) this.#seconds.set(floor(rate.at), rate);
  }

  /** @param {any} frame @param {number} now */
  #second(frame, now) {
    if (!Number.isFinite(frame.at)) return;
    this.latest = frame;
    this.#seconds.set(floor(frame.at), frame);
    this.#forget(now);
  }

  /** @param {GatewayRequest|undefined} request */
  #opened(request) {
    if (request?.id && this.#open.size < OPEN) this.#open.set(request.id, request);
  }

  /**
   * A change may come after the end that it came before.
   * @param {GatewayRequest|undefined} request
   */
  #changed(request) {
    if (request?.id && this.#open.has(request.id)) this.#open.set(request.id, request);
  }

  /** @param {GatewayRequest|undefined} request */
  #closed(request) {
    if (!request?.id) return;
    this.#open.delete(request.id);
    this.#ended.push(request);
    if (this.#ended.length > KEPT * 2) this.#ended = this.#ended.slice(-KEPT);
  }

  /** @param {unknown} count */
  #skipped(count) {
    this.skipped += Number(count) || 0;
    this.isDoubtful = true;
  }

  /** @param {number} now */
  #forget(now) {
    const oldest = floor(this.clock(now)) - 2 * SECONDS * 1000;
    for (const at of this.#seconds.keys()) if (at < oldest) this.#seconds.delete(at);
  }
}

/** @param {number} at */
const floor = (at) => Math.floor(at / 1000) * 1000;
