/**
 * The way between a Desk and its server: how it connects, what follows from being connected or not, and how receipts get there.
 *
 *   const way = new Way(desk, options, (frame) => …);
 *   way.connection; way.tellReceipt(conversation, marks); way.leave()        // leave: the page may be gone the next moment
 */
import { Connection } from '#/js/lib/connection.js';
import { TIMES } from '#/js/lib/protocol.js';
import { socketURL, syncQuery } from '#/js/lib/routes.js';

export class Way {
  #desk;

  /**
   * @param {import('#/js/lib/desk.js').Desk} desk
   * @param {import('#/js/lib/desk.js').Options} options
   * @param {(frame: import('#/js/lib/protocol.js').Frame) => void|Promise<void>} onFrame
   */
  constructor(desk, { http, routes, random, WebSocket, socket, poll = true }, onFrame) {
    this.#desk = desk;
    this.connection = new Connection({
      clock: desk.clock, random, WebSocket,
      url: socket ?? socketURL(routes.socket),
      ticket: (signal) => this.#ticket(signal),
      cursors: () => desk.side.told(desk.cursors),
      poll: poll ? (wait, signal) => http.get(routes.sync(syncQuery(desk.cursors, wait)), { signal, wait: 1000 * wait + TIMES.opening }) : undefined,
      onFrame,
      onState: (state) => this.#stateChanged(state),
    });
  }

  /** @param {string} conversation @param {{delivered: number, read: number}} marks @returns {boolean} */
  tellReceipt(conversation, marks) {
    const { way } = this.connection;
    if (way === 'socket') return this.connection.send({ type: 'receipt', conversation, ...marks });
    return way === 'http' && this.#postReceipt(conversation, marks);
  }

  /** What a socket takes in a page's last moment may be thrown away with it; such a request is not. */
  leave() {
    if (this.connection.way) this.#desk.receipts.flush((conversation, marks) => this.#postReceipt(conversation, marks));
  }

  /** @param {string} conversation @param {{delivered: number, read: number}} marks @returns {true} */
  #postReceipt(conversation, marks) {
    const { http, routes } = this.#desk;
    const asking = { keepalive: true, wait: TIMES.opening };
    http.post(routes.receipts(conversation), marks, asking).catch((problem) => this.#desk.emit('problem', problem));
    return true;
  }

  /**
   * A start without a network has no snapshot yet: without it a first `init` would bring the whole log instead of its newest page.
   * @param {AbortSignal} signal
   */
  async #ticket(signal) {
    const { epoch, side, http, routes } = this.#desk;
    if (epoch === undefined) await side.snapshot();
    return (await http.post(routes.tickets, undefined, { signal, wait: TIMES.opening, again: TIMES.again })).ticket;
  }

  /** @param {import('#/js/lib/connection.js').State} state */
  #stateChanged(state) {
    const { sender, side, receipts, typing, gaps } = this.#desk;
    const { way } = this.connection;
    sender.interrupted(); // also from online to online, which is another socket
    if (way === 'socket') side.connected();
    if (way) {
      receipts.tellAgain();
      sender.flush();
    } else typing.silence();
    gaps.watch();
    this.#desk.emit('state', state);
  }
}
