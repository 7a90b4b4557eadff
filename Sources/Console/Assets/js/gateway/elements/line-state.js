/** What the live socket does, in words; while it waits, pressing it tries at once. */
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { everySecond } from '#/js/gateway/elements/living.js';

export class LineState {
  #line;
  node = el('button', { class: 'line-state', type: 'button', 'aria-live': 'off', onclick: () => this.#line.wake() });

  /** @param {import('#/js/gateway/live-line.js').LiveLine} line */
  constructor(line) {
    this.#line = line;
    this.#draw();
  }

  follow() {
    const stops = [this.#line.on('state', () => this.#draw()), everySecond(() => this.#draw())];
    this.#draw();
    return () => stops.forEach((stop) => stop());
  }

  #draw() {
    const { state, retryAt } = this.#line;
    const seconds = Math.max(1, Math.ceil(((retryAt ?? 0) - Date.now()) / 1000));
    const words = state === 'waiting' ? t('line.waiting', { count: seconds }) : t(`line.${state}`);
    this.node.dataset['state'] = state;
    this.node.title = state === 'waiting' ? t('connection.now') : '';
    if (this.node.textContent !== words) this.node.textContent = words;
    this.node.setAttribute('aria-label', `${t('line.label', { state: words })}${state === 'waiting' ? ` – ${t('connection.now')}` : ''}`);
  }
}
