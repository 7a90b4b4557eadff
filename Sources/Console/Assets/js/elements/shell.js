/** The frame around every signed-in place: rail, the place itself, and what lies above it (palette, keys, alerts). */
import { ConnectionState } from '#/js/elements/connection-state.js';
import { GatewayDoor, loadGateway } from '#/js/elements/gateway-door.js';
import { OperationsDoor } from '#/js/elements/operations-door.js';
import { InboxPlace } from '#/js/elements/inbox-place.js';
import { SettingsPlace } from '#/js/elements/settings-place.js';
import { avatar, empty, linkButton, picture } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { mark } from '#/js/elements/icons.js';
import { soundAlert } from '#/js/elements/alerts.js';
import { openKeys } from '#/js/elements/keys-sheet.js';
import { openPalette } from '#/js/elements/palette.js';
import { commandOf } from '#/js/models/shortcuts.js';
import { depthOf, pathTo, sectionOf } from '#/js/models/router.js';
import { shortCount, tabTitle } from '#/js/models/titles.js';
import { t } from '#/js/models/words.js';

/** @typedef {import('#/js/console.js').Console} Console */
/** @typedef {import('#/js/models/router.js').Place} Place */

export class Shell extends HTMLElement {
  #console;
  #main = el('main', { class: 'place', id: 'main', tabindex: '-1' });
  #count = el('span', { class: 'count', hidden: true });
  /** @type {Map<string, HTMLElement>} */ #links = new Map();
  /** @type {InboxPlace|GatewayDoor|OperationsDoor|SettingsPlace|null} */ #place = null;
  #stop = new AbortController();
  /** @type {(() => void)[]} */ #stops = [];

  /** @param {Console} console */
  constructor(console) {
    super();
    this.#console = console;
    this.className = 'shell';
  }

  connectedCallback() {
    const skip = el(
      'a',
      { class: 'skip-link', href: '#main', onclick: (/** @type {Event} */ event) => (event.preventDefault(), this.#main.focus()) },
      t('app.skip'),
    );
    this.replaceChildren(skip, this.#rail(), this.#main);
    const options = { signal: this.#stop.signal };
    document.addEventListener('keydown', (event) => this.#key(event), options);
    this.addEventListener('click', (event) => this.#followLink(event), options);
    this.addEventListener('sb-title', () => this.#badge(), options);
    const { desk } = this.#console;
    if (!desk) return;
    this.#stops = [
      desk.inbox.on('change', () => this.#badge()),
      desk.team.on('change', () => this.#badge()),
      this.#console.on('alert', (row) => soundAlert(this.#console, row)),
    ];
    this.#badge();
  }

  disconnectedCallback() {
    this.#stop.abort();
    for (const stop of this.#stops) stop();
    this.#place = null;
    setFavicon(false);
  }

  /** @param {Place} place */
  arrive(place) {
    const section = sectionOf(place);
    this.dataset['depth'] = depthOf(place);
    for (const [name, link] of this.#links) {
      if (name === section) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    if (section === 'inbox') this.#enter(InboxPlace).arrive(place);
    else if (section === 'gateway') this.#enter(GatewayDoor).arrive(place);
    else if (section === 'operations') this.#enter(OperationsDoor).arrive(place);
    else if (section === 'settings') this.#enter(SettingsPlace).arrive(place);
    else this.#lost();
    this.#badge();
  }

  /** @template {InboxPlace|GatewayDoor|OperationsDoor|SettingsPlace} P @param {new (console: Console) => P} Kind @returns {P} */
  #enter(Kind) {
    if (this.#place instanceof Kind) return this.#place;
    const place = new Kind(this.#console);
    this.#place = place;
    this.#main.replaceChildren(place);
    return place;
  }

  #lost() {
    this.#place = null;
    const act = linkButton(t('app.lost.act'), { href: '/inbox', kind: 'primary' });
    this.#main.replaceChildren(empty({ icon: 'search', title: t('app.lost.title'), text: t('app.lost.text'), act }));
  }

  #rail() {
    const me = this.#console.desk?.team.me;
    const inbox = this.#link('inbox', '/inbox', t('rail.inbox'), picture('inbox'));
    inbox.append(this.#count);
    const gateway = this.#link('gateway', '/gateway', t('rail.gateway'), picture('gateway'));
    gateway.addEventListener('pointerenter', () => void loadGateway().catch(() => {}), { once: true });
    const mayManage = this.#console.desk?.team.mayManage;
    const server = mayManage ? [this.#link('operations', '/operations', t('rail.operations'), picture('server'))] : [];
    const goto = el(
      'button',
      { class: 'rail-item', type: 'button', title: 'Ctrl K / ⌘K', onclick: () => openPalette(this.#console) },
      picture('search'),
      el('span', null, t('rail.goto')),
    );
    const you = el(
      'a',
      { class: 'rail-item', href: pathTo({ name: 'you' }) },
      avatar(me ?? { id: '', name: '' }, { size: 'medium' }),
      el('span', null, t('rail.you')),
    );
    return el('nav', { class: 'rail', 'aria-label': t('app.places') },
      el('div', { class: 'rail-mark' }, mark()),
      inbox, gateway, goto, ...server, this.#link('settings', '/settings', t('rail.settings'), picture('settings')),
      el('div', { class: 'rail-gap' }), new ConnectionState(this.#console), you);
  }

  /** @param {string} section @param {string} href @param {string} label @param {Node} drawing */
  #link(section, href, label, drawing) {
    const link = el('a', { class: 'rail-item', href }, drawing, el('span', null, label));
    this.#links.set(section, link);
    return link;
  }

  #badge() {
    const unread = this.#console.desk?.inbox.badge ?? 0;
    document.title = tabTitle(unread, this.#place?.title ?? (this.#console.place.name === 'lost' ? t('app.lost.title') : ''));
    this.#count.hidden = unread === 0;
    this.#count.replaceChildren(shortCount(unread), el('span', { class: 'visually-hidden' }, t('rail.unread', { count: unread })));
    setFavicon(unread > 0);
  }

  /**
   * Links of the console change the place without loading the page; everything else is left to the browser.
   * @param {MouseEvent} event
   */
  #followLink(event) {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target || link.origin !== location.origin || link.hasAttribute('download')
      || link.getAttribute('href')?.startsWith('#')) return;
    event.preventDefault();
    this.#console.go(link.pathname + link.search + link.hash);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = event.target instanceof Element ? event.target : null;
    const typing = target?.closest('input:not([type=radio],[type=checkbox],[type=color]),textarea,select,[contenteditable]') != null;
    const command = commandOf(event, { typing, onControl: target?.closest('a,button') != null });
    if (!command || event.defaultPrevented || (document.querySelector('dialog[open], .menu') && command !== 'palette')) return;
    if (command === 'palette') openPalette(this.#console);
    else if (command === 'help') openKeys();
    else if (!this.#place?.command(command)) {
      if (command !== 'search') return;
      this.#console.go(pathTo({ name: 'search', shop: this.#console.desk?.inbox.shop }));
    }
    event.preventDefault();
  }
}

/** @param {boolean} unread */
function setFavicon(unread) {
  const link = document.getElementById('favicon');
  if (!(link instanceof HTMLLinkElement)) return;
  link.dataset['plain'] ??= link.href;
  const wanted = unread ? link.dataset['unread'] : link.dataset['plain'];
  if (wanted && link.getAttribute('href') !== wanted) link.setAttribute('href', wanted);
}

customElements.define('sb-shell', Shell);
