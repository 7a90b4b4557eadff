/** The pool: one row a node, in the order in which they are asked. */
import { banner, linkButton } from '#/js/elements/parts.js';
import { openMenu, toast } from '#/js/elements/overlays.js';
import { Living, coalesced, everySecond } from '#/js/gateway/elements/living.js';
import { deleteNode, stepNode, testNode } from '#/js/gateway/elements/node-acts.js';
import { dragRow } from '#/js/gateway/elements/node-drag.js';
import { NodeRow, menuPicture } from '#/js/gateway/elements/node-row.js';
import { gatewayPage } from '#/js/gateway/elements/parts.js';
import { dropped, joined, moved, placeOf, sameOrder } from '#/js/gateway/models/node-order.js';
import { firstNode } from '#/js/gateway/pages/node-form.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { sentence } from '#/js/models/problems.js';
import { pathTo } from '#/js/models/router.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */
/** @typedef {import('#/js/gateway/models/node-order.js').Groups} Groups */

/** Milliseconds between two questions for what the socket doesn't tell: days and timelines. */
const REFRESH = 60_000;

/** @param {Context} context */
export async function nodesPage(context) {
  const { api, hub, mayManage } = context;
  await hub.nodes.load(api);
  if (hub.nodes.list.length === 0) return firstNode(context);
  const add = mayManage ? linkButton(t('nodes.add'), { href: pathTo({ name: 'newNode' }), kind: 'primary', icon: 'plus' }) : null;
  const list = new NodeList(context);
  const page = gatewayPage(
    { title: t('gateway.nodes'), lead: mayManage ? t('nodes.lead.admin') : t('nodes.lead'), acts: [add] },
    sealedNotice(hub.nodes.list),
    list.node,
  );
  return new Living(page, () => list.follow());
}

/**
 * Nodes whose credential the house's key does not open.
 * @param {import('#/js/gateway/api.js').GatewayNode[]} nodes
 */
function sealedNotice(nodes) {
  const sealed = nodes.filter(({ needsCredential }) => needsCredential);
  if (sealed.length === 0) return null;
  return banner('warn', t('nodes.sealed', { count: sealed.length, names: sealed.map(({ name }) => name).join(', ') }));
}

