/** A node's state: a sign, the words, and why. It counts while a cool-down runs. */
import { headline, reasonOf, toneOf } from '#/js/gateway/models/node-health.js';
import { el } from '#/js/lib/dom.js';

/** @typedef {import('#/js/gateway/api.js').Health} Health */

export class NodeStateView {
  #head = el('b', null);
  #why = el('span', { class: 'state-why' });
  node = el('div', { class: 'state' }, el('i', { class: 'state-sign', 'aria-hidden': 'true' }), el('div', null, this.#head, this.#why));

  /**
   * Touches the page only where something differs.
   * @param {Health} health
   * @param {number} now the server's time
   */
  update(health, now) {
    this.node.dataset['tone'] = toneOf(health);
    this.node.dataset['state'] = health.state;
    put(this.#head, headline(health, now));
    put(this.#why, reasonOf(health));
  }
}

/** @param {HTMLElement} element @param {string} words */
export function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
