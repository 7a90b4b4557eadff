/**
 * Everything that exists only while somebody is signed in, and how its parts follow each other.
 *
 *   const desk = new DeskSession({ api, http, store, customers, me, workspace, view, watching });
 *   void desk.start(); desk.stop();
 *   desk.team, desk.client, desk.inbox, desk.drafts, desk.customers
 *   emits 'alert' (Row): something new from a customer that this member should hear of; 'signed-out'
 *
 * @typedef {import('#/js/api/api.js').Member} Member
 * @typedef {import('#/js/api/api.js').Workspace} Workspace
 * @typedef {import('#/js/lib/protocol.js').DeskEvent} DeskEvent
 * @typedef {import('#/js/lib/protocol.js').Row} Row
 */
import { DeskClient } from '#/js/lib/desk-client.js';
import { Drafts } from '#/js/lib/storage.js';
import { Emitter } from '#/js/lib/emitter.js';
import { staffRoutes } from '#/js/lib/routes.js';
import { Alerts } from '#/js/models/alerts.js';
import { Inbox } from '#/js/models/inbox.js';
import { overtaken } from '#/js/models/replies.js';
import { Team } from '#/js/models/team.js';

/** Counting is cheap for the server, but not once a keystroke. */
const COUNT_PAUSE = 1500;

/** Lists that are younger are not asked for again. */
const FRESH = 5000;

export class DeskSession extends Emitter {
  /** @type {(() => void)[]} */ #stops = [];
  #alerts;
  #watching;
  #counting = false;
  #refreshedAt = 0;
  #strangers = /** @type {Set<string>} */ (new Set());

  /**
   * @param {{api: import('#/js/api/api.js').API, http: import('#/js/lib/http.js').HTTP, store: import('#/js/lib/storage.js').Store,
   *   customers: import('#/js/models/customers.js').Customers, me: Member, workspace: Workspace, view: import('#/js/lib/feed.js').View,
   *   watching: () => string|null}} parts watching: the conversation that is open before somebody's eyes
   */
  constructor({ api, http, store, customers, me, workspace, view, watching }) {
    super();
    this.team = new Team({ api, me, workspace });
    this.client = new DeskClient({ routes: staffRoutes, http, store, scope: me.id });
    this.inbox = new Inbox({ api, feed: () => this.client.feed, me: me.id, view });
    this.drafts = new Drafts(store, me.id);
    this.customers = customers;
    this.#alerts = new Alerts({ me: me.id });
    this.#watching = watching;
  }

  async start() {
    const { client } = this;
    this.#stops = [
      client.watch(window),
      client.on('state', (state) => state === 'signed-out' && this.emit('signed-out')),
      client.on('ready', () => this.#refresh()),
      client.on('feed', (change) => (change.reset ? this.#began() : this.#changed(change))),
      client.on('mark', () => this.#counted()),
      client.on('log', ({ events }) => this.#meet(events)),
      client.on('stale', (stale) => this.#overtaken(stale)),
    ];
    this.#refresh();
    await client.start();
  }

  /** Drafts and the outbox stay in the browser's storage, under the member's id. */
  stop() {
    for (const stop of this.#stops) stop();
    this.client.stop();
    this.customers.clear();
  }

  #began() {
    this.#alerts.learn(this.client.feed.rows.values());
    void this.inbox.restart();
  }

  /** @param {{rows: string[], shops: string[]}} change */
  #changed({ rows, shops }) {
    if (shops.length > 0) void this.team.refreshShops().catch(() => {}); // the next connection asks again
    const changed = rows.flatMap((id) => this.client.feed.row(id) ?? []);
    for (const row of this.#alerts.news(changed, { watching: this.#watching() })) this.emit('alert', row);
    this.#counted();
  }

  #counted() {
    this.inbox.emit('change');
    if (this.#counting) return;
    this.#counting = true;
    setTimeout(() => {
      this.#counting = false;
      void this.inbox.count();
    }, COUNT_PAUSE);
  }

  /** Names of members and shops: at once, and again with every connection; so what failed or was missed comes later. */
  #refresh() {
    if (Date.now() - this.#refreshedAt < FRESH) return;
    this.#refreshedAt = Date.now();
    void this.team.refresh().catch(() => (this.#refreshedAt = 0));
  }

  /**
   * Somebody speaks who has joined since. Each is asked for once.
   * @param {DeskEvent[]} events
   */
  #meet(events) {
    const unknown = events.filter(({ by }) => by.type === 'member' && by.id && !this.team.members.has(by.id)
      && !this.#strangers.has(by.id));
    if (unknown.length === 0) return;
    for (const { by } of unknown) this.#strangers.add(by.id ?? '');
    void this.team.refreshMembers().catch(() => {});
  }

  /**
   * A reply that met only the customer's next line, or an assignment, goes on by itself; over another's reply the person decides.
   * @param {{clientID: string, events: DeskEvent[]}} stale
   */
  #overtaken({ clientID, events }) {
    if (overtaken(events, this.team.me.id).length === 0) queueMicrotask(() => this.client.retry(clientID));
  }
}
