/** The words of a conversation, drawn: days, bubbles in groups, notes, events as thin lines, the "new" line. It follows the end while one is there. */
import { drawTimelineRow, signOf } from '#/js/elements/timeline-rows.js';
import { keyed } from '#/js/elements/keyed.js';
import { button } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { timeline } from '#/js/lib/timeline.js';
import { PAGE, atEnd, newest, wantsOlder } from '#/js/models/scroll.js';
import { t, words } from '#/js/models/words.js';

/** @typedef {import('#/js/lib/conversation-log.js').ConversationLog} Log */
/** @typedef {import('#/js/lib/timeline.js').TimelineRow} TimelineRow */
/** @typedef {{log: Log, pending: import('#/js/lib/outbox.js').Item[], newAfter: number|null, customer: {id: string, name: string|null}, me: string, nameOf: (id: string) => string|undefined}} Scene */

/** Older ones that are drawn with a message that was looked for: one sees what it was about, and scrolling up has something to go to. */
const CONTEXT = 30;

/** Milliseconds that it stays marked. */
const MARKED = 4000;

export class MessageLog extends HTMLElement {
  #top = el('div', { class: 'log-start' });
  #rows = el('div', { class: 'log-rows' });
  #list = el('div', { class: 'log-list' }, this.#top, this.#rows);
  #latest = button(t('conversation.latest'), { class: 'to-latest', icon: 'toLatest', onclick: () => this.toEnd() });
  #acts;
  #size = PAGE;
  #sticks = true;
  #opened = false;
  #missed = 0;
  #loading = false;
  /** @type {string|null} */ #found = null; // the key of the message that was looked for, while it is marked
  /** @type {Scene|null} */ #scene = null;
  #observer = new ResizeObserver(() => this.#sticks && this.#opened && this.#jump());

  /** @param {{older: () => Promise<unknown>, atEnd: () => void, retry: (clientID: string) => void, discard: (clientID: string) => void, edit: (clientID: string) => void}} acts */
  constructor(acts) {
    super();
    this.#acts = acts;
    this.className = 'log';
    this.tabIndex = 0;
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', t('conversation.messages'));
  }

  /** Lies over the log's lower edge; the view places it. */
  get latestButton() {
    return this.#latest;
  }

