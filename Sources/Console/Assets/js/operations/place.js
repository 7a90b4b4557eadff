/** Operations: how the server itself is doing. One page at a time. */
import { ConnectionState } from '#/js/elements/connection-state.js';
import { empty, iconButton, retryPart } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { Problem } from '#/js/lib/http.js';
import { sentence } from '#/js/models/problems.js';
import { aboveOf, pathTo } from '#/js/models/router.js';
import { OperationsAPI } from '#/js/operations/api.js';
import { endPage } from '#/js/operations/pages/end.js';
import { endsPage } from '#/js/operations/pages/ends.js';
import { t } from '#/js/operations/words.js';

/** @typedef {import('#/js/console.js').Console} Console */
/** @typedef {import('#/js/models/router.js').Place} Place */
/**
 * What every page is handed.
 * @typedef {{api: OperationsAPI, place: Place, mayManage: boolean, again: () => void}} Context
 */

/** @type {Partial<Record<import('#/js/models/router.js').PlaceName, (context: Context) => Promise<Node>>>} */
const PAGES = { ends: endsPage, end: endPage };

export class OperationsPlace extends HTMLElement {
  #console;
  #api;
  #page = el('div', { class: 'settings' });
  #drawing = 0;

  /** @param {Console} console */
  constructor(console) {
    super();
    this.#console = console;
    this.#api = new OperationsAPI(console.http);
    this.className = 'panes';
    this.dataset['kind'] = 'operations';
  }

  get title() {
    return `${t('operations.ends')} · ${t('rail.operations')}`;
  }

  connectedCallback() {
    const back = iconButton('back', t('act.back'), { class: 'back', onclick: () => this.#console.back({ name: 'ends' }) });
    const where = el('span', { 'aria-hidden': 'true' }, t('rail.operations'));
    const bar = el('header', { class: 'pane-head settings-bar' }, back, where, new ConnectionState(this.#console, { inline: true }));
    this.replaceChildren(el('section', { class: 'pane' }, bar, this.#page));
  }

  /** @param {Place} place */
  arrive(place) {
    if (place.name === 'operations') return this.#console.replace(pathTo({ name: 'ends' }));
    this.dispatchEvent(new CustomEvent('sb-title', { bubbles: true }));
    void this.#show(place);
  }

  /** @param {import('#/js/models/shortcuts.js').Command} command */
  command(command) {
    if (command !== 'back' || this.#console.place.name !== 'end') return false;
    this.#console.back(aboveOf(this.#console.place));
    return true;
  }

  /** @param {Place} place */
  async #show(place) {
    const drawing = (this.#drawing += 1);
    const current = () => drawing === this.#drawing && this.isConnected;
    const again = () => void this.#show(place);
    const waiting = setTimeout(() => current() && this.#page.replaceChildren(skeleton()), 120);
    try {
      const node = await PAGES[place.name]?.({ api: this.#api, place, again, mayManage: this.#console.desk?.team.mayManage ?? false });
      if (!current() || !node) return;
      this.#page.replaceChildren(node);
      this.#page.scrollTop = 0;
    } catch (problem) {
      if (!current()) return;
      if (!(problem instanceof Problem)) console.error(problem);
      this.#page.replaceChildren(empty({ icon: 'alert', title: t('settings.failed'), text: sentence(problem), act: retryPart()(again) }));
    } finally {
      clearTimeout(waiting);
    }
  }
}

const skeleton = () => el(
  'div',
  { class: 'settings-body', 'aria-hidden': 'true' },
  ...['title', 'line', 'box', 'box'].map((kind) => el('span', { class: `skeleton skeleton-${kind}` })),
);

customElements.define('sb-operations', OperationsPlace);
