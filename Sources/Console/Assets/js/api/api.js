/**
 * docs/api.md as functions, one line each: what the pages may ask for.
 *
 * @typedef {import('#/js/lib/protocol.js').DeskEvent} DeskEvent
 * @typedef {import('#/js/lib/protocol.js').Row} Row
 * @typedef {import('#/js/lib/protocol.js').Mark} Mark
 * @typedef {import('#/js/lib/protocol.js').Receipt} Receipt
 * @typedef {'owner'|'admin'|'agent'} Role
 * @typedef {{id: string, name: string}} Workspace
 * @typedef {{id: string, name: string, email: string, role: Role, language: 'en'|'zh', active: boolean, createdAt: number}} Member
 * @typedef {{id: string, name: string, key: string, greeting: string, colour: string, language: 'en'|'zh'|'auto', origins: string[],
 *   active: boolean, snippet: string, createdAt: number}} Shop
 * @typedef {{id: string, email: string, role: Role, createdAt: number, expiresAt: number, link?: string}} Invitation
 * @typedef {{id: string, current: boolean, createdAt: number, lastSeenAt: number, userAgent: string, address: string}} SignedInSession
 * @typedef {{id: string, name: string|null, email: string|null, createdAt: number, lastSeenAt: number|null, page: string|null}} Customer
 * @typedef {{epoch: string, feed: number, items: Row[], marks: Record<string, Mark>, next: string|null}} InboxPage
 * @typedef {{conversations: number, unread: number}} Count
 * @typedef {{mine: Count, unassigned: Count, all: Count, resolved: Count}} Counts
 * @typedef {{epoch: string, feed: number, row: Row, customer: Customer, events: DeskEvent[], before: number|null, receipts: Receipt[], mark: Mark}} Snapshot
 */

export class API {
  #http;

  /** @param {import('#/js/api/http.js').ConsoleHTTP} http */
  constructor(http) {
    this.#http = http;
  }

  /** @returns {Promise<{needed: boolean}>} */
  setupNeeded = () => this.#http.get('/api/setup');
  /** @param {object} wish @returns {Promise<{workspace: Workspace, member: Member, shop: Shop}>} */
  setUp = (wish) => this.#http.post('/api/setup', wish);

  /** @param {string} email @param {string} password @returns {Promise<{workspace: Workspace, member: Member}>} */
  signIn = (email, password) => this.#http.post('/api/sessions', { email, password });
  signOut = () => this.#http.delete('/api/sessions/current');
  /** @returns {Promise<SignedInSession[]>} */
  sessions = () => this.#all('/api/sessions');
  /** @param {string} id */
  endSession = (id) => this.#http.delete(`/api/sessions/${encodeURIComponent(id)}`);
  endOtherSessions = () => this.#http.delete('/api/sessions/others');

  /** @returns {Promise<{workspace: Workspace, member: Member, session: string}>} */
  me = () => this.#http.get('/api/me');
  /** @param {{name?: string, language?: 'en'|'zh'}} change @returns {Promise<Member>} */
  changeMe = (change) => this.#http.patch('/api/me', change);
  /** @param {string} current @param {string} next */
  changePassword = (current, next) => this.#http.put('/api/me/password', { current, new: next });

  /** @returns {Promise<Member[]>} */
  members = () => this.#all('/api/members');
  /** @param {string} id @param {{role?: Role, active?: boolean}} change @returns {Promise<Member>} */
  changeMember = (id, change) => this.#http.patch(`/api/members/${encodeURIComponent(id)}`, change);
  /** @returns {Promise<Invitation[]>} */
  invitations = () => this.#all('/api/invitations');
  /** @param {{email: string, role: Role, shops?: string[]}} wish @returns {Promise<Invitation>} */
  invite = (wish) => this.#http.post('/api/invitations', wish);
  /** @param {string} id */
  withdrawInvitation = (id) => this.#http.delete(`/api/invitations/${encodeURIComponent(id)}`);
  /** @param {string} token @returns {Promise<{workspace: string|Workspace, email: string, role: Role}>} */
  lookAtInvitation = (token) => this.#http.post('/api/invitations/look', { token });
  /** @param {{token: string, name: string, password: string}} wish @returns {Promise<{workspace: Workspace, member: Member}>} */
  acceptInvitation = (wish) => this.#http.post('/api/invitations/accept', wish);

  /** @returns {Promise<Shop[]>} */
  shops = () => this.#all('/api/shops');
  /** @param {string} id @returns {Promise<Shop>} */
  shop = (id) => this.#http.get(`/api/shops/${encodeURIComponent(id)}`);
  /** @param {Partial<Shop>} wish @returns {Promise<Shop>} */
  createShop = (wish) => this.#http.post('/api/shops', wish);
  /** @param {string} id @param {Partial<Shop>} change @returns {Promise<Shop>} */
  changeShop = (id, change) => this.#http.patch(`/api/shops/${encodeURIComponent(id)}`, change);
  /** @param {string} id @returns {Promise<Shop>} */
  rotateKey = (id) => this.#http.post(`/api/shops/${encodeURIComponent(id)}/key`);
  /** @param {string} id @returns {Promise<{members: string[]}>} */
  shopStaff = (id) => this.#http.get(`/api/shops/${encodeURIComponent(id)}/staff`);
  /** @param {string} id @param {string[]} members @returns {Promise<{members: string[]}>} */
  setShopStaff = (id, members) => this.#http.put(`/api/shops/${encodeURIComponent(id)}/staff`, { members });

  /** @param {{view: string, shop?: string, cursor?: string|null, limit?: number}} wish @returns {Promise<InboxPage>} */
  inbox = ({ view, shop, cursor, limit = 50 }) => this.#http.get(`/api/inbox?${query({ view, shop, cursor, limit })}`);
  /** @returns {Promise<Counts>} */
  counts = () => this.#http.get('/api/inbox/counts');
  /** @param {string} id @returns {Promise<Snapshot>} */
  conversation = (id) => this.#http.get(`/api/conversations/${encodeURIComponent(id)}`);
  /** @param {string} id @param {number} before @returns {Promise<{epoch: string, events: DeskEvent[], before: number|null}>} */
  olderEvents = (id, before) => this.#http.get(`/api/conversations/${encodeURIComponent(id)}/events?${query({ before, limit: 50 })}`);

  /**
   * All pages of a list that people keep short.
   * @param {string} path
   * @returns {Promise<any[]>}
   */
  async #all(path) {
    const items = [];
    /** @type {string|null} */
    let cursor = null;
    for (let page = 0; page < 50; page += 1) {
      /** @type {{items: any[], next: string|null}} */
      const answer = await this.#http.get(`${path}?${query({ limit: 200, cursor })}`);
      items.push(...answer.items);
      cursor = answer.next;
      if (!cursor) break;
    }
    return items;
  }
}

/** @param {Record<string, string|number|null|undefined>} values */
function query(values) {
  const pairs = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
}
