/**
 * Draws the conversation: rows keyed, so that a bubble that was pending and is now stored stays the same element; keeps the place of who reads
 * back, and follows the end of who is at it.
 */
import { el, linkedText } from '#/js/lib/dom.js';
import { timeline } from '#/js/lib/timeline.js';
import { face, icon, part } from '#/widget/parts.js';

/** @typedef {import('#/js/lib/timeline.js').TimelineRow} TimelineRow */
/** @typedef {import('#/js/lib/timeline.js').BubbleRow} BubbleRow */

/** Nearer than this to the end is at the end. */
const NEAR = 48;

export class LogView {
  isAtEnd = true;
  #list = part('log');
  #scroller = part('scroller');
  #latest = part('latest');
  /** @type {Map<string, {element: HTMLElement, signature: string}>} */
  #drawn = new Map();
  #missed = 0;
  #first = '';
  #settled = false;
  #olderFailed = false;
  #loadingOlder = false;
  #options;

  /**
   * @param {{talk: import('#/widget/talk.js').Talk, i18n: import('#/js/lib/i18n.js').I18n<typeof import('#/widget/strings.js').strings>,
   *   loadOlder: () => Promise<boolean>, retry: (clientID: string) => void, discard: (clientID: string) => void, onPlace: () => void}} options
   */
  constructor(options) {
    this.#options = options;
    this.#scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#latest.addEventListener('click', () => this.toEnd(true));
    new ResizeObserver(() => this.isAtEnd && this.toEnd()).observe(this.#scroller);
  }

  draw() {
    const before = { height: this.#scroller.scrollHeight, top: this.#scroller.scrollTop };
    const rows = this.#rows();
    const first = rows.find((row) => row.key !== 'greeting' && row.key !== 'older' && row.type !== 'day')?.key ?? '';
    const isOlder = this.#first !== '' && first !== this.#first && this.#drawn.has(this.#first);
    this.#first = first;
    this.#place(rows);
    if (isOlder && !this.isAtEnd) this.#scroller.scrollTop = before.top + this.#scroller.scrollHeight - before.height;
    else if (this.isAtEnd) this.toEnd();
    this.#settled = this.#options.talk.log?.loaded ?? false;
    this.#drawLatest();
  }

  /** A message came while the person reads further up. */
  missed() {
    if (this.isAtEnd) return;
    this.#missed += 1;
    this.#drawLatest();
  }

  toEnd(smoothly = false) {
    this.isAtEnd = true;
    this.#missed = 0;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#scroller.scrollTo({ top: this.#scroller.scrollHeight, behavior: smoothly && !calm ? 'smooth' : 'auto' });
    this.#drawLatest();
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    if (isAtEnd !== this.isAtEnd) {
      this.isAtEnd = isAtEnd;
      if (isAtEnd) this.#missed = 0;
      this.#drawLatest();
      this.#options.onPlace();
    }
    if (scrollTop < 240 && !this.isAtEnd && !this.#olderFailed) void this.#older();
  }

  async #older() {
    const { talk, loadOlder } = this.#options;
    if (this.#loadingOlder || !talk.log?.before) return;
    this.#loadingOlder = true;
    this.#olderFailed = false;
    this.draw();
    try {
      await loadOlder();
    } catch {
      this.#olderFailed = true;
    }
    this.#loadingOlder = false;
    this.draw();
  }

  #drawLatest() {
    this.#latest.hidden = this.isAtEnd;
    const label = part('latest-label');
    label.textContent = this.#missed > 0 ? this.#options.i18n.t('newMessages', { count: this.#missed }) : '';
    this.#latest.setAttribute('aria-label', label.textContent || this.#options.i18n.t('latest'));
  }

  /** @returns {(TimelineRow|{type: 'older'|'greeting'|'skeleton', key: string})[]} */
  #rows() {
    const { talk, i18n } = this.#options;
    const { log, pending, newAfter } = talk;
    if (talk.isLoading && pending.length === 0) return [{ type: 'skeleton', key: 'skeleton' }];
    const rows = timeline({ events: log?.events ?? [], pending, side: 'customer', dayKey: (ms) => i18n.dayKey(ms), newAfter });
    const known = rows.filter((row) => row.type !== 'line' || row.event.kind === 'resolved' || row.event.kind === 'reopened');
    return [log?.before ? { type: 'older', key: 'older' } : { type: 'greeting', key: 'greeting' }, ...known];
  }

  /** @param {any[]} rows */
  #place(rows) {
    const keys = new Set(rows.map((row) => row.key));
    for (const [key, { element }] of this.#drawn) {
      if (keys.has(key)) continue;
      element.remove();
      this.#drawn.delete(key);
    }
    const lastOwn = rows.filter((row) => row.type === 'bubble' && row.mine).at(-1)?.key;
    let next = /** @type {Element|null} */ (this.#list.firstElementChild);
    rows.forEach((row, index) => {
      const old = this.#drawn.get(row.key)?.element;
      const element = this.#element(row, row.key === lastOwn, index === rows.length - 1);
      if (next === old) next = element; // it was replaced in its place
      if (element === next) next = element.nextElementSibling;
      else this.#list.insertBefore(element, next);
    });
  }

  /** @param {any} row @param {boolean} isLastOwn @param {boolean} isLast */
  #element(row, isLastOwn, isLast) {
    const state = row.type === 'bubble' && row.mine ? this.#state(row) : '';
    const { talk } = this.#options;
    const greeting = row.type === 'greeting' ? `${talk.shop.greeting} ${talk.isAvailable} ${talk.log?.events.length ?? 0} ${talk.shop.name}` : '';
    const signature = [row.type, row.first, row.last, state, isLastOwn, isLast && row.type === 'line', greeting, this.#loadingOlder && row.type === 'older', this.#olderFailed && row.type === 'older'].join('|');
    const known = this.#drawn.get(row.key);
    if (known?.signature === signature) return known.element;
    const element = this.#build(row, state, isLast);
    if (!known && this.#settled && row.type === 'bubble') element.classList.add('fresh');
    known?.element.replaceWith(element);
    this.#drawn.set(row.key, { element, signature });
    return element;
  }

  /** @param {any} row @param {string} state @param {boolean} isLast @returns {HTMLElement} */
  #build(row, state, isLast) {
    const { i18n } = this.#options;
    switch (row.type) {
      case 'day': return el('li', { class: 'day' }, el('time', { datetime: i18n.dayKey(row.at) }, i18n.day(row.at)));
      case 'new': return el('li', { class: 'new' }, el('span', null, i18n.t('newLine')));
      case 'older': return this.#buildOlder();
      case 'greeting': return this.#buildGreeting();
      case 'skeleton': return el('li', { class: 'skeleton', 'aria-hidden': true }, el('i', null), el('i', { class: 'mine' }), el('i', null));
      case 'line': return this.#buildLine(row, isLast);
      default: return this.#buildBubble(row, state);
    }
  }

  #buildOlder() {
    const { i18n } = this.#options;
    if (!this.#olderFailed) return el('li', { class: 'older' }, this.#loadingOlder ? i18n.t('older') : '');
    const again = el('button', { type: 'button', class: 'quiet', onclick: () => void this.#retryOlder() }, i18n.t('again'));
    return el('li', { class: 'older' }, `${i18n.t('olderFailed')} `, again);
  }

  #retryOlder() {
    this.#olderFailed = false;
    return this.#older();
  }

  #buildGreeting() {
    const { i18n, talk } = this.#options;
    const { shop, isAvailable } = talk;
    const words = el('div', { class: 'bubble', dir: 'auto' }, linkedText(shop.greeting || i18n.t('hello')));
    const honest = !isAvailable && (talk.log?.events.length ?? 0) === 0 ? el('p', { class: 'hint' }, i18n.t('awayLong')) : null;
    const name = el('span', { class: 'name' }, shop.name);
    return el('li', { class: 'row theirs first last greeting' }, face({ name: shop.name || '?' }), el('div', { class: 'stack' }, name, words, honest));
  }

  /** @param {import('#/js/lib/timeline.js').LineRow} row @param {boolean} isLast */
  #buildLine({ event }, isLast) {
    const { i18n } = this.#options;
    const name = event.by.name ?? i18n.t('staff');
    const words = event.kind === 'resolved' ? i18n.t('resolved', { name }) : i18n.t('reopened');
    const hint = event.kind === 'resolved' && isLast ? el('span', { class: 'hint' }, i18n.t('resolvedHint')) : null;
    return el('li', { class: `line ${event.kind}` }, el('span', { class: 'pill' }, icon(event.kind === 'resolved' ? 'check' : 'again'), words), hint);
  }

