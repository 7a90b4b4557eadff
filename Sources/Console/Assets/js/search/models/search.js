/**
 * What is looked for, and what was found so far. Whatever is asked last counts: requests of older words are given up, and an answer that comes
 * after all is dropped.
 *
 *   const search = new Search({ find, clock });
 *   search.type('refu')                      // asks after a pause in typing
 *   search.choose({ q, shop })               // asks at once, unless that is what it has; search.now(q): in any case
 *   search.more()                            // the next page; search.again() after a failure
 *   search.state: 'empty' (no words) | 'unfit' (words that cannot be looked for) | 'looking' | 'found' | 'failed'
 *   search.hits, .isStale (they are of the words before), .next, .isDry (the last page had none: one says whether to look further)
 *   emits 'change', and 'asked' when other words or another shop are looked for
 *
 * @typedef {import('#/js/search/api.js').Hit} Hit
 * @typedef {import('#/js/search/api.js').Found} Found
 * @typedef {import('#/js/search/api.js').Wish} Wish
 */
import { Alarm, systemClock } from '#/js/lib/clock.js';
import { Emitter } from '#/js/lib/emitter.js';
import { LONGEST_QUERY } from '#/js/models/router.js';

/** Milliseconds: who types on wants other words. */
export const PAUSE = 250;

/** @param {string} words as they were typed */
export const tidy = (words) => words.replace(/\s+/g, ' ').trim().slice(0, LONGEST_QUERY).trim();

/** @param {Hit} hit */
export const keyOf = ({ row, seq }) => `${row.id}.${seq}`;

export class Search extends Emitter {
  q = '';
  shop = '';
  /** @type {'empty'|'unfit'|'looking'|'found'|'failed'} */ state = 'empty';
  /** @type {Hit[]} */ hits = [];
  isStale = false;
  /** @type {string|null} */ next = null;
  isDry = false;
  isMore = false; // a further page is on its way
  /** @type {import('#/js/search/api.js').Building|null} */ building = null;
  /** @type {unknown} */ problem = null; // of the first page where nothing is shown, else of the further one
  #typed = '';
  #find;
  #alarm;
  #asking = new AbortController();

  /** @param {{find: (wish: Wish, signal: AbortSignal) => Promise<Found>, clock?: import('#/js/lib/clock.js').Clock}} parts */
  constructor({ find, clock = systemClock }) {
    super();
    this.#find = find;
    this.#alarm = new Alarm(clock, () => this.choose({ q: this.#typed }));
  }

  /** @param {string} words */
  type(words) {
    this.#typed = words;
    this.#alarm.cancel();
    if (tidy(words) === '') this.choose({ q: '' });
    else this.#alarm.set(PAUSE);
  }

  /**
   * What is being typed goes on, unless there are other words.
   * @param {{q?: string, shop?: string}} wish
   */
  choose({ q = this.q, shop = this.shop }) {
    const others = tidy(q) !== this.q;
    if (others) this.#alarm.cancel();
    if (others || shop !== this.shop) this.#ask(tidy(q), shop);
  }

  /** @param {string} q */
  now(q) {
    this.#alarm.cancel();
    this.#ask(tidy(q), this.shop);
  }

  again() {
    if (this.state === 'failed') this.#ask(this.q, this.shop);
    else void this.more();
  }

  /** The next page. What fails is kept to be shown, not thrown. */
  async more() {
    if (this.state !== 'found' || this.next === null || this.isMore || this.isStale) return;
    const { signal } = this.#asking;
    Object.assign(this, { isMore: true, problem: null });
    this.emit('change');
    try {
      const page = await this.#find({ q: this.q, shop: this.shop, cursor: this.next }, signal);
      if (!signal.aborted) this.#append(page);
    } catch (problem) {
      if (!signal.aborted) this.problem = problem;
    }
    if (signal.aborted) return;
    this.isMore = false;
    this.emit('change');
  }

  /** @param {string} q @param {string} shop */
  #ask(q, shop) {
    const others = q !== this.q || shop !== this.shop;
    this.#asking.abort();
    this.#asking = new AbortController();
    Object.assign(this, { q, shop, problem: null, isMore: false, isDry: false });
    const fit = /[\p{L}\p{N}]/u.test(q);
    if (!fit) this.#show(q === '' ? 'empty' : 'unfit');
    else this.#begin();
    if (others) this.emit('asked');
    this.emit('change');
    if (fit) void this.#first(this.#asking.signal);
  }

  /** What is there stays until there is something better: nothing flickers while one types. */
  #begin() {
    if (this.hits.length > 0) this.isStale = true;
    else this.#show('looking');
  }

  /** @param {'empty'|'unfit'|'looking'|'failed'} state without anything found */
  #show(state) {
    Object.assign(this, { state, hits: [], isStale: false, next: null });
    if (state !== 'looking') this.building = null;
  }

  /** @param {AbortSignal} signal */
  async #first(signal) {
    try {
      const page = await this.#find({ q: this.q, shop: this.shop, cursor: null }, signal);
      if (signal.aborted) return;
      Object.assign(this, { state: 'found', hits: [], isStale: false });
      this.#append(page);
    } catch (problem) {
      if (signal.aborted) return;
      this.#show(isUnfit(problem) ? 'unfit' : 'failed');
      this.problem = problem;
    }
    this.emit('change');
  }

  /** @param {Found} page */
  #append({ items, next, building }) {
    const known = new Set(this.hits.map(keyOf));
    const fresh = items.filter((hit) => !known.has(keyOf(hit)) && known.add(keyOf(hit)));
    this.hits = [...this.hits, ...fresh];
    Object.assign(this, { next, building, isDry: next !== null && fresh.length === 0 });
  }
}

/**
 * The server found nothing in it to look for.
 * @param {any} problem
 */
const isUnfit = (problem) => problem?.status === 422 && problem.code === 'desk.field_invalid';
