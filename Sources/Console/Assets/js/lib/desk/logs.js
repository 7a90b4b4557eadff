/**
 * The conversations that this browser has, and how they come here. A customer's only one is kept under null, whatever its name (side.key).
 *
 *   const logs = new Logs(desk);
 *   logs.get(id), for (const log of logs), logs.ids, logs.cursors
 *   await logs.load(id)           // a fresh snapshot, once even when asked twice; await logs.loadOlder(id): one page of history
 *   logs.make(key), logs.touch(key, log), logs.delete(key), logs.clear()
 */
import { ConversationLog } from '#/js/lib/conversation-log.js';
import { TIMES } from '#/js/lib/protocol.js';

export class Logs {
  /** @type {Map<string|null, ConversationLog>} */
  #held = new Map();
  /** @type {Map<string|null, Promise<ConversationLog>>} */
  #loading = new Map();
  #desk;

  /** @param {import('#/js/lib/desk.js').Desk} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  /** @param {string|null|undefined} id */
  get(id) {
    return this.#held.get(this.#desk.side.key(id));
  }

  [Symbol.iterator]() {
    return this.#held.values();
  }

  /** The least recently opened one first. */
  get ids() {
    return [...this.#held.keys()].flatMap((id) => id ?? []);
  }

  get cursors() {
    /** @type {Record<string, number>} */
    const cursors = {};
    for (const { id, loaded, cursor } of this) if (id !== null && loaded) cursors[id] = cursor;
    return cursors;
  }

  /** @param {string|null} key */
  make(key) {
    const log = this.#held.get(key) ?? new ConversationLog(key, this.#desk.clock);
    this.#held.set(key, log);
    return log;
  }

  /**
   * It is the most recently opened one now.
   * @param {string} key
   * @param {ConversationLog} log
   */
  touch(key, log) {
    this.#held.delete(key);
    this.#held.set(key, log);
    return log;
  }

  /** @param {string} key */
  delete(key) {
    return this.#held.delete(key);
  }

  clear() {
    this.#held.clear();
    this.#loading.clear();
  }

  /** @param {string|null} id @returns {Promise<ConversationLog>} rejects with a Problem */
  load(id) {
    const key = this.#desk.side.key(id);
    const underWay = this.#loading.get(key);
    if (underWay) return underWay;
    const loading = this.#fetch(key).finally(() => this.#loading.get(key) === loading && this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  /** @param {string|null} id @param {number} [limit] @returns {Promise<boolean>} whether there was one; rejects with a Problem */
  async loadOlder(id, limit) {
    const { http, routes } = this.#desk;
    const log = this.get(id);
    if (!log || log.before === null) return false;
    const page = await http.get(routes.history(log.id, log.before, limit), { again: TIMES.again });
    const joined = this.#desk.isOfThisEpoch(page.epoch) && log.prepend(page);
    if (joined) this.#desk.emit('log', { id: log.id, events: page.events, reason: 'older' });
    return joined;
  }

  /** @param {string|null} key */
  async #fetch(key) {
    const { http, routes, side } = this.#desk;
    const log = this.make(key);
    const snapshot = await http.get(routes.conversation(key), { again: TIMES.again });
    if (this.#held.get(key) !== log || !this.#desk.isOfThisEpoch(snapshot.epoch)) return log; // left or restarted meanwhile
    side.adopt(log, snapshot.conversation ?? null);
    log.snapshot({ ...snapshot, status: snapshot.row?.status ?? snapshot.status });
    for (const member of snapshot.staff ?? []) log.staff.set(member.id, member.name);
    side.learn(snapshot);
    this.#settle(log, snapshot);
    this.#desk.emit('log', { id: log.id, events: log.events, reason: 'snapshot' });
    return log;
  }

  /**
   * Own things that the snapshot shows, own marks that the server has.
   * @param {ConversationLog} log
   * @param {any} snapshot
   */
  #settle(log, snapshot) {
    const { outbox, receipts, side } = this.#desk;
    for (const event of log.events) if (event.clientID) outbox.shown(event.clientID);
    outbox.settled(side.key(log.id), log.cursor);
    if (log.id === null) return;
    receipts.knows(log.id, snapshot.mark ?? {});
    receipts.raise(log.id, { delivered: log.cursor });
  }
}
