/**
 * The desk as one browser sees it, for either side: connection, outbox, logs, feed, receipts, typing and presence put together.
 *
 *   const client = new Desk({ routes: customerRoutes(key), http, store, scope, …injected in tests });
 *   const client = new DeskClient({ routes: staffRoutes, … });      // desk-client.js: the staff's, with a feed and many conversations
 *   await client.start(); client.stop(); client.restart();          // restart: everything anew but the outbox; open ones are opened again
 *   client.state, client.connection.retryAt, client.you, client.available
 *   client.outbox, client.log(id), client.presence ({ customers: Set, members: Set }), client.typing
 *   client.conversation                                             // customer: its id or null; its log is client.log(null) from the start
 *   client.send(id, kind, body, { basedOn? }) → Item                // saved when it returns; client.retry(clientID), client.discard(clientID)
 *   await client.loadOlder(id); client.read(id, seq); client.keystroke(id); client.stoppedTyping(id)
 *   client.watch(window)                                            // wake-ups, the page's end and other tabs' outboxes; answers what stops it
 *   client.on(name, listener) → stop. Names and details:
 *     state (state) · ready (frame) · log { id, events, reason: 'snapshot'|'live'|'older'|'receipt' } · message { id, event } (live, of another)
 *     feed { rows, shops } | { reset: true } · mark (conversation) · outbox () · typing (id) · presence () · stale { id, clientID, events } · gone (id) · problem (Problem)
 *   `id` in all of these is the conversation's, for a customer always the one that it has (null before its first message).
 * Inside, each part of desk/ works on the Desk that it is handed: way (to the server), logs (what is here), hearing (what comes), gaps (what is missing),
 * presence, and the side, which knows what is particular to customers or to the staff.
 *
 * @typedef {import('#/js/lib/protocol.js').Frame} Frame
 * @typedef {import('#/js/lib/desk/customer-side.js').CustomerSide|import('#/js/lib/desk/staff-side.js').StaffSide} Side
 * @typedef {{routes: import('#/js/lib/routes.js').Routes, http: import('#/js/lib/http.js').HTTP, store: import('#/js/lib/storage.js').Store, scope: string,
 *   clock?: import('#/js/lib/clock.js').Clock, random?: () => number, WebSocket?: new (url: string) => WebSocket, socket?: string,
 *   ids?: import('#/js/lib/ulid.js').ULIDSource, tab?: string, poll?: boolean, makeSide?: (desk: Desk) => Side}} Options
 */
import { systemClock } from '#/js/lib/clock.js';
import { CustomerSide } from '#/js/lib/desk/customer-side.js';
import { Gaps } from '#/js/lib/desk/gaps.js';
import { Hearing } from '#/js/lib/desk/hearing.js';
import { Logs } from '#/js/lib/desk/logs.js';
import { Presence } from '#/js/lib/desk/presence.js';
import { Way } from '#/js/lib/desk/way.js';
import { Emitter } from '#/js/lib/emitter.js';
import { Problem } from '#/js/lib/http.js';
import { Outbox } from '#/js/lib/outbox.js';
import { Receipts } from '#/js/lib/receipts.js';
import { Sender } from '#/js/lib/sender.js';
import { Typing } from '#/js/lib/typing.js';
import { watchPage } from '#/js/lib/wake.js';

export class Desk extends Emitter {
  /** @type {string|undefined} */
  epoch;
  /** @type {import('#/js/lib/protocol.js').Party|null} */
  you = null;
  presence = new Presence();
  logs = new Logs(this);
  #way;
  #started = false;

