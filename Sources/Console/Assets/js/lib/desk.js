/**
 * The desk as one browser sees it, for either side: connection, outbox, logs, feed, receipts, typing and presence put together.
 *
 *   const client = new Desk({ routes: customerRoutes(key), http, store, scope, …injected in tests });
 *   const client = new DeskClient({ routes: staffRoutes, … });      // desk-client.js: the same with a feed
 *   await client.start(); client.stop(); client.restart();          // restart: everything anew but the outbox; open ones are opened again
 *   client.state, client.connection.retryAt, client.you, client.available
 *   client.outbox, client.feed (staff), client.log(id), client.presence ({ customers: Set, members: Set }), client.typing
 *   await client.open(id); client.leave(id)                         // staff: at most 32 open, the least recently opened one gives way
 *   client.conversation                                             // customer: its id or null; its log is client.log(null) from the start
 *   client.send(id, kind, body, { basedOn? }) → Item                // saved when it returns; client.retry(clientID), client.discard(clientID)
 *   await client.loadOlder(id); client.read(id, seq); client.keystroke(id); client.stoppedTyping(id)
 *   client.watch(window)                                            // wake-ups and other tabs' outboxes; answers what stops it
 *   client.on(name, listener) → stop. Names and details:
 *     state (state) · ready (frame) · log { id, events, reason: 'snapshot'|'live'|'older'|'receipt' } · message { id, event } (live, of another)
 *     feed { rows, shops } | { reset: true } · mark (conversation) · outbox () · typing (id) · presence () · stale { id, clientID, events } · gone (id) · problem (Problem)
 *   `id` in all of these is the conversation's, for a customer always the one that it has (null before its first message).
 *
 * @typedef {import('#/js/lib/protocol.js').Frame} Frame
 * @typedef {import('#/js/lib/protocol.js').DeskEvent} DeskEvent
 * @typedef {{routes: import('#/js/lib/routes.js').Routes, http: import('#/js/lib/http.js').HTTP, store: import('#/js/lib/storage.js').Store, scope: string,
 *   clock?: import('#/js/lib/clock.js').Clock, random?: () => number, WebSocket?: new (url: string) => WebSocket, socket?: string,
 *   ids?: import('#/js/lib/ulid.js').ULIDSource, tab?: string, poll?: boolean, makeFeed?: (clock: import('#/js/lib/clock.js').Clock) => Feed}} Options
 * @typedef {import('#/js/lib/feed.js').Feed} Feed
 */
import { Alarm, systemClock } from '#/js/lib/clock.js';
import { Connection } from '#/js/lib/connection.js';
import { ConversationLog } from '#/js/lib/conversation-log.js';
import { Emitter } from '#/js/lib/emitter.js';
import { Problem } from '#/js/lib/http.js';
import { Outbox } from '#/js/lib/outbox.js';
import { LIMITS } from '#/js/lib/protocol.js';
import { Receipts } from '#/js/lib/receipts.js';
import { socketURL, syncQuery } from '#/js/lib/routes.js';
import { Sender } from '#/js/lib/sender.js';
import { Typing } from '#/js/lib/typing.js';
import { watchPage } from '#/js/lib/wake.js';

export class Desk extends Emitter {
  /** @type {string|undefined} */ epoch;
  /** @type {import('#/js/lib/protocol.js').Party|null} */ you = null;
  /** @type {string|null} */ conversation = null;
  /**
   * Customers: is somebody there? null: not known yet.
   * @type {boolean|null}
   */
  available = null;
  presence = { customers: /** @type {Set<string>} */ (new Set()), members: /** @type {Set<string>} */ (new Set()) };
  /** @type {Map<string|null, ConversationLog>} */ #logs = new Map();
  /** @type {Map<string|null, Promise<ConversationLog>>} */ #loading = new Map();
  #options;
  #clock;
  #gaps;
  #started = false;
  /** The conversations that the last `init` named. @type {Set<string>} */
  #told = new Set();

