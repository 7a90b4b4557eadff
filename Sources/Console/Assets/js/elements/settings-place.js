/** Settings: their list on the left, one page on the right. */
import { ConnectionState } from '#/js/elements/connection-state.js';
import { empty, iconButton, picture, retryPart, shopDot } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';
import { sentence } from '#/js/models/problems.js';
import { t } from '#/js/models/words.js';
import { membersPage } from '#/js/pages/members.js';
import { newShopPage } from '#/js/pages/new-shop.js';
import { shopPage } from '#/js/pages/shop.js';
import { shopsPage } from '#/js/pages/shops.js';
import { workspacePage } from '#/js/pages/workspace.js';
import { youPage } from '#/js/pages/you.js';

/** @typedef {import('#/js/console.js').Console} Console */
/** @typedef {import('#/js/models/router.js').Place} Place */

/** @type {Partial<Record<import('#/js/models/router.js').PlaceName, (console: Console, place: Place) => Node|Promise<Node>>>} */
const PAGES = { members: membersPage, shops: shopsPage, newShop: newShopPage, shop: shopPage, you: youPage, workspace: workspacePage };

/** A narrow screen shows the list first; a wide one has room for a page beside it. */
const isNarrow = () => matchMedia('(max-width: 699px)').matches;

export class SettingsPlace extends HTMLElement {
  #console;
  #menu = el('nav', { class: 'settings-menu', 'aria-label': t('settings.title') });
  #page = el('div', { class: 'settings' });
  #name = '';
  /** @type {(() => void)|null} */ #stop = null;
  #drawing = 0;

  /** @param {Console} console */
  constructor(console) {
    super();
    this.#console = console;
    this.className = 'panes';
    this.dataset['kind'] = 'settings';
  }

  get title() {
    return this.#name || t('settings.title');
  }

  connectedCallback() {
    const head = el(
      'header',
      { class: 'pane-head' },
      el('h1', null, t('settings.title')),
      new ConnectionState(this.#console, { inline: true }),
    );
    const back = iconButton('back', t('act.back'), { class: 'back', onclick: () => this.#console.back({ name: 'settings' }) });
    const where = el('span', { 'aria-hidden': 'true' }, t('settings.title'));
    const bar = el('header', { class: 'pane-head settings-bar' }, back, where, new ConnectionState(this.#console, { inline: true }));
    this.replaceChildren(
      el('section', { class: 'pane pane-list' }, head, this.#menu),
      el('section', { class: 'pane pane-thing' }, bar, this.#page),
    );
    this.#stop = this.#console.desk?.team.on('change', () => this.#drawMenu()) ?? null;
  }

  disconnectedCallback() {
    this.#stop?.();
  }

  /** @param {Place} place */
  arrive(place) {
    if (place.name === 'settings' && !isNarrow()) return this.#console.replace(pathTo({ name: 'you' }));
    this.#drawMenu();
    if (place.name !== 'settings') void this.#show(place);
  }

  /** @param {import('#/js/models/shortcuts.js').Command} command */
  command(command) {
    if (command !== 'back' || !isNarrow() || this.#console.place.name === 'settings') return false;
    this.#console.back({ name: 'settings' });
    return true;
  }

  /** @param {Place} place */
  async #show(place) {
    const drawing = (this.#drawing += 1);
    const current = () => drawing === this.#drawing && this.isConnected;
    const page = PAGES[place.name];
    if (!page) return;
    const waiting = setTimeout(() => current() && this.#page.replaceChildren(skeleton()), 120);
    try {
      const node = await page(this.#console, place);
      if (!current()) return;
      this.#page.replaceChildren(node);
      this.#page.scrollTop = 0;
      if (isNarrow()) this.#focusTitle();
    } catch (problem) {
      if (current()) this.#page.replaceChildren(empty({
        icon: 'alert',
        title: t('settings.failed'),
        text: sentence(problem),
        act: retryPart()(() => void this.#show(place)),
      }));
    } finally {
      clearTimeout(waiting);
    }
  }

  /** Where a screen reader goes on when the list gave way to a page. */
  #focusTitle() {
    const title = this.#page.querySelector('h1');
    title?.setAttribute('tabindex', '-1');
    title?.focus();
  }

  #drawMenu() {
    const { place } = this.#console;
    this.#name = place.name === 'settings' ? '' : this.#nameOf(place);
    const { team } = /** @type {import('#/js/desk-session.js').DeskSession} */ (this.#console.desk);
    const shops = team.shopList.map((shop) => this.#link(
      { name: 'shop', id: shop.id },
      shop.name,
      el('span', { class: 'settings-dot' }, shopDot(shop.colour)),
      2,
    ));
    this.#menu.replaceChildren(
      this.#link({ name: 'you' }, t('you.title'), picture('person')),
      this.#link({ name: 'members' }, t('members.title'), picture('people')),
      this.#link({ name: 'shops' }, t('shops.title'), picture('shop')), ...shops,
      this.#link({ name: 'workspace' }, t('workspace.title'), picture('building')));
  }

  /** @param {Place} place @param {string} label @param {Node} drawing @param {number} [level] */
  #link(place, label, drawing, level = 1) {
    const here = this.#console.place;
    const current = here.name === place.name && here.id === place.id;
    return el(
      'a',
      { class: 'settings-link', href: pathTo(place), 'data-level': level, 'aria-current': current ? 'page' : undefined },
      drawing,
      label,
    );
  }

  /** @param {Place} place */
  #nameOf({ name, id }) {
    if (name === 'shop') return this.#console.desk?.team.shops.get(id ?? '')?.name ?? t('shops.title');
    if (name === 'newShop') return t('shops.new');
    return name === 'members' || name === 'shops' || name === 'you' || name === 'workspace' ? t(`${name}.title`) : t('settings.title');
  }
}

const skeleton = () => el(
  'div',
  { class: 'settings-body', 'aria-hidden': 'true' },
  ...['title', 'line', 'box', 'box'].map((kind) => el('span', { class: `skeleton skeleton-${kind}` })),
);

customElements.define('sb-settings', SettingsPlace);