  /** @param {Options} options */
  constructor(options) {
    super();
    const { store, scope, ids, tab, http, routes, clock = systemClock, makeSide } = options;
    this.http = http;
    this.routes = routes;
    this.clock = clock;
    /** @type {Side} */
    this.side = makeSide?.(this) ?? new CustomerSide(this);
    this.outbox = new Outbox({ store, scope, now: clock.now, ids, tab, onChange: () => this.emit('outbox') });
    const hearing = new Hearing(this);
    this.#way = new Way(this, options, (frame) => hearing.heard(frame));
    this.connection = this.#way.connection;
    const send = (/** @type {Frame} */ frame) => this.connection.send(frame);
    this.gaps = new Gaps(this);
    this.receipts = new Receipts({ clock, tell: (id, marks) => this.#way.tellReceipt(id, marks) });
    this.typing = new Typing({ clock, say: (id, on) => void send({ type: 'typing', ...this.side.named(id), on }), onChange: (id) => this.emit('typing', id) });
    this.sender = new Sender({
      clock, outbox: this.outbox, http, routes, send,
      way: () => this.connection.way,
      onAck: (ack) => hearing.acked(ack),
      onStale: (frame) => this.emit('stale', { id: frame.conversation, clientID: frame.clientID, events: frame.events ?? [] }),
      onOverdue: () => this.connection.wake(),
      onProblem: (problem) => this.emit('problem', problem),
    });
  }

  get isStaff() {
    return this.routes.side === 'staff';
  }

  get state() {
    return this.connection.state;
  }

  get available() {
    return this.presence.available;
  }

  get conversation() {
    return this.side.conversation;
  }

  /** @param {string|null} id */
  log(id) {
    return this.logs.get(id);
  }

  /** Snapshot first, then the connection that continues from it. Does not throw: what fails is tried again by the connection. */
  async start() {
    this.#started = true;
    this.side.begin();
    try {
      await this.side.snapshot();
    } catch (problem) {
      this.report(problem);
    }
    if (this.#started) this.connection.start();
  }

  stop() {
    this.#started = false;
    this.connection.stop();
    this.gaps.cancel();
    this.sender.interrupted();
    this.typing.silence();
  }

  async restart() {
    this.stop();
    this.epoch = undefined;
    this.you = null;
    this.side.forget();
    this.logs.clear();
    this.receipts.clear();
    this.presence = new Presence(this.presence.available);
    await this.start();
  }

  /**
   * @param {string|null} id
   * @param {string} kind
   * @param {{text?: string, member?: string|null}} body
   * @param {{basedOn?: number}} options
   */
  send(id, kind, body, { basedOn } = {}) {
    const item = this.outbox.add({ conversation: this.side.key(id), kind, body, basedOn });
    const conversation = this.side.name(id);
    if (kind === 'text' && conversation) this.typing.sent(conversation);
    this.sender.flush();
    return item;
  }

  /** @param {string} clientID */
  retry(clientID) {
    this.outbox.retry(clientID);
    this.connection.wake();
    this.sender.flush();
  }

  /** @param {string} clientID */
  discard(clientID) {
    this.outbox.discard(clientID);
  }

  /**
   * One page of history.
   * @param {string|null} id
   * @param {number} [limit] events, at most 200
   * @returns {Promise<boolean>} whether there was one; rejects with a Problem
   */
  loadOlder(id, limit) {
    return this.logs.loadOlder(id, limit);
  }

  /**
   * The person has seen everything up to here.
   * @param {string|null} id
   * @param {number} seq
   */
  read(id, seq) {
    const conversation = this.side.name(id);
    if (conversation) this.receipts.raise(conversation, { read: seq });
  }

  /** @param {string|null} id */
  keystroke(id) {
    const conversation = this.side.name(id);
    if (conversation) this.typing.keystroke(conversation);
  }

  /** @param {string|null} id */
  stoppedTyping(id) {
    const conversation = this.side.name(id);
    if (conversation) this.typing.stopped(conversation);
  }

  /** @param {Window} [window] @returns {() => void} */
  watch(window = globalThis.window) {
    const heard = (/** @type {StorageEvent} */ event) => this.outbox.storageChanged(event.key, event.newValue);
    window.addEventListener('storage', heard);
    const stop = watchPage({ wake: () => this.connection.wake(), leave: () => this.#way.leave() }, { window, document: window.document });
    return () => {
      window.removeEventListener('storage', heard);
      stop();
    };
  }

  /**
   * What this browser has, for `init` and polls.
   * @returns {import('#/js/lib/protocol.js').Cursors}
   */
  get cursors() {
    return this.epoch === undefined ? {} : { epoch: this.epoch, ...this.side.cursors, conversations: this.logs.cursors };
  }

  /** @param {string|undefined} epoch @returns {boolean} */
  isOfThisEpoch(epoch) {
    if (this.epoch === undefined) this.epoch = epoch;
    if (epoch === undefined || epoch === this.epoch) return true;
    queueMicrotask(() => void this.restart()); // a backup was restored: nothing here can be trusted
    return false;
  }

  /** @param {unknown} problem */
  report(problem) {
    if (!(problem instanceof Problem)) console.error(problem);
    else this.emit('problem', problem);
  }
}