  connectedCallback() {
    this.replaceChildren(this.#list);
    this.#latest.hidden = true;
    this.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#observer.observe(this);
  }

  disconnectedCallback() {
    this.#observer.disconnect();
  }

  get isAtEnd() {
    return this.#sticks;
  }

  /** @param {Scene} scene */
  show(scene) {
    this.#scene = scene;
    const events = newest(scene.log.events, this.#size);
    const rows = timeline({ events, pending: scene.pending, side: 'staff', dayKey: (at) => words.dayKey(at), newAfter: scene.newAfter });
    const place = this.#anchor();
    const focused = this.contains(document.activeElement);
    this.#drawTop(scene);
    keyed(
      this.#rows,
      rows,
      { key: (row) => row.key, sign: (row) => signOf(row, scene), make: (row) => drawTimelineRow(row, scene, this.#acts) },
    );
    this.#markFound();
    if (!this.#opened) this.#open();
    else if (this.#sticks) this.#jump();
    else this.#restore(place);
    if (focused && !this.contains(document.activeElement)) this.focus({ preventScroll: true }); // what was pressed is gone
  }

  /**
   * New words of others arrived.
   * @param {number} count
   */
  arrived(count) {
    if (this.#sticks) return;
    this.#missed += count;
    this.#drawLatest();
  }

  toEnd() {
    this.#sticks = true;
    this.#size = PAGE;
    if (this.#scene) this.show(this.#scene);
    this.#jump();
    this.#scrolled();
  }

  /**
   * Puts a message that is here into the middle, marks it for a moment and gives it the focus: keys go on from there.
   * @param {number} seq
   * @returns {boolean} whether it is here
   */
  find(seq) {
    const { log } = this.#scene ?? {};
    const index = log?.events.findIndex((event) => event.seq === seq) ?? -1;
    const event = log?.events[index];
    if (!log || !event || !this.#scene) return false;
    this.#size = Math.max(this.#size, log.events.length - index + CONTEXT);
    this.#opened = true;
    this.#sticks = false;
    this.#found = event.clientID ?? event.id;
    this.show(this.#scene);
    this.#toMiddle(this.#rowOf(this.#found));
    setTimeout(() => this.#unmark(event.clientID ?? event.id), MARKED);
    return true;
  }

  /** @param {HTMLElement|undefined} row */
  #toMiddle(row) {
    if (!row) return;
    const { top, height } = row.getBoundingClientRect();
    this.scrollTop += top - this.getBoundingClientRect().top - Math.max(0, (this.clientHeight - height) / 2);
    row.tabIndex = -1;
    if (!document.activeElement?.matches('input, textarea, select')) row.focus({ preventScroll: true }); // who types meanwhile goes on
    this.#scrolled();
  }

  /** @param {string} key */
  #unmark(key) {
    if (this.#found === key) this.#found = null;
    this.#markFound();
  }

  #markFound() {
    for (const row of this.#rows.querySelectorAll(':scope > [data-found]')) row.removeAttribute('data-found');
    if (this.#found) this.#rowOf(this.#found)?.setAttribute('data-found', '');
  }

  /** @param {string} key */
  #rowOf(key) {
    for (const row of this.#rows.children) if (row instanceof HTMLElement && row.dataset['key'] === key) return row;
    return undefined;
  }

  /** At first: the "new" line if it would be out of sight, else the end. */
  #open() {
    this.#opened = true;
    this.#jump();
    const line = this.#rows.querySelector('.divider');
    if (!(line instanceof HTMLElement)) return;
    const above = line.getBoundingClientRect().top - this.getBoundingClientRect().top;
    if (above < 0) this.scrollTop += above - this.clientHeight / 5;
    this.#sticks = atEnd(this);
    this.#drawLatest();
  }

  #jump() {
    this.scrollTop = this.scrollHeight;
  }

  #scrolled() {
    this.#sticks = atEnd(this);
    if (this.#sticks) {
      this.#missed = 0;
      this.#acts.atEnd();
    }
    this.#drawLatest();
    void this.#older();
  }

  /** First what is in memory, then the next page of the server's. */
  async #older() {
    const scene = this.#scene;
    if (!scene || this.#loading || !wantsOlder(this, this.#hasOlder(scene))) return;
    this.#loading = true;
    const before = scene.log.events.length + this.#size;
    try {
      if (scene.log.events.length <= this.#size) await this.#acts.older();
      this.#size += PAGE;
      delete this.#top.dataset['failed'];
    } catch {
      this.#top.dataset['failed'] = 'true';
    } finally {
      this.#loading = false;
      if (this.#scene) this.show(this.#scene);
    }
    if (!this.#top.dataset['failed'] && scene.log.events.length + this.#size > before) requestAnimationFrame(() => void this.#older());
  }

  /** @param {Scene} scene */
  #hasOlder({ log }) {
    return log.events.length > this.#size || log.before !== null;
  }

  /** @param {Scene} scene */
  #drawTop(scene) {
    if (this.#top.dataset['failed']) {
      this.#top.replaceChildren(
        t('conversation.olderFailed'),
        ' ',
        el(
          'button',
          { class: 'link-button', type: 'button', onclick: () => (delete this.#top.dataset['failed'], void this.#older()) },
          t('act.retry'),
        ),
      );
      return;
    }
    const said = this.#hasOlder(scene) ? t('conversation.older') : t('conversation.start');
    if (this.#top.textContent !== said) this.#top.textContent = said;
  }

  #drawLatest() {
    this.#latest.hidden = this.#sticks;
    const said = this.#missed > 0 ? t('conversation.latestNew', { count: this.#missed }) : t('conversation.latest');
    const label = this.#latest.querySelector('span');
    if (label && label.textContent !== said) label.textContent = said;
  }

  /** The first words in view and where they stand: there they shall stand afterwards, whatever grew above. Separators move by themselves. */
  #anchor() {
    const edge = this.getBoundingClientRect().top;
    for (const row of this.#rows.querySelectorAll(':scope > .message, :scope > .event')) {
      const { top, bottom } = row.getBoundingClientRect();
      if (bottom > edge) return { key: /** @type {HTMLElement} */ (row).dataset['key'], top };
    }
    return null;
  }

  /** @param {{key: string|undefined, top: number}|null} place */
  #restore(place) {
    const row = place?.key ? this.#rowOf(place.key) : undefined;
    if (row && place) this.scrollTop += row.getBoundingClientRect().top - place.top;
  }
}

customElements.define('sb-log', MessageLog);
