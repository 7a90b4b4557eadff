/**
 * Who writes here: nobody until the first word. The server then makes a customer, whose credential this browser keeps; when the server no longer
 * knows it, a new one is made (the outbox stays). Several tabs make one customer, not several.
 *
 *   const visitor = new Visitor({ shopKey, http, store, page, locks, onTalks });
 *   visitor.isKnown; visitor.credential (for HTTP); visitor.identity; await visitor.identify({ name, email })   // rejects with a Problem
 *
 * @typedef {import('#/js/lib/storage.js').Store} Store
 * @typedef {{name?: string, email?: string}} Identity
 */
import { Problem } from '#/js/lib/http.js';
import { TIMES } from '#/js/lib/protocol.js';

export class Visitor {
  #http;
  #store;
  #path;
  #page;
  #locks;
  #onTalks;
  #key;
  #identityKey;
  /** @type {Promise<string>|null} */
  #making = null;

  /**
   * @param {{shopKey: string, http: import('#/js/lib/http.js').HTTP, store: Store, page?: string, locks?: LockManager, onTalks?: () => void}} options
   *   http: without a credential
   */
  constructor({ shopKey, http, store, page, locks, onTalks = () => {} }) {
    this.#http = http;
    this.#store = store;
    this.#page = page || undefined;
    this.#locks = locks;
    this.#onTalks = onTalks;
    this.#path = `/api/widget/${encodeURIComponent(shopKey)}`;
    this.#key = `switchboard.visitor.${shopKey}`;
    this.#identityKey = `switchboard.identity.${shopKey}`;
    this.credential = { header: () => this.#header(), refused: (/** @type {string|null} */ used) => this.#refused(used) };
  }

  get isKnown() {
    return this.#store.get(this.#key) !== null;
  }

  /**
   * Whether a change of this key of the store is about who this is.
   * @param {string|null} key
   */
  owns(key) {
    return key === this.#key;
  }

  /** @returns {Identity} */
  get identity() {
    try {
      return JSON.parse(this.#store.get(this.#identityKey) ?? '{}') ?? {};
    } catch {
      return {};
    }
  }

  /**
   * Kept here at once; told to the server now, or with the first message.
   * @param {Identity} identity
   */
  async identify({ name, email }) {
    const known = this.identity;
    const next = { name: name ?? known.name, email: email ?? known.email };
    if (this.isKnown && (next.name !== known.name || next.email !== known.email)) await this.#authorized('PATCH', `${this.#path}/customer`, next);
    this.#store.set(this.#identityKey, JSON.stringify(next));
  }

  /** Where the visitor is now. Nobody waits for it. */
  async tellPage() {
    if (this.isKnown && this.#page) await this.#authorized('PATCH', `${this.#path}/customer`, { page: this.#page }).catch(() => {});
  }

  async #header() {
    const known = this.#store.get(this.#key);
    if (known !== null) return `Visitor ${known}`;
    this.#making ??= this.#alone(() => this.#make()).finally(() => {
      this.#making = null;
    });
    return `Visitor ${await this.#making}`;
  }

  /**
   * True: there is another one to try.
   * @param {string|null} used
   */
  async #refused(used) {
    if (used === `Visitor ${this.#store.get(this.#key)}`) this.#store.remove(this.#key);
    return true;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} body
   */
  async #authorized(method, path, body) {
    const authorization = await this.#header();
    try {
      return await this.#http.request(method, path, body, { authorization });
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 401) throw problem;
      await this.#refused(authorization);
      return this.#http.request(method, path, body, { authorization: await this.#header() });
    }
  }

  /** @returns {Promise<string>} */
  async #make() {
    const known = this.#store.get(this.#key);
    if (known !== null) return known; // another tab was first
    const { credential } = await this.#http.post(`${this.#path}/customers`, { ...this.identity, page: this.#page }, { wait: TIMES.opening });
    this.#store.set(this.#key, credential);
    this.#onTalks();
    return credential;
  }

  /**
   * One tab at a time, where the browser has locks; some deny them to a framed page, then two tabs may make two customers.
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  async #alone(act) {
    if (!this.#locks) return act();
    let hasBegun = false;
    try {
      return await this.#locks.request(this.#key, () => {
        hasBegun = true;
        return act();
      });
    } catch (error) {
      if (hasBegun) throw error;
      return act();
    }
  }
}
