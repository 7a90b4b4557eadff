/** The inbox: the list or the search, the conversation chosen from it, and its customer. */
import { ConversationList } from '#/js/elements/conversation-list.js';
import { ConversationView } from '#/js/elements/conversation-view.js';
import { CustomerPanel } from '#/js/elements/customer-panel.js';
import { empty } from '#/js/elements/parts.js';
import { SearchDoor } from '#/js/elements/search-door.js';
import { el } from '#/js/lib/dom.js';
import { searchBeside } from '#/js/models/beside.js';
import { pathTo } from '#/js/models/router.js';
import { t } from '#/js/models/words.js';

/** @typedef {import('#/js/console.js').Console} Console */
/** @typedef {import('#/js/models/router.js').Place} Place */

/** Conversations at the top of the list that are fetched before anybody asks: opening them is then instant. */
const PREFETCH = 8;

export class InboxPlace extends HTMLElement {
  #console;
  #list;
  #thing = el('section', { class: 'pane pane-thing' });
  #details = el('aside', { class: 'pane pane-details', 'aria-label': t('customer.panel') });
  /** @type {ConversationView|null} */ #view = null;
  /** @type {SearchDoor|null} */ #search = null;
  /** @type {Place|null} */ #searched = null; // what is looked for, while the search is shown
  /** @type {(() => void)[]} */ #stops = [];
  #fetching = false;
  #drawer = false;

  /** @param {Console} console */
  constructor(console) {
    super();
    this.#console = console;
    this.#list = new ConversationList(console);
    this.className = 'panes';
  }

  get title() {
    return this.#view ? this.#view.title : t(this.#searched ? 'inbox.search' : 'inbox.title');
  }

  connectedCallback() {
    this.replaceChildren(this.#list, this.#thing, this.#details);
    const { desk, preferences } = this.#console;
    if (!desk) return;
    const resized = () => this.#drawDetails();
    window.addEventListener('resize', resized);
    this.#stops = [
      () => window.removeEventListener('resize', resized),
      preferences.on('change', () => this.#drawDetails()),
      desk.client.on('state', () => this.#prefetch()),
      desk.inbox.on('change', () => this.#prefetch()),
    ];
    this.#prefetch();
    this.#drawDetails();
  }

  disconnectedCallback() {
    for (const stop of this.#stops) stop();
  }

  /** @param {Place} place */
  arrive(place) {
    const inbox = this.#console.desk?.inbox;
    if (!inbox) return;
    if (place.view) inbox.choose((this.#console.preferences.view = place.view));
    void inbox.load();
    this.#showSearch(searchBeside(place, history.state?.list, this.#searched));
    if (place.name === 'conversation' && place.id) this.#open(place.id, place.at ?? null);
    else this.#close();
    this.#list.mark(place.id ?? null);
  }

  /** @param {Place|null} place */
  #showSearch(place) {
    this.#searched = place;
    if (this.#console.place.name === 'conversation') this.#keepList();
    this.#list.search = place && (this.#search ??= this.#makeSearch());
    if (place) this.#search?.arrive(place);
  }

  #makeSearch() {
    return new SearchDoor(this.#console, {
      told: (place) => this.#told(place),
      leave: () => void this.#toList(),
      again: (id, at) => void (this.#view?.conversation === id && this.#view.find(at)),
    });
  }

  /**
   * Other words: the address says them, or, beside a conversation, what going back leads to.
   * @param {Place} place
   */
  #told(place) {
    if (!this.#searched || pathTo(place) === pathTo(this.#searched)) return;
    this.#searched = place;
    if (this.#console.place.name === 'search') this.#console.replace(pathTo(place));
    else this.#keepList();
  }

  #keepList() {
    history.replaceState({ ...history.state, list: pathTo(this.#searched ?? { name: 'inbox' }) }, '');
  }

  /** @param {import('#/js/models/shortcuts.js').Command} command @returns {boolean} whether it was for us */
  command(command) {
    if (this.#searched && this.#search?.command(command)) return true;
    if (command === 'search' && this.#searched) return (this.leave(), true);
    if (command === 'next' || command === 'previous') return this.#list.step(command === 'next' ? 1 : -1);
    if (command === 'open') return this.#list.openMarked();
    if (command === 'back') return this.#back();
    return this.#view?.command(command) ?? false;
  }

  #back() {
    if (this.#console.place.name === 'search') return this.#toList();
    if (this.#console.place.name !== 'conversation') return false;
    if (this.#drawer && !isWide()) this.#toggleDetails();
    else this.leave();
    return true;
  }

  /** Beside the conversation the panel stays as one left it; over it, it is opened for a look. */
  #toggleDetails() {
    if (isWide()) this.#console.preferences.details = !this.#console.preferences.details;
    else this.#drawer = !this.#drawer;
    this.#drawDetails();
    if (isWide()) return;
    const next = this.#drawer ? this.#details.querySelector('.details-close') : this.#thing.querySelector('.details-button');
    if (next instanceof HTMLElement) next.focus();
  }

  /** From the conversation to what it was opened from. */
  leave() {
    if (this.#searched) this.#console.back(this.#searched);
    else this.#toList();
  }

  #toList() {
    const view = this.#console.desk?.inbox.view ?? 'mine';
    this.#console.back({ name: 'inbox', view });
    this.#list.focusMarked();
    return true;
  }

  /** @param {string} id @param {number|null} at */
  #open(id, at) {
    if (this.#view?.conversation === id) return void (at !== null && this.#view.find(at));
    this.#drawer = false;
    this.#view = new ConversationView(
      this.#console,
      id,
      { back: () => this.leave(), details: () => this.#toggleDetails(), again: () => this.#openAgain(id, at) },
      at,
    );
    this.#thing.replaceChildren(this.#view);
    this.#details.replaceChildren(new CustomerPanel(this.#console, id, { close: () => this.#toggleDetails() }));
    this.#drawDetails();
  }

  /** @param {string} id @param {number|null} at */
  #openAgain(id, at) {
    this.#view = null;
    this.#open(id, at);
  }

  #close() {
    if (this.#view || !this.#thing.firstChild) {
      this.#view = null;
      this.#thing.replaceChildren(empty({ icon: 'inbox', title: t('conversation.none.title'), text: t('conversation.none.text') }));
      this.#details.replaceChildren();
    }
    this.#drawDetails();
  }

  #drawDetails() {
    const open = isWide() ? this.#console.preferences.details : this.#drawer;
    this.dataset['details'] = this.#view && open ? 'open' : 'closed';
  }

  /** When nothing else is to do: the ones that will be opened next. */
  #prefetch() {
    if (this.#fetching) return;
    this.#fetching = true;
    const idle = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ act) => setTimeout(act, 300));
    idle(() => void this.#fetchFirst().finally(() => (this.#fetching = false)), { timeout: 1000 });
  }

  async #fetchFirst() {
    const { desk } = this.#console;
    if (!desk || desk.client.state !== 'online') return;
    for (const row of desk.inbox.rows.slice(0, PREFETCH)) {
      if (!this.isConnected) return;
      if (this.#view) await desk.client.open(
        this.#view.conversation,
      ).catch(() => {}); // the least recently opened gives way: never this one
      if (!desk.client.log(row.id)?.loaded) await desk.client.open(row.id).catch(() => {});
    }
  }
}

/** As in css/shell.css: from here on the panel has a column of its own. */
const isWide = () => matchMedia('(min-width: 1200px)').matches;

customElements.define('sb-inbox', InboxPlace);
