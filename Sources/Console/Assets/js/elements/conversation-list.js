/** The list pane: which list, which shop, and its rows; only those in view exist, however long the list is. */
import { drawLater } from '#/js/elements/frames.js';
import { loadSearch } from '#/js/elements/search-door.js';
import { ConnectionState } from '#/js/elements/connection-state.js';
import { conversationRow, updateRow } from '#/js/elements/conversation-row.js';
import { empty, linkButton, picture, retryPart } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { VIEWS } from '#/js/lib/feed.js';
import { sentence } from '#/js/models/problems.js';
import { pathTo } from '#/js/models/router.js';
import { ROW, keepPlace, scrollTo, visibleRows } from '#/js/models/window.js';
import { t, words } from '#/js/models/words.js';

/** @typedef {import('#/js/console.js').Console} Console */
/** @typedef {import('#/js/lib/protocol.js').Row} Row */

/** Times such as "5 min" grow old. */
const REFRESH = 30_000;

export class ConversationList extends HTMLElement {
  #console;
  #tabs = el('nav', { class: 'tabs', 'aria-label': t('inbox.views') });
  #toSearch = el('a', { class: 'icon-button to-search', 'aria-label': t('inbox.search'), title: t('inbox.search') }, picture('search'));
  #filter = el('select', { class: 'input shop-filter', 'aria-label': t('inbox.shop'), hidden: true });
  #space = el('div', { class: 'rows-space', role: 'list' });
  #rows = el('div', { class: 'rows' }, this.#space);
  #rest = el('div', { class: 'rows-rest' });
  /** @type {Row[]} */ #shown = [];
  /** @type {Map<string, HTMLAnchorElement>} */ #drawn = new Map();
  /** @type {string|null} */ #marked = null;
  /** @type {(() => void)[]} */ #stops = [];
  #later = drawLater(this, () => this.#draw());
  #listKey = '';
  /** @type {import('#/js/elements/search-door.js').SearchDoor|null} */ #search = null;

  /** @param {Console} console */
  constructor(console) {
    super();
    this.#console = console;
    this.className = 'pane pane-list';
  }

