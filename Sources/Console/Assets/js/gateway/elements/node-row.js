/** One node of the list. It lives as long as the node is listed and changes only what differs, so that focus and pointers stay. */
import { iconButton, picture } from '#/js/elements/parts.js';
import { figure, lapse, percent, roughMoney } from '#/js/gateway/elements/parts.js';
import { NodeStateView, put } from '#/js/gateway/elements/node-state.js';
import { timeline } from '#/js/gateway/elements/timeline.js';
import { hostOf } from '#/js/gateway/models/node-health.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';

/** @typedef {import('#/js/gateway/api.js').GatewayNode} GatewayNode */
/** @typedef {{menu: (id: string, from: HTMLElement) => void, grab: (id: string, event: PointerEvent) => void, step: (id: string, step: -1|1) => void}} RowActs */

export class NodeRow {
  #state = new NodeStateView();
  #priority = el('span', { class: 'node-priority' });
  #name = el('a', { class: 'node-name' });
  #host = el('span', { class: 'node-host' });
  #family = el('span', { class: 'tag' });
  #firstByte = el('dd', null);
  #errors = el('dd', null);
  #spend = el('dd', null);
  #flight = el('dd', null);
  #line = el('div', { class: 'node-line' });
  #drawnLine = '';
  #name_ = '';
  #id;
  /** @type {HTMLElement|null} */ grip = null;
  /** @type {HTMLElement|null} */ menu = null;
  node;

  /** @param {string} id @param {RowActs|null} acts null: for those who only look */
  constructor(id, acts) {
    this.#id = id;
    this.#name.setAttribute('href', pathTo({ name: 'node', id }));
    if (acts) this.#makeActs(acts);
    const figures = el(
      'dl',
      { class: 'node-figures' },
      el('div', null, el('dt', null, t('node.firstByte')), this.#firstByte),
      el('div', null, el('dt', null, t('node.errors')), this.#errors),
      el('div', null, el('dt', null, t('node.inFlight')), this.#flight),
      el('div', null, el('dt', null, t('node.today')), this.#spend),
    );
    const title = el('div', { class: 'node-title' }, el('h2', null, this.#name), el('p', null, this.#host, this.#family));
    this.node = el('li', { class: 'node', 'data-id': id }, this.grip, this.#priority, title, this.#state.node, figures, this.#line, this.menu);
  }

  /** @param {RowActs} acts */
  #makeActs({ menu, grab, step }) {
    this.grip = iconButton('grip', '', { class: 'grip' });
    this.grip.addEventListener('pointerdown', (event) => grab(this.#id, event));
    this.grip.addEventListener('keydown', (event) => {
      const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (way === undefined) return;
      event.preventDefault();
      step(this.#id, way < 0 ? -1 : 1);
    });
    const open = iconButton('more', '', { onclick: () => menu(this.#id, open) });
    open.setAttribute('aria-haspopup', 'menu');
    this.menu = open;
  }

  /** @param {GatewayNode} node @param {{now: number, first: boolean}} facts first: the first of its group */
  update(node, { now, first }) {
    this.#call(node.name);
    put(this.#priority, String(node.priority));
    this.#priority.title = t('node.priorityOf', { number: String(node.priority) });
    this.node.toggleAttribute('data-joined', !first);
    put(this.#host, hostOf(node.url));
    put(this.#family, node.family === 'openai' ? 'OpenAI' : 'Anthropic');
    this.#state.update(node.health, now);
    put(this.#firstByte, lapse(node.health.firstByteMs));
    put(this.#errors, percent(node.health.errorShare));
    const spent = node.today ? roughMoney(node.today.cost) : { text: '–', title: '' };
    put(this.#spend, spent.text);
    this.#spend.title = spent.title;
    put(this.#flight, node.maxConcurrency ? `${figure(node.health.inFlight)} / ${figure(node.maxConcurrency)}` : figure(node.health.inFlight));
    this.#drawLine(node);
  }

  /** @param {string} name */
  #call(name) {
    if (this.#name_ === name) return;
    this.#name_ = name;
    put(this.#name, name);
    for (const [control, words] of /** @type {const} */ ([[this.grip, t('node.grip', { name })], [this.menu, t('node.acts', { name })]])) {
      control?.setAttribute('aria-label', words);
      if (control) control.title = words;
    }
  }

  /** @param {GatewayNode} node */
  #drawLine({ timeline: cells = [] }) {
    const sign = cells.map(({ at, state }) => `${at}${state}`).join();
    if (sign === this.#drawnLine && this.#line.firstChild) return;
    this.#drawnLine = sign;
    this.#line.replaceChildren(timeline(cells));
  }
}

/**
 * For menus.
 * @param {import('#/js/elements/icons.js').IconName} name
 */
export const menuPicture = (name) => picture(name, 'small');