/** The rows, and the order that somebody gives them. */
class NodeList {
  #context;
  /** @type {Map<string, NodeRow>} */ #rows = new Map();
  #list = el('ol', { class: 'nodes', 'aria-label': t('gateway.nodes') });
  #said = el('p', { class: 'visually-hidden', role: 'status' });
  #hint = el('p', { class: 'field-hint nodes-hint' }, t('nodes.hint'));
  node = el('div', { class: 'nodes-part' }, this.#list, this.#said, this.#hint);

  /** @param {Context} context */
  constructor(context) {
    this.#context = context;
    this.#hint.hidden = !context.mayManage || context.hub.nodes.list.length < 2;
    this.#draw();
  }

  follow() {
    const { api, hub } = this.#context;
    const draw = coalesced(() => this.#draw());
    const asking = setInterval(() => document.visibilityState === 'visible' && void hub.nodes.load(api).catch(() => {}), REFRESH);
    return [hub.nodes.on('change', draw), everySecond(draw), () => clearInterval(asking)];
  }

  #draw() {
    const { hub } = this.#context;
    const nodes = hub.nodes.list;
    const now = hub.now();
    for (const id of this.#rows.keys()) if (!hub.nodes.get(id)) this.#forget(id);
    nodes.forEach((node, index) => {
      const row = this.#rowOf(node.id);
      row.update(node, { now, first: nodes[index - 1]?.priority !== node.priority });
      if (this.#list.children[index] !== row.node) this.#list.insertBefore(row.node, this.#list.children[index] ?? null);
    });
  }

  /** @param {string} id */
  #rowOf(id) {
    const known = this.#rows.get(id);
    if (known) return known;
    const acts = {
      menu: (/** @type {string} */ of, /** @type {HTMLElement} */ from) => this.#openMenu(of, from),
      grab: (/** @type {string} */ of, /** @type {PointerEvent} */ event) => this.#drag(of, event),
      step: (/** @type {string} */ of, /** @type {-1|1} */ step) => void this.#arrange(of, moved(this.#groups, of, step)),
    };
    const row = new NodeRow(id, this.#context.mayManage ? acts : null);
    this.#rows.set(id, row);
    return row;
  }

  /** @param {string} id */
  #forget(id) {
    this.#rows.get(id)?.node.remove();
    this.#rows.delete(id);
  }

  get #groups() {
    return this.#context.hub.nodes.groups;
  }

  /** @param {string} id @param {PointerEvent} event */
  #drag(id, event) {
    const drop = (/** @type {string} */ other, /** @type {'before'|'into'|'after'} */ where) =>
      void this.#arrange(id, dropped(this.#groups, id, other, where));
    dragRow({ list: this.#list, id, event, drop });
  }

  /**
   * Shown at once; taken back when the server does not agree.
   * @param {string} id
   * @param {Groups} groups
   */
  async #arrange(id, groups) {
    const { api, hub } = this.#context;
    const before = this.#groups;
    const node = hub.nodes.get(id);
    if (!node || sameOrder(before, groups)) return;
    const hadFocus = this.#rows.get(id)?.node.contains(document.activeElement);
    hub.nodes.arrange(groups);
    this.#draw();
    if (hadFocus) this.#rows.get(id)?.grip?.focus();
    this.#said.textContent = t('nodes.moved', { name: node.name, place: String(placeOf(groups, id) + 1), count: groups.length });
    try {
      hub.nodes.reset(await api.orderNodes(groups));
    } catch (problem) {
      hub.nodes.arrange(before);
      toast(t('nodes.notMoved', { why: sentence(problem) }));
      void hub.nodes.load(api).catch(() => {});
    }
  }

  /** @param {string} id @param {HTMLElement} anchor */
  #openMenu(id, anchor) {
    const { console, hub } = this.#context;
    const node = hub.nodes.get(id);
    if (!node) return;
    const groups = this.#groups;
    const at = placeOf(groups, id);
    const above = groups[at - 1]?.at(-1);
    const item = (/** @type {string} */ label, /** @type {import('#/js/elements/icons.js').IconName} */ icon, /** @type {() => void} */ act) =>
      ({ label, picture: menuPicture(icon), act });
    const order = (/** @type {string} */ label, /** @type {import('#/js/elements/icons.js').IconName} */ icon, /** @type {Groups} */ wanted) =>
      (sameOrder(groups, wanted) ? [] : [item(label, icon, () => void this.#arrange(id, wanted))]);
    const step = (/** @type {'enable'|'disable'|'drain'|'undrain'} */ name, /** @type {import('#/js/elements/icons.js').IconName} */ icon) =>
      item(t(`node.${name}`), icon, () => void stepNode(this.#context, node, name));
    const items = [
      item(t('node.test'), 'pulse', () => void testNode(this.#context, node)),
      item(t('node.edit'), 'settings', () => console.go(pathTo({ name: 'editNode', id }))),
      ...order(t('node.up'), 'reply', moved(groups, id, -1)),
      ...order(t('node.down'), 'down', moved(groups, id, 1)),
      ...(above ? order(t('node.join', { name: hub.nodes.get(above)?.name ?? '' }), 'people', joined(groups, id, above)) : []),
      ...(node.enabled && node.health.state === 'dead' && !node.needsCredential ? [step('enable', 'reopen')] : []),
      node.draining ? step('undrain', 'reopen') : step('drain', 'clock'),
      node.enabled ? step('disable', 'close') : step('enable', 'check'),
      item(t('node.delete'), 'alert', () => void deleteNode(this.#context, node).then((gone) => gone && this.#leftEmpty())),
    ];
    openMenu(anchor, { title: node.name, items });
  }

  /** After the last one the page begins anew, with the form. */
  #leftEmpty() {
    const { console, hub } = this.#context;
    if (hub.nodes.list.length === 0) console.replace(pathTo({ name: 'nodes' }));
  }
}
