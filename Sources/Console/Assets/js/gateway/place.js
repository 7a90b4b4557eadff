/** The gateway: its places on the left, one of them on the right. */
import { ConnectionState } from '#/js/elements/connection-state.js';
import { empty, iconButton, picture, retryPart } from '#/js/elements/parts.js';
import { GatewayAPI } from '#/js/gateway/api.js';
import { GatewayHub } from '#/js/gateway/hub.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { Problem } from '#/js/lib/http.js';
import { sentence } from '#/js/models/problems.js';
import { aboveOf, pathTo } from '#/js/models/router.js';
import { auditPage } from '#/js/gateway/pages/audit.js';
import { keyPage } from '#/js/gateway/pages/key.js';
import { keysPage } from '#/js/gateway/pages/keys.js';
import { livePage } from '#/js/gateway/pages/live.js';
import { newKeyPage } from '#/js/gateway/pages/new-key.js';
import { editNodePage, newNodePage } from '#/js/gateway/pages/node-form.js';
import { nodePage } from '#/js/gateway/pages/node.js';
import { nodesPage } from '#/js/gateway/pages/nodes.js';
import { pricesPage } from '#/js/gateway/pages/prices.js';
import { requestPage } from '#/js/gateway/pages/request.js';
import { requestsPage } from '#/js/gateway/pages/requests.js';
import { settingsPage } from '#/js/gateway/pages/settings.js';
import { usagePage } from '#/js/gateway/pages/usage.js';

/** @typedef {import('#/js/console.js').Console} Console */
/** @typedef {import('#/js/models/router.js').Place} Place */
/** @typedef {import('#/js/models/router.js').PlaceName} PlaceName */
/**
 * What every page is handed.
 * @typedef {{console: Console, api: GatewayAPI, hub: GatewayHub, place: Place, mayManage: boolean, isOwner: boolean}} Context
 */

/** @type {Partial<Record<PlaceName, (context: Context) => Node|Promise<Node>>>} */
const PAGES = {
  live: livePage,
  nodes: nodesPage,
  newNode: newNodePage,
  node: nodePage,
  editNode: editNodePage,
  keys: keysPage,
  newKey: newKeyPage,
  key: keyPage,
  usage: usagePage,
  requests: requestsPage,
  request: requestPage,
  prices: pricesPage,
  gatewaySettings: settingsPage,
  audit: auditPage,
};

/** @type {readonly {name: 'live'|'nodes'|'keys'|'usage'|'requests'|'prices'|'gatewaySettings'|'audit', icon: import('#/js/elements/icons.js').IconName}[]} */
const MENU = [
  { name: 'live', icon: 'pulse' },
  { name: 'nodes', icon: 'node' },
  { name: 'keys', icon: 'key' },
  { name: 'usage', icon: 'chart' },
  { name: 'requests', icon: 'list' },
  { name: 'prices', icon: 'price' },
  { name: 'gatewaySettings', icon: 'settings' },
  { name: 'audit', icon: 'log' },
];

const isNarrow = () => matchMedia('(max-width: 699px)').matches;

export class GatewayPlace extends HTMLElement {
  #console;
  #api;
  #hub;
  #menu = el('nav', { class: 'settings-menu', 'aria-label': t('rail.gateway') });
  #page = el('div', { class: 'settings' });
  #drawing = 0;

  /** @param {Console} console */
  constructor(console) {
    super();
    this.#console = console;
    this.#api = new GatewayAPI(console.http);
    this.#hub = new GatewayHub({ api: this.#api, check: () => console.api.me() });
    this.className = 'panes';
    this.dataset['kind'] = 'gateway';
  }

  get title() {
    const line = this.#lit;
    return line ? `${t(`gateway.${line}`)} · ${t('rail.gateway')}` : t('rail.gateway');
  }

  connectedCallback() {
    const state = () => new ConnectionState(this.#console, { inline: true });
    const back = iconButton('back', t('act.back'), { class: 'back', onclick: () => this.#back() });
    const where = el('span', { 'aria-hidden': 'true' }, t('rail.gateway'));
    this.replaceChildren(
      el('section', { class: 'pane pane-list' }, el('header', { class: 'pane-head' }, el('h1', null, t('rail.gateway')), state()), this.#menu),
      el('section', { class: 'pane pane-thing' }, el('header', { class: 'pane-head settings-bar' }, back, where, state()), this.#page),
    );
    this.#hub.start();
  }

  disconnectedCallback() {
    this.#hub.stop();
  }

  /** @param {Place} place */
  arrive(place) {
    if (place.name === 'gateway' && !isNarrow()) return this.#console.replace(pathTo({ name: 'live' }));
    this.#drawMenu();
    this.dispatchEvent(new CustomEvent('sb-title', { bubbles: true }));
    if (place.name !== 'gateway') void this.#show(place);
  }

  /** @param {import('#/js/models/shortcuts.js').Command} command */
  command(command) {
    const above = aboveOf(this.#console.place);
    if (command !== 'back' || (above.name === 'gateway' && !isNarrow())) return false;
    this.#back();
    return true;
  }

  #back() {
    this.#console.back(aboveOf(this.#console.place));
  }

  /** Which line of the menu the place belongs to. */
  get #lit() {
    for (let { name, id } = this.#console.place; name !== 'gateway'; ({ name, id } = aboveOf({ name, id }))) {
      const line = MENU.find((one) => one.name === name);
      if (line) return line.name;
    }
    return null;
  }

  #drawMenu() {
    const lit = this.#lit;
    const shown = MENU.filter(({ name }) => name !== 'audit' || this.#console.desk?.team.mayManage);
    this.#menu.replaceChildren(...shown.map(({ name, icon }) => el(
      'a',
      { class: 'settings-link', href: pathTo({ name }), 'aria-current': name === lit ? 'page' : undefined },
      picture(icon),
      t(`gateway.${name}`),
    )));
  }

  /** @param {Place} place */
  async #show(place) {
    const drawing = (this.#drawing += 1);
    const current = () => drawing === this.#drawing && this.isConnected;
    const page = PAGES[place.name];
    if (!page) return;
    const waiting = setTimeout(() => current() && this.#page.replaceChildren(skeleton()), 120);
    try {
      const node = await page(this.#context(place));
      if (!current()) return;
      this.#page.replaceChildren(node);
      this.#page.scrollTop = 0;
      if (isNarrow()) this.#focusTitle();
    } catch (problem) {
      if (!current()) return;
      if (!(problem instanceof Problem)) console.error(problem);
      const act = retryPart()(() => void this.#show(place));
      this.#page.replaceChildren(empty({ icon: 'alert', title: t('settings.failed'), text: sentence(problem), act }));
    } finally {
      clearTimeout(waiting);
    }
  }

  /** @param {Place} place @returns {Context} */
  #context(place) {
    const { team } = /** @type {import('#/js/desk-session.js').DeskSession} */ (this.#console.desk);
    return { console: this.#console, api: this.#api, hub: this.#hub, place, mayManage: team.mayManage, isOwner: team.me.role === 'owner' };
  }

  /** Where a screen reader goes on when the list gave way to a page. */
  #focusTitle() {
    const title = this.#page.querySelector('h1');
    title?.setAttribute('tabindex', '-1');
    title?.focus();
  }
}

const skeleton = () => el(
  'div',
  { class: 'gateway-body', 'aria-hidden': 'true' },
  ...['title', 'line', 'box', 'box'].map((kind) => el('span', { class: `skeleton skeleton-${kind}` })),
);

customElements.define('sb-gateway', GatewayPlace);
