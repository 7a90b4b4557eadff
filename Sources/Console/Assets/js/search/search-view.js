/** The search in the list's place: a field, how it goes, and the hits. It stays as it is beside the conversations that are opened from it. */
import { drawLater } from '#/js/elements/frames.js';
import { keyed } from '#/js/elements/keyed.js';
import { iconButton, picture } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { LONGEST_QUERY } from '#/js/models/router.js';
import { words } from '#/js/models/words.js';
import { SearchAPI } from '#/js/search/api.js';
import { factsOf, hitRow } from '#/js/search/hit-row.js';
import { mayHeal, percentOf, restOf } from '#/js/search/models/rest.js';
import { Search, tidy } from '#/js/search/models/search.js';
import { underHits } from '#/js/search/under-hits.js';
import { t } from '#/js/search/words.js';

/** @typedef {import('#/js/console.js').Console} Console */
/** @typedef {import('#/js/models/router.js').Place} Place */

/** Times such as "5 min" grow old. */
const REFRESH = 30_000;

/** Pixels above the end at which the next page is asked for. */
const AHEAD = 500;

export class SearchView extends HTMLElement {
  #console;
  #acts;
  #desk;
  #search;
  #field = el('input', {
    class: 'input', type: 'search', name: 'q', 'aria-label': t('search.label'), placeholder: t('search.placeholder'), maxlength: LONGEST_QUERY,
    autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', enterkeyhint: 'search',
  });
  #clear = iconButton('close', t('search.clear'), { class: 'search-clear', onclick: () => this.#clearWords() });
  #say = el('p', { class: 'search-say', role: 'status' });
  #building = el('p', { class: 'search-building', hidden: true });
  #list = el('div', { class: 'hits', role: 'list' });
  #rest = el('div', { class: 'rows-rest' });
  #rows = el('div', { class: 'rows search-rows' }, this.#list, this.#rest);
  /** @type {'away'|'beside'|'here'} */ #where = 'away';
  /** @type {string|null} */ #current = null; // the hit that is open, or was the last that was
  #top = 0;
  #later = drawLater(this, () => this.#draw());
  /** @type {(() => void)[]} */ #stops = [];

  /** @param {Console} console @param {import('#/js/elements/search-door.js').Acts} acts */
  constructor(console, acts) {
    super();
    this.#console = console;
    this.#acts = acts;
    this.#desk = /** @type {import('#/js/desk-session.js').DeskSession} */ (console.desk);
    const api = new SearchAPI(console.http);
    this.#search = new Search({ find: async (wish, signal) => this.#learn(await api.find(wish, signal)) });
    this.className = 'search';
    this.#search.on('change', () => this.#draw());
    this.#search.on('asked', () => this.#asked());
    this.#listen();
  }

  connectedCallback() {
    const { client, inbox, team } = this.#desk;
    const onsubmit = (/** @type {Event} */ event) => this.#submit(event);
    const form = el('form', { class: 'search-form', role: 'search', onsubmit }, picture('search'), this.#field, this.#clear);
    this.replaceChildren(form, this.#say, this.#building, this.#rows);
    const later = () => this.#later();
    const clock = setInterval(later, REFRESH);
    this.#stops = [
      () => clearInterval(clock),
      inbox.on('change', () => (this.#search.choose({ shop: inbox.shop }), later())),
      team.on('change', later), client.on('mark', later),
      client.on('state', (state) => this.#connected(state === 'online' || state === 'polling')),
      heard('online', () => this.#connected(true)), heard('offline', () => this.#connected(false)),
    ];
    this.#draw();
  }

  disconnectedCallback() {
    for (const stop of this.#stops) stop();
    this.#where = 'away';
  }

  get title() {
    return t('inbox.search');
  }

  /** @param {Place} place what is to be looked for; the console's own place says whether one is here, or at a conversation beside it */
  arrive({ q = '', shop = '' }) {
    const { place } = this.#console;
    const others = q !== this.#search.q;
    this.#search.choose({ q, shop });
    this.#desk.inbox.choose(this.#desk.inbox.view, shop);
    if (others && tidy(this.#field.value) !== q) this.#field.value = q;
    if (place.name === 'conversation') this.#current = `${place.id}.${place.at ?? 0}`;
    const before = this.#where;
    this.#where = place.name === 'search' ? 'here' : 'beside';
    this.#draw();
    if (this.#where !== before) this.#entered(before);
    else if (others && q === '' && this.#where === 'here') this.#toField();
  }

  /** @param {import('#/js/models/shortcuts.js').Command} command @returns {boolean} */
  command(command) {
    if (this.offsetParent === null) return false;
    if (command === 'search') this.#toField();
    else if (command === 'next' || command === 'previous') return this.#step(command === 'next' ? 1 : -1);
    else return false;
    return true;
  }

  /**
   * Back from a conversation one is where one was; from elsewhere one begins to type.
   * @param {'away'|'beside'|'here'} before
   */
  #entered(before) {
    this.#rows.scrollTop = this.#top;
    if (this.#where !== 'here') return;
    const link = before === 'beside' ? this.#linkOf(this.#current) : undefined;
    if (link) link.focus({ preventScroll: true });
    else if (this.#search.q === '' || matchMedia('(pointer: fine)').matches) this.#toField();
  }

  #toField() {
    this.#field.focus();
    this.#field.select();
  }

  #listen() {
    // An input method's letters are no words yet: they count when it is done.
    this.#field.addEventListener('input', (event) => /** @type {InputEvent} */ (event).isComposing || this.#typed());
    this.#field.addEventListener('compositionend', () => this.#typed());
    this.#field.addEventListener('keydown', (event) => this.#key(event));
    this.#rows.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#list.addEventListener('click', (event) => this.#pressed(event));
  }

  #typed() {
    this.#search.type(this.#field.value);
    this.#draw();
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    this.#search.now(this.#field.value);
    if (matchMedia('(pointer: coarse)').matches) this.#field.blur(); // the keyboard would cover what is found
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || (event.key !== 'Escape' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    if (event.key === 'ArrowDown') this.#links()[0]?.focus();
    else if (this.#field.value) this.#clearWords();
    else this.#acts.leave();
  }

  #clearWords() {
    this.#field.value = '';
    this.#typed();
    this.#field.focus();
  }

  #asked() {
    this.#top = this.#rows.scrollTop = 0;
    this.#current = null;
    const { q, shop } = this.#search;
    this.#acts.told({ name: 'search', ...(q ? { q } : {}), ...(shop ? { shop } : {}) });
  }

  /**
   * Conversations that are found are known to the lists, too, and kept fresh by the feed.
   * @param {import('#/js/search/api.js').Found} page
   */
  #learn(page) {
    this.#desk.client.feed.page({ items: page.items.map(({ row }) => row), marks: page.marks });
    return page;
  }

  /**
   * The device has a network again, or the desk its connection: either may come first.
   * @param {boolean} is
   */
  #connected(is) {
    if (is && mayHeal(this.#search.problem)) this.#search.again();
    this.#later();
  }

  /**
   * Pressed once more, what is open is gone to again.
   * @param {MouseEvent} event
   */
  #pressed(event) {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const { place } = this.#console;
    if (link?.dataset['hit'] === `${place.id}.${place.at}` && place.id && place.at) this.#acts.again(place.id, place.at);
  }

  /** @param {1|-1} by */
  #step(by) {
    const links = this.#links();
    const focused = links.findIndex((link) => link === document.activeElement);
    const from = focused >= 0 ? focused : links.findIndex((link) => link.dataset['hit'] === this.#current);
    const next = links[from < 0 ? 0 : Math.min(links.length - 1, Math.max(0, from + by))];
    next?.focus();
    return next !== undefined;
  }

  /** @returns {HTMLAnchorElement[]} */
  #links() {
    return [...this.#list.querySelectorAll('a')];
  }

  /** @param {string|null} key */
  #linkOf(key) {
    return this.#links().find((link) => link.dataset['hit'] === key);
  }

  #scrolled() {
    if (this.offsetParent === null) return;
    this.#top = this.#rows.scrollTop;
    this.#ahead();
  }

  /** The next page before one comes to the end; not by itself after a failure, nor after a page without anything. */
  #ahead() {
    const { scrollHeight, scrollTop, clientHeight } = this.#rows;
    if (this.#rest.dataset['kind'] === 'more' && this.offsetParent !== null && scrollHeight - scrollTop - clientHeight < AHEAD) void this.#search.more();
  }

  #draw() {
    const { q, isStale, building } = this.#search;
    this.#clear.hidden = this.#field.value === '';
    this.#list.setAttribute('aria-label', t('search.list', { query: q }));
    this.#rows.setAttribute('aria-busy', String(isStale || this.#search.state === 'looking'));
    put(this.#say, this.#summary());
    this.#building.hidden = building === null;
    if (building) put(this.#building, t('search.building', { percent: percentOf(building) }));
    this.#drawHits();
    this.#drawRest();
    this.#ahead();
  }

  #summary() {
    const { state, hits, next, isStale } = this.#search;
    if (state !== 'found' || isStale || hits.length === 0) return '';
    return t(next === null ? 'search.count' : 'search.countSoFar', { count: hits.length });
  }

  #drawHits() {
    const facts = this.#search.hits.map((hit) => factsOf(hit, this.#console));
    const active = document.activeElement;
    const focused = active instanceof HTMLElement && this.#list.contains(active) ? active.dataset['hit'] : undefined;
    keyed(this.#list, facts, { key: ({ key }) => key, sign: (one) => JSON.stringify(one), make: hitRow });
    for (const link of this.#links()) {
      if (link.dataset['hit'] === this.#current) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
    if (focused && !this.#list.contains(document.activeElement)) this.#linkOf(focused)?.focus({ preventScroll: true });
  }

  #drawRest() {
    const kind = restOf(this.#search, { network: navigator.onLine });
    const sign = [kind, this.#search.q, this.#search.shop, words.language].join('\n');
    if (this.#rest.dataset['sign'] === sign) return;
    Object.assign(this.#rest.dataset, { kind, sign });
    const { inbox, team } = this.#desk;
    this.#rest.replaceChildren(...underHits(kind, {
      query: this.#search.q,
      shop: team.shops.get(this.#search.shop)?.name,
      problem: this.#search.problem,
      again: () => this.#search.again(),
      further: () => void this.#search.more(),
      everyShop: () => inbox.choose(inbox.view, ''),
    }));
  }
}

/** @param {string} name of an event of the window @param {() => void} act @returns {() => void} stops it */
function heard(name, act) {
  window.addEventListener(name, act);
  return () => window.removeEventListener(name, act);
}

/** @param {HTMLElement} node @param {string} said */
function put(node, said) {
  if (node.textContent !== said) node.textContent = said;
}

customElements.define('sb-search', SearchView);