  connectedCallback() {
    const { desk } = this.#console;
    if (!desk) return;
    const head = el(
      'header',
      { class: 'pane-head' },
      el('h1', null, t('inbox.title')),
      this.#filter,
      new ConnectionState(this.#console, { inline: true }),
      this.#toSearch,
    );
    this.replaceChildren(head, this.#tabs, this.#rows);
    this.#rows.append(this.#rest);
    this.#toSearch.addEventListener('pointerenter', () => void loadSearch().catch(() => {}), { once: true });
    this.#toSearch.onclick = (event) => this.#search?.command('search') && event.preventDefault(); // it is here: to its field
    this.#filter.onchange = () => (desk.inbox.choose(desk.inbox.view, this.#filter.value), void desk.inbox.load());
    this.#rows.onscroll = () => this.#draw();
    const later = () => this.#later();
    const clock = setInterval(later, REFRESH);
    const size = new ResizeObserver(later);
    size.observe(this.#rows);
    this.#stops = [
      desk.inbox.on('change', later), desk.team.on(
        'change',
        () => (this.#drawFilter(), later()),
      ), () => clearInterval(clock), () => size.disconnect(),
      ...['presence', 'typing', 'outbox', 'mark'].map((name) => desk.client.on(name, later)),
    ];
    this.#drawFilter();
    this.#draw();
  }

  disconnectedCallback() {
    for (const stop of this.#stops) stop();
  }

  /**
   * The search in the rows' place; null gives it back.
   * @param {import('#/js/elements/search-door.js').SearchDoor|null} search
   */
  set search(search) {
    if (search !== this.#search) {
      this.#search?.remove();
      this.#search = search;
      this.#rows.hidden = search !== null;
      if (search) this.append(search);
    }
    this.#draw();
  }

  /**
   * The one that is open.
   * @param {string|null} id
   */
  mark(id) {
    if (id) this.#marked = id;
    this.#draw();
  }

  /**
   * j and k: the focus moves, and Enter opens.
   * @param {1|-1} by
   * @returns {boolean}
   */
  step(by) {
    if (this.#shown.length === 0 || this.offsetParent === null) return false;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['id'] : undefined;
    const from = this.#shown.findIndex((row) => row.id === (focused ?? this.#marked));
    const index = from < 0 ? 0 : Math.min(this.#shown.length - 1, Math.max(0, from + by));
    this.#focusRow(index);
    if (index >= this.#shown.length - 5) this.#more();
    return true;
  }

  focusMarked() {
    const index = this.#shown.findIndex((row) => row.id === this.#marked);
    if (index >= 0) requestAnimationFrame(() => this.#focusRow(index));
  }

  openMarked() {
    return false; // Enter on a row is the link's own
  }

  /** @param {number} index */
  #focusRow(index) {
    const { scrollTop: top, clientHeight: height } = this.#rows;
    this.#rows.scrollTop = scrollTo({ top, height, index });
    this.#draw();
    this.#drawn.get(this.#shown[index]?.id ?? '')?.focus({ preventScroll: true });
  }

  /** After a failure the person says when to try again: by itself it would try for ever. */
  #more() {
    const inbox = this.#console.desk?.inbox;
    if (inbox && !inbox.failure) void inbox.more();
  }

  #draw() {
    const { desk } = this.#console;
    if (!desk) return;
    const { inbox } = desk;
    if (this.#filter.value !== inbox.shop) this.#filter.value = inbox.shop;
    this.#drawTabs();
    if (this.#search) return;
    const rows = inbox.rows;
    const key = `${inbox.view}.${inbox.shop}`;
    if (key !== this.#listKey) this.#rows.scrollTop = 0;
    else this.#keepPlace(rows);
    this.#listKey = key;
    this.#shown = rows;
    this.#space.style.setProperty('height', `${rows.length * ROW}px`);
    this.#space.setAttribute('aria-label', t('inbox.list', { view: t(`inbox.${inbox.view}`) }));
    this.#drawRows();
    this.#drawRest();
  }

  /** @param {Row[]} rows */
  #keepPlace(rows) {
    const top = this.#rows.scrollTop;
    const kept = keepPlace({ top, before: this.#shown.map(({ id }) => id), after: rows.map(({ id }) => id) });
    if (Math.abs(kept - top) < 1) return;
    this.#space.style.setProperty('height', `${rows.length * ROW}px`);
    this.#rows.scrollTop = kept;
  }

  #drawRows() {
    const { scrollTop: top, clientHeight: height } = this.#rows;
    const { from, to } = visibleRows({ top, height: height || 800, count: this.#shown.length });
    const wanted = new Set(this.#shown.slice(from, to).map(({ id }) => id));
    for (const [id, node] of this.#drawn) {
      if (wanted.has(id) || node === document.activeElement) continue;
      node.parentElement?.remove();
      this.#drawn.delete(id);
    }
    this.#shown.slice(from, to).forEach((row, index) => this.#drawRow(row, from + index));
    if (to >= this.#shown.length - 8) this.#more();
  }

  /** @param {Row} row @param {number} index */
  #drawRow(row, index) {
    let node = this.#drawn.get(row.id);
    if (!node) {
      node = conversationRow(row.id);
      this.#drawn.set(row.id, node);
      this.#space.append(el('div', { role: 'listitem' }, node));
    }
    node.parentElement?.setAttribute('aria-posinset', String(index + 1));
    node.parentElement?.setAttribute('aria-setsize', String(this.#shown.length));
    node.style.setProperty('transform', `translateY(${index * ROW}px)`);
    updateRow(node, row, this.#console, { open: this.#console.place.id === row.id });
  }

  #drawTabs() {
    const { inbox } = /** @type {import('#/js/desk-session.js').DeskSession} */ (this.#console.desk);
    const counts = inbox.shownCounts;
    if (this.#tabs.childElementCount === 0) {
      for (const view of VIEWS) this.#tabs.append(el(
        'a',
        { class: 'tab', href: pathTo({ name: 'inbox', view }) },
        el('span', null, t(`inbox.${view}`)),
        el('span', { class: 'tab-count' }),
      ));
    }
    const current = this.#search ? 'search' : inbox.view;
    setCurrent(this.#toSearch, current === 'search');
    this.#toSearch.setAttribute('href', pathTo({ name: 'search', shop: inbox.shop }));
    VIEWS.forEach((view, index) => {
      const tab = /** @type {HTMLElement} */ (this.#tabs.children[index]);
      const { conversations, unread } = counts?.[view] ?? { conversations: 0, unread: 0 };
      tab.toggleAttribute('data-unread', unread > 0 && view !== 'resolved');
      setCurrent(tab, view === current);
      const count = /** @type {Element} */ (tab.lastElementChild);
      const shown = counts && view !== 'resolved' ? words.number(conversations) : '';
      if (count.textContent !== shown) count.textContent = shown;
      tab.title = unread > 0 ? `${t(`inbox.${view}`)} – ${t('inbox.hasUnread')}` : '';
    });
  }

  #drawFilter() {
    const { team, inbox } = /** @type {import('#/js/desk-session.js').DeskSession} */ (this.#console.desk);
    const shops = team.shopList;
    this.#filter.hidden = shops.length < 2;
    this.#filter.replaceChildren(...[{ id: '', name: t('inbox.everyShop') }, ...shops].map(({ id, name }) => el(
      'option',
      { value: id, selected: id === inbox.shop },
      name,
    )));
  }

  /** What stands under the rows: the shape of what is coming, an honest failure, or what to do where there is nothing. */
  #drawRest() {
    const { inbox } = /** @type {import('#/js/desk-session.js').DeskSession} */ (this.#console.desk);
    const kind = inbox.failure
      ? 'failed'
      : inbox.isLoading ? (this.#shown.length ? 'more' : 'loading') : this.#shown.length ? 'none' : `empty.${inbox.view}`;
    if (this.#rest.dataset['kind'] === kind) return;
    this.#rest.dataset['kind'] = kind;
    if (kind === 'failed') this.#rest.replaceChildren(empty({
      icon: 'alert',
      title: t('inbox.failed'),
      text: sentence(inbox.failure),
      act: retryPart()(() => void inbox.more()),
    }));
    else if (kind === 'loading' || kind === 'more') this.#rest.replaceChildren(...skeletons(kind === 'more' ? 1 : 8));
    else this.#rest.replaceChildren(...(kind === 'none' ? [] : [this.#nothing(inbox.view)]));
  }

  /** @param {import('#/js/lib/feed.js').View} view */
  #nothing(view) {
    const acts = {
      mine: () => linkButton(t('inbox.none.mine.act'), { href: pathTo({ name: 'inbox', view: 'unassigned' }) }),
      all: () => linkButton(t('inbox.none.all.act'), { href: pathTo({ name: 'shops' }) }),
      unassigned: () => null,
      resolved: () => null,
    };
    return empty({
      icon: view === 'resolved' ? 'check' : 'inbox',
      title: t(`inbox.none.${view}.title`),
      text: t(`inbox.none.${view}.text`),
      act: acts[view](),
    });
  }
}

/** @param {Element} link @param {boolean} current */
function setCurrent(link, current) {
  if (current && !link.hasAttribute('aria-current')) link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  if (current) link.setAttribute('aria-current', 'page');
  else link.removeAttribute('aria-current');
}

/** @param {number} count */
const skeletons = (count) => Array.from({ length: count }, () => {
  const bar = () => el('span', { class: 'skeleton' });
  return el('div', { class: 'row-skeleton', 'aria-hidden': 'true' }, bar(), bar(), bar(), bar());
});

customElements.define('sb-conversation-list', ConversationList);
