/** The inbox: the list, the conversation chosen from it, and its customer. */
import { ConversationList } from '#/js/elements/conversation-list.js';
import { ConversationView } from '#/js/elements/conversation-view.js';
import { CustomerPanel } from '#/js/elements/customer-panel.js';
import { empty } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { t } from '#/js/models/words.js';

/** @typedef {import('#/js/console.js').Console} Console */

/** Conversations at the top of the list that are fetched before anybody asks: opening them is then instant. */
const PREFETCH = 8;

export class InboxPlace extends HTMLElement {
  #console;
  #list;
  #thing = el('section', { class: 'pane pane-thing' });
  #details = el('aside', { class: 'pane pane-details', 'aria-label': t('customer.panel') });
  /** @type {ConversationView|null} */ #view = null;
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
    return this.#view ? this.#view.title : t('inbox.title');
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

  /** @param {import('#/js/models/router.js').Place} place */
  arrive(place) {
    const inbox = this.#console.desk?.inbox;
    if (!inbox) return;
    if (place.view) inbox.choose((this.#console.preferences.view = place.view));
    void inbox.load();
    if (place.name === 'conversation' && place.id) this.#open(place.id);
    else this.#close();
    this.#list.mark(place.id ?? null);
  }

  /** @param {import('#/js/models/shortcuts.js').Command} command @returns {boolean} whether it was for us */
  command(command) {
    if (command === 'next' || command === 'previous') return this.#list.step(command === 'next' ? 1 : -1);
    if (command === 'open') return this.#list.openMarked();
    if (command === 'back') return this.#back();
    return this.#view?.command(command) ?? false;
  }

  #back() {
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

  leave() {
    const view = this.#console.desk?.inbox.view ?? 'mine';
    this.#console.back({ name: 'inbox', view });
    this.#list.focusMarked();
  }

  /** @param {string} id */
  #open(id) {
    if (this.#view?.conversation === id) return;
    this.#drawer = false;
    this.#view = new ConversationView(
      this.#console,
      id,
      { back: () => this.leave(), details: () => this.#toggleDetails(), again: () => this.#openAgain(id) },
    );
    this.#thing.replaceChildren(this.#view);
    this.#details.replaceChildren(new CustomerPanel(this.#console, id, { close: () => this.#toggleDetails() }));
    this.#drawDetails();
  }

  /** @param {string} id */
  #openAgain(id) {
    this.#view = null;
    this.#open(id);
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
