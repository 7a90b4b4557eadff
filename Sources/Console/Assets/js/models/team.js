/**
 * Who is signed in, and what the lists name by id: members and shops.
 *
 * @typedef {import('#/js/api/api.js').Member} Member
 * @typedef {import('#/js/api/api.js').Shop} Shop
 * @typedef {import('#/js/api/api.js').Workspace} Workspace
 */
import { Emitter } from '#/js/lib/emitter.js';

export class Team extends Emitter {
  /** @type {Map<string, Member>} */ members = new Map();
  /** @type {Map<string, Shop>} */ shops = new Map();
  me;
  workspace;
  #api;

  /** @param {{api: import('#/js/api/api.js').API, me: Member, workspace: Workspace}} parts */
  constructor({ api, me, workspace }) {
    super();
    this.#api = api;
    this.me = me;
    this.workspace = workspace;
    this.members.set(me.id, me);
  }

  get mayManage() {
    return this.me.role === 'owner' || this.me.role === 'admin';
  }

  /** Both lists. What fails stays as it was; the caller says so. */
  async refresh() {
    await Promise.all([this.refreshMembers(), this.refreshShops()]);
  }

  async refreshMembers() {
    const members = await this.#api.members();
    this.members = new Map(members.map((one) => [one.id, one]));
    const me = this.members.get(this.me.id);
    if (me) this.me = me;
    else this.members.set(this.me.id, this.me);
    this.emit('change');
  }

  async refreshShops() {
    const shops = await this.#api.shops();
    this.shops = new Map(shops.map((one) => [one.id, one]));
    this.emit('change');
  }

  /** @param {Member} member */
  putMember(member) {
    this.members.set(member.id, member);
    if (member.id === this.me.id) this.me = member;
    this.emit('change');
  }

  /** @param {Shop} shop */
  putShop(shop) {
    this.shops.set(shop.id, shop);
    this.emit('change');
  }

  /** @returns {Member[]} who can take conversations: oneself first, then by name */
  get answerers() {
    const others = [...this.members.values()].filter((one) => one.active && one.id !== this.me.id);
    return [this.me, ...others.sort((one, other) => one.name.localeCompare(other.name))];
  }

  /** @returns {Shop[]} by age, so that the list does not move */
  get shopList() {
    return [...this.shops.values()].sort((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1));
  }
}