  /** @param {BubbleRow} row @param {string} state */
  #buildBubble(row, state) {
    const { i18n } = this.#options;
    const place = `${row.first ? ' first' : ''}${row.last ? ' last' : ''}`;
    const emoji = /^(\p{Extended_Pictographic}(\p{Emoji_Modifier}|\uFE0F|\u200D\p{Extended_Pictographic})*){1,3}$/u.test(row.text) ? ' emoji' : '';
    const bubble = el('div', { class: `bubble${emoji}`, dir: 'auto', title: i18n.dateTime(row.at) }, linkedText(row.text));
    const name = row.mine ? i18n.t('you') : row.by?.name ?? i18n.t('staff');
    const author = el('span', { class: row.mine || !row.first ? 'unseen' : 'name' }, name);
    const stack = el('div', { class: 'stack' }, author, bubble, row.last || state === 'failed' ? this.#meta(row, state) : null);
    const picture = !row.mine && row.last ? face({ id: row.by?.id, name }) : null;
    return el('li', { class: `row ${row.mine ? 'mine' : 'theirs'}${place} ${state}`, dataset: { key: row.key } }, picture, stack);
  }

  /** @param {BubbleRow} row @param {string} state */
  #meta(row, state) {
    const { i18n, retry, discard } = this.#options;
    if (state === 'failed' && row.item) {
      const { clientID } = row.item;
      return el(
        'div', { class: 'meta failed', role: 'alert' },
        icon('warn'), el('span', null, `${i18n.t('notSent')}: ${this.#why(row.item)}`),
        el('button', { type: 'button', class: 'quiet', onclick: () => retry(clientID) }, i18n.t('again')),
        el('button', { type: 'button', class: 'quiet', onclick: () => discard(clientID) }, i18n.t('remove')),
      );
    }
    const time = el('time', { datetime: new Date(row.at).toISOString() }, i18n.time(row.at));
    if (!row.mine) return el('div', { class: 'meta' }, time);
    const words = i18n.t(/** @type {any} */ (state));
    const late = state === 'sending' ? ' late' : '';
    return el('div', { class: 'meta' }, state === 'waiting' || state === 'sending' ? null : time, el('span', { class: `state${late}` }, icon(state), words));
  }

  /** @param {BubbleRow} row */
  #state({ event, item }) {
    const { talk } = this.#options;
    if (event) return talk.log?.seenBy(event.seq, 'member') ?? 'sent';
    if (item?.state === 'failed' || item?.state === 'sent') return item.state;
    return item?.state === 'queued' && talk.banner === 'offline' ? 'waiting' : 'sending';
  }

  /** @param {import('#/js/lib/outbox.js').Item} item */
  #why({ reason = '' }) {
    const { i18n } = this.#options;
    const code = reason.replace(/^desk\./, '');
    return i18n.has(`why.${code}`) ? i18n.t(/** @type {any} */ (`why.${code}`)) : i18n.t('why.other', { code });
  }
}