  /** @param {Options} options */
  constructor(options) {
    super();
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const { store, scope, ids, tab, http, routes } = options;
    const clock = this.#clock;
    /** Staff only: a customer's panel does not even load it. */
    this.feed = /** @type {Feed} */ (options.makeFeed?.(clock));
    this.outbox = new Outbox({ store, scope, now: clock.now, ids, tab, onChange: () => this.emit('outbox') });
    this.connection = this.#makeConnection();
    const send = (/** @type {Frame} */ frame) => this.connection.send(frame);
    this.#gaps = new Alarm(clock, () => this.#askForGaps());
    this.receipts = new Receipts({ clock, tell: (id, marks) => this.#tellReceipt(id, marks) });
    this.typing = new Typing({ clock, say: (id, on) => void send({ type: 'typing', ...this.#named(id), on }), onChange: (id) => this.emit('typing', id) });
    this.sender = new Sender({
      clock, outbox: this.outbox, http, routes, send,
      way: () => this.connection.way,
      onAck: (ack) => this.#acked(ack),
      onStale: (frame) => this.emit('stale', { id: frame.conversation, clientID: frame.clientID, events: frame.events ?? [] }),
      onOverdue: () => this.connection.wake(),
      onProblem: (problem) => this.emit('problem', problem),
    });
  }

  get isStaff() {
    return this.#options.routes.side === 'staff';
  }

  get state() {
    return this.connection.state;
  }

  /** @param {string|null} id */
  log(id) {
    return this.#logs.get(this.#key(id));
  }

  /** Snapshot first, then the connection that continues from it. Does not throw: what fails is tried again by the connection. */
  async start() {
    this.#started = true;
    if (!this.isStaff) this.#makeLog(null);
    try {
      await this.#snapshot();
    } catch (problem) {
      this.#report(problem);
    }
    if (this.#started) this.connection.start();
  }

  stop() {
    this.#started = false;
    this.connection.stop();
    this.#gaps.cancel();
    this.sender.interrupted();
    this.typing.silence();
  }

  async restart() {
    const open = this.isStaff ? [...this.#logs.keys()] : [];
    this.stop();
    this.#forgetEverything();
    await this.start();
    for (const id of open) if (id !== null) this.open(id).catch((problem) => this.#report(problem));
  }

  /** @param {string} id @returns {Promise<ConversationLog>} rejects with a Problem */
  async open(id) {
    const known = this.#logs.get(id);
    this.#makeRoom(id);
    if (known?.loaded) return this.#touch(id, known);
    const log = await this.#load(id);
    if (this.#logs.get(id) === log) this.connection.send({ type: 'open', conversation: id, after: log.cursor });
    return log;
  }

  /** @param {string} id */
  leave(id) {
    if (!this.#logs.delete(id)) return;
    this.receipts.forget(id);
    this.connection.send({ type: 'leave', conversation: id });
  }

  /**
   * @param {string|null} id
   * @param {string} kind
   * @param {{text?: string, member?: string|null}} body
   * @param {{basedOn?: number}} options
   */
  send(id, kind, body, { basedOn } = {}) {
    const item = this.outbox.add({ conversation: this.#key(id), kind, body, basedOn });
    if (kind === 'text') this.stoppedTyping(id);
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
   * @returns {Promise<boolean>} whether there was one; rejects with a Problem
   */
  async loadOlder(id) {
    const log = this.log(id);
    if (!log || log.before === null) return false;
    const page = await this.#options.http.get(this.#options.routes.history(log.id, log.before));
    const joined = this.#sameEpoch(page.epoch) && log.prepend(page);
    if (joined) this.emit('log', { id: log.id, events: page.events, reason: 'older' });
    return joined;
  }

  /**
   * The person has seen everything up to here.
   * @param {string|null} id
   * @param {number} seq
   */
  read(id, seq) {
    const conversation = this.#name(id);
    if (conversation) this.receipts.raise(conversation, { read: seq });
  }

  /** @param {string|null} id */
  keystroke(id) {
    const conversation = this.#name(id);
    if (conversation) this.typing.keystroke(conversation);
  }

  /** @param {string|null} id */
  stoppedTyping(id) {
    const conversation = this.#name(id);
    if (conversation) this.typing.stopped(conversation);
  }

  /** @param {Window} [window] @returns {() => void} */
  watch(window = globalThis.window) {
    const heard = (/** @type {StorageEvent} */ event) => this.outbox.storageChanged(event.key, event.newValue);
    window.addEventListener('storage', heard);
    const stop = watchPage(() => this.connection.wake(), { window, document: window.document });
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
    if (this.epoch === undefined) return {};
    /** @type {Record<string, number>} */
    const conversations = {};
    for (const log of this.#logs.values()) if (log.id !== null && log.loaded) conversations[log.id] = log.cursor;
    return { epoch: this.epoch, ...(this.isStaff ? { feed: this.feed.cursor } : {}), conversations };
  }

  #makeConnection() {
    const { http, routes, random, WebSocket, socket, poll = true } = this.#options;
    return new Connection({
      clock: this.#clock, random, WebSocket,
      url: socket ?? socketURL(routes.socket),
      ticket: async () => (await this.#prepared(), (await http.post(routes.tickets)).ticket),
      cursors: () => {
        const { cursors } = this;
        this.#told = new Set(Object.keys(cursors.conversations ?? {}));
        return cursors;
      },
      poll: poll ? (wait, signal) => http.get(routes.sync(syncQuery(this.cursors, wait)), { signal, wait: 1000 * wait + 15_000 }) : undefined,
      onFrame: (frame) => this.#heard(frame),
      onState: (state) => this.#stateChanged(state),
    });
  }

  /** A start without a network has no snapshot yet: without it a first `init` would bring the whole log instead of its newest page. */
  async #prepared() {
    if (this.epoch === undefined) await this.#snapshot();
  }

  async #snapshot() {
    if (!this.isStaff) return void (await this.#load(null));
    const inbox = await this.#options.http.get('/api/inbox?view=all&limit=100');
    this.epoch = inbox.epoch;
    this.feed.snapshot(inbox);
    this.emit('feed', { reset: true });
  }

  /** @param {string|null} id @returns {Promise<ConversationLog>} */
  #load(id) {
    const key = this.#key(id);
    const underWay = this.#loading.get(key);
    if (underWay) return underWay;
    const loading = this.#fetchLog(key).finally(() => this.#loading.get(key) === loading && this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  /** @param {string|null} key */
  async #fetchLog(key) {
    const log = this.#makeLog(key);
    const snapshot = await this.#options.http.get(this.#options.routes.conversation(key));
    if (this.#logs.get(key) !== log || !this.#sameEpoch(snapshot.epoch)) return log; // left or restarted meanwhile
    if (!this.isStaff) this.#adopt(log, snapshot.conversation ?? null);
    log.snapshot({ ...snapshot, status: snapshot.row?.status ?? snapshot.status });
    for (const member of snapshot.staff ?? []) log.staff.set(member.id, member.name);
    if (this.isStaff && snapshot.row) this.feed.page({ items: [snapshot.row], marks: snapshot.mark && { [snapshot.row.id]: snapshot.mark } });
    this.#settle(log, snapshot);
    this.emit('log', { id: log.id, events: log.events, reason: 'snapshot' });
    return log;
  }

  /**
   * Own things that the snapshot shows, own marks that the server has.
   * @param {ConversationLog} log
   * @param {any} snapshot
   */
  #settle(log, snapshot) {
    for (const event of log.events) if (event.clientID) this.outbox.shown(event.clientID);
    this.outbox.settled(this.#key(log.id), log.cursor);
    if (log.id === null) return;
    this.receipts.knows(log.id, snapshot.mark ?? {});
    this.receipts.raise(log.id, { delivered: log.cursor });
  }

  /** @param {Frame} frame @returns {void|Promise<void>} */
  #heard(frame) {
    if (this.sender.answered(frame)) return;
    switch (frame.type) {
      case 'ready': return this.#readied(frame);
      case 'events': return this.#received(frame);
      case 'feed': return this.#fed(frame);
      case 'resumed': case 'ping': return this.#heardTops(frame);
      case 'reset': return this.#reset(frame);
      case 'resync': return this.#syncAll();
      case 'receipt': return this.#receipted(frame);
      case 'mark': return void (this.feed.mark(/** @type {any} */ (frame)) && this.emit('mark', frame.conversation));
      case 'typing': return this.typing.heard({ ...frame, conversation: frame.conversation ?? this.conversation, on: frame.on === true });
      case 'presence': return this.#present(frame);
      case 'error': return this.emit('problem', new Problem({ status: 400, code: String(frame.code), detail: frame.message }));
    }
  }

  /** @param {Frame} frame */
  #readied(frame) {
    this.you = frame.you ?? null;
    if (this.epoch === undefined) this.epoch = frame.epoch;
    if (!this.isStaff) {
      this.available = frame.available === true;
      const log = this.#logs.get(null);
      if (log && typeof frame.conversation === 'string') this.#adopt(log, frame.conversation);
      this.emit('presence');
    }
    this.emit('ready', frame);
  }

  /** @param {Frame} frame */
  #received(frame) {
    const log = this.#logs.get(this.#key(frame.conversation));
    if (!log || !Array.isArray(frame.events)) return;
    if (!this.isStaff) this.#adopt(log, frame.conversation);
    const applied = log.receive(frame.events);
    this.#watchGaps();
    if (applied.length === 0) return;
    for (const event of applied) this.#applied(log, event);
    this.receipts.raise(frame.conversation, { delivered: log.cursor });
    this.emit('log', { id: log.id, events: applied, reason: 'live' });
  }

  /** @param {ConversationLog} log @param {DeskEvent} event */
  #applied(log, event) {
    if (event.clientID) this.outbox.shown(event.clientID);
    if (log.id !== null) this.typing.spoke(log.id, event.by.id ?? event.by.type);
    if (event.kind === 'message' && event.by.id !== this.you?.id) this.emit('message', { id: log.id, event });
  }

  /** @param {Frame} frame */
  #fed(frame) {
    if (!Array.isArray(frame.items)) return;
    const changed = this.feed.receive(frame.items);
    this.#watchGaps();
    if (changed.rows.length > 0 || changed.shops.length > 0) this.emit('feed', changed);
  }

  /** @param {Frame} frame */
  #heardTops(frame) {
    if (this.isStaff && typeof frame.feed === 'number') this.feed.sequence.heardTop(frame.feed);
    for (const [id, top] of Object.entries(frame.conversations ?? {})) {
      const log = this.#logs.get(this.#key(id));
      if (log && !this.isStaff) this.#adopt(log, id); // another tab wrote the first message
      if (log?.loaded) log.sequence.heardTop(Number(top));
    }
    this.#watchGaps();
  }

  /** @param {Frame} frame @returns {Promise<void>} */
  async #reset(frame) {
    try {
      if (frame.scope === 'conversation') return await this.#resetLog(frame);
      if (frame.reason === 'epoch' || frame.scope === 'all') this.epoch = undefined;
      await this.#snapshot();
      const ids = frame.scope === 'all' && this.isStaff ? [...this.#logs.keys()] : [];
      await Promise.all(ids.map((id) => this.#load(id)));
      this.#syncAll();
    } catch (problem) {
      this.#report(problem);
      this.connection.drop();
    }
  }

  /** @param {Frame} frame */
  async #resetLog({ conversation, reason }) {
    if (reason === 'gone' && this.isStaff) {
      this.#logs.delete(conversation);
      this.feed.forget(conversation);
      this.emit('gone', conversation);
      return;
    }
    const log = await this.#load(conversation);
    this.#ask(conversation, log.cursor);
  }

  /** @param {Frame} frame */
  #receipted(frame) {
    const log = this.#logs.get(this.#key(frame.conversation));
    if (log?.receipt(/** @type {any} */ (frame))) this.emit('log', { id: log.id, events: [], reason: 'receipt' });
  }

  /** @param {Frame} frame */
  #present(frame) {
    const { customers, members } = this.presence;
    if (typeof frame.available === 'boolean') this.available = frame.available;
    if (frame.online && typeof frame.online === 'object') {
      this.presence = { customers: new Set(frame.online.customers), members: new Set(frame.online.members) };
    } else {
      for (const [set, id] of /** @type {[Set<string>, unknown][]} */ ([[customers, frame.customer], [members, frame.member]])) {
        if (typeof id === 'string') frame.online ? set.add(id) : set.delete(id);
      }
    }
    this.emit('presence');
  }

  /** @param {import('#/js/lib/protocol.js').Ack} ack */
  #acked(ack) {
    const log = this.#logs.get(this.#key(ack.conversation ?? null));
    if (log && ack.conversation && !this.isStaff) this.#adopt(log, ack.conversation);
    this.outbox.acked({ ...ack, conversation: this.#key(ack.conversation ?? null) ?? undefined });
    if (log?.loaded && ack.seq <= log.cursor) this.outbox.settled(this.#key(log.id), log.cursor);
    else if (log?.loaded) log.sequence.heardSoon(ack.seq);
    this.#watchGaps();
  }

  /** @param {import('#/js/lib/connection.js').State} state */
  #stateChanged(state) {
    this.sender.interrupted(); // also from online to online, which is another socket
    if (this.connection.way === 'socket') this.#openUnnamed();
    if (this.connection.way) {
      this.receipts.tellAgain();
      this.sender.flush();
    } else this.typing.silence();
    this.#watchGaps();
    this.emit('state', state);
  }

  /** What was opened between `init` and `ready` was named in neither: without this it would stay deaf. */
  #openUnnamed() {
    if (!this.isStaff) return;
    for (const log of this.#logs.values()) {
      if (log.id === null || !log.loaded || this.#told.has(log.id)) continue;
      this.#told.add(log.id);
      this.#ask(log.id, log.cursor);
    }
  }

  /** @param {string} conversation @param {{delivered: number, read: number}} marks @returns {boolean} */
  #tellReceipt(conversation, marks) {
    if (this.connection.way === 'socket') return this.connection.send({ type: 'receipt', conversation, ...marks });
    if (this.connection.way !== 'http') return false;
    this.#options.http.post(this.#options.routes.receipts(conversation), marks).catch((problem) => this.emit('problem', problem));
    return true;
  }

  /** Asked counts also when the socket is just breaking: the next one brings what is missing anyway. */
  #askForGaps() {
    const { feed, connection } = this;
    if (this.isStaff && feed.sequence.wantsAsk()) {
      connection.send({ type: 'sync', feed: feed.cursor });
      feed.sequence.asked();
    }
    for (const { id, sequence } of this.#logs.values()) {
      if (!sequence.wantsAsk()) continue;
      if (id !== null) connection.send({ type: 'sync', conversation: id, after: sequence.cursor });
      sequence.asked();
    }
    this.#watchGaps();
  }

  /** Sets the alarm for the gap that is due first. Polls carry their cursors, so they need none. */
  #watchGaps() {
    if (this.connection.way !== 'socket') return this.#gaps.cancel();
    const sequences = [...(this.isStaff ? [this.feed.sequence] : []), ...[...this.#logs.values()].map((log) => log.sequence)];
    const waits = sequences.map((sequence) => sequence.waits()).filter((wait) => wait !== null);
    if (waits.length > 0) this.#gaps.set(Math.min(.../** @type {number[]} */ (waits)));
    else this.#gaps.cancel();
  }

  #syncAll() {
    if (this.isStaff) this.connection.send({ type: 'sync', feed: this.feed.cursor });
    for (const log of this.#logs.values()) if (log.id !== null) this.#ask(log.id, log.cursor);
  }

  /**
   * Asks for what is missing. Staff opens anew: a reset closed what was open (sync-protocol §3).
   * @param {string} conversation @param {number} after
   */
  #ask(conversation, after) {
    this.connection.send({ type: this.isStaff ? 'open' : 'sync', conversation, after });
  }

  /** @param {string|undefined} epoch @returns {boolean} */
  #sameEpoch(epoch) {
    if (this.epoch === undefined) this.epoch = epoch;
    if (epoch === undefined || epoch === this.epoch) return true;
    queueMicrotask(() => void this.restart()); // a backup was restored: nothing here can be trusted
    return false;
  }

  #forgetEverything() {
    this.epoch = undefined;
    this.conversation = null;
    this.you = null;
    this.feed = /** @type {Feed} */ (this.#options.makeFeed?.(this.#clock));
    this.#logs.clear();
    this.#loading.clear();
    this.receipts.clear();
    this.presence = { customers: new Set(), members: new Set() };
  }

  /**
   * The customer's one log learns its name.
   * @param {ConversationLog} log
   * @param {string|null} id
   */
  #adopt(log, id) {
    const isOther = log.id !== null && id !== null && id !== log.id; // the server made a new customer of this visitor
    log.id = id;
    this.conversation = id;
    if (id !== null) log.loaded = true;
    if (!isOther) return;
    log.snapshot({ events: [] });
    void this.#load(null).catch((problem) => this.#report(problem));
  }

  /** @param {string|null} id */
  #makeLog(id) {
    const log = this.#logs.get(id) ?? new ConversationLog(id, this.#clock);
    this.#logs.set(id, log);
    return log;
  }

  /** @param {string} id @param {ConversationLog} log */
  #touch(id, log) {
    this.#logs.delete(id);
    this.#logs.set(id, log);
    return log;
  }

  /** @param {string} id */
  #makeRoom(id) {
    const [oldest] = this.#logs.keys();
    if (!this.#logs.has(id) && this.#logs.size >= LIMITS.open && oldest) this.leave(oldest);
  }

  /**
   * Under what a log and an outbox item are kept: a customer has one, whatever its name.
   * @param {string|null|undefined} id
   */
  #key(id) {
    return this.isStaff ? id ?? null : null;
  }

  /**
   * The conversation's name, once it has one.
   * @param {string|null} id
   */
  #name(id) {
    return this.isStaff ? id : this.conversation;
  }

  /** @param {string} id */
  #named(id) {
    return this.isStaff ? { conversation: id } : {};
  }

  /** @param {unknown} problem */
  #report(problem) {
    if (!(problem instanceof Problem)) console.error(problem);
    else this.emit('problem', problem);
  }
}
