/**
 * What all places of the gateway share while one of them is open: the nodes, what happens now, and the line over which it is told.
 *
 *   hub.nodes, hub.feed, hub.line, hub.now() → the server's time
 *   hub.start(), hub.stop() · emits 'live' (something of the feed changed, many times a second)
 */
import { LiveLine } from '#/js/gateway/live-line.js';
import { LiveFeed } from '#/js/gateway/models/live-feed.js';
import { Nodes } from '#/js/gateway/models/nodes.js';
import { Emitter } from '#/js/lib/emitter.js';
import { socketURL } from '#/js/lib/routes.js';
import { watchPage } from '#/js/lib/wake.js';

/** Milliseconds between two questions about what runs, after the server left something out. */
const RECONCILE = 3000;

export class GatewayHub extends Emitter {
  nodes = new Nodes();
  feed = new LiveFeed();
  #api;
  #askedAt = 0;
  /** @type {(() => void)|null} */ #unwatch = null;

  /** @param {{api: import('#/js/gateway/api.js').GatewayAPI, check: () => Promise<unknown>}} parts */
  constructor({ api, check }) {
    super();
    this.#api = api;
    this.line = new LiveLine({ url: socketURL('/api/gateway/live'), check });
    this.line.on('frame', (frame) => this.#heard(frame));
  }

  start() {
    this.#unwatch ??= watchPage({ wake: () => this.line.wake(), leave: () => {} });
    this.line.start();
  }

  stop() {
    this.#unwatch?.();
    this.#unwatch = null;
    this.line.stop();
  }

  now() {
    return this.feed.clock(Date.now());
  }

  /** @param {any} frame */
  #heard(frame) {
    this.feed.hear(frame, Date.now());
    if (frame.t === 'hello' && Array.isArray(frame.nodes)) this.nodes.hearAll(frame.nodes);
    else if (frame.t === 'node' && frame.node?.id) this.nodes.hear(frame.node);
    else if (frame.t === 'gone' && frame.node?.id) this.nodes.remove(frame.node.id);
    if (this.feed.isDoubtful && Date.now() - this.#askedAt > RECONCILE) void this.#reconcile();
    this.emit('live');
  }

  /** What failed is asked again with the next second. */
  async #reconcile() {
    this.#askedAt = Date.now();
    const page = await this.#api.requests({ status: 'open', limit: 200 }).catch(() => null);
    if (page) this.feed.reconcile(page.items);
  }
}
