/**
 * The nodes as they are known here: the list that was asked for, and what the live socket tells of each since.
 *
 *   nodes.load(api) · nodes.hear(node) · nodes.list → in routing order · emits 'change'
 *
 * @typedef {import('#/js/gateway/api.js').GatewayNode} GatewayNode
 */
import { Emitter } from '#/js/lib/emitter.js';
import { groupsOf } from '#/js/gateway/models/node-order.js';

export class Nodes extends Emitter {
  /** @type {Map<string, GatewayNode>} */ #known = new Map();
  isLoaded = false;
  #asked = 0;

  /** @returns {GatewayNode[]} */
  get list() {
    return [...this.#known.values()].map((node, index) => ({ node, index }))
      .sort((one, other) => one.node.priority - other.node.priority || one.index - other.index).map(({ node }) => node);
  }

  get groups() {
    return groupsOf(this.list);
  }

  /** @param {string} id */
  get(id) {
    return this.#known.get(id);
  }

  /** @param {{nodes: () => Promise<GatewayNode[]>}} api */
  async load(api) {
    const asked = (this.#asked += 1);
    const items = await api.nodes();
    if (asked === this.#asked) this.reset(items); // a later answer is the truer one
  }

  /** @param {readonly GatewayNode[]} items */
  reset(items) {
    this.#known = new Map(items.map((node) => [node.id, node]));
    this.isLoaded = true;
    this.emit('change');
  }

  /**
   * One node, whole or without its day and timeline: those stay. A version that is older than the known one is late and passed over.
   * @param {GatewayNode} node
   */
  hear(node) {
    const known = this.#known.get(node.id);
    if (known && node.version < known.version) return;
    this.#known.set(node.id, { ...known, ...node });
    this.emit('change');
  }

  /**
   * All nodes, without days and timelines: what is not among them is gone.
   * @param {readonly GatewayNode[]} items
   */
  hearAll(items) {
    this.#known = new Map(items.map((node) => [node.id, { ...this.#known.get(node.id), ...node }]));
    this.emit('change');
  }

  /** @param {string} id */
  remove(id) {
    if (this.#known.delete(id)) this.emit('change');
  }

  /**
   * As it will be once the server agrees.
   * @param {import('#/js/gateway/models/node-order.js').Groups} groups
   */
  arrange(groups) {
    const places = new Map(groups.flatMap((ids, index) => ids.map((id) => [id, index + 1])));
    const order = groups.flat();
    const nodes = this.list.map((node) => ({ ...node, priority: places.get(node.id) ?? node.priority }));
    nodes.sort((one, other) => order.indexOf(one.id) - order.indexOf(other.id));
    this.#known = new Map(nodes.map((node) => [node.id, node]));
    this.emit('change');
  }
}
