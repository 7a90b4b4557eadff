/**
 * The lists of conversations as they are shown: one view of one shop (or of all), loaded page by page, counted, kept fresh by the feed.
 *
 *   const inbox = new Inbox({ api, feed: () => client.feed, me });
 *   inbox.choose('unassigned', shopID); await inbox.load(); inbox.rows; await inbox.more(); inbox.counts; inbox.badge
 *   emits 'change' whenever something that is shown may differ
 *
 * @typedef {import('#/js/lib/feed.js').View} View
 * @typedef {import('#/js/lib/protocol.js').Row} Row
 * @typedef {import('#/js/api/api.js').Counts} Counts
 * @typedef {{cursor: string|null, horizon: number, done: boolean, loading: boolean, failed: unknown}} Pages
 */
import { Emitter } from '#/js/lib/emitter.js';

const NOTHING = { conversations: 0, unread: 0 };

export class Inbox extends Emitter {
  /** @type {View} */ view;
  shop = '';
  /** @type {Counts|null} */ #counted = null; // what the server last said
  /** @type {Map<string, Pages>} */ #pages = new Map();
  #begun = false;
  #api;
  #feed;
  #me;

  /** @param {{api: Pick<import('#/js/api/api.js').API, 'inbox'|'counts'>, feed: () => import('#/js/lib/feed.js').Feed, me: string, view?: View}} parts */
  constructor({ api, feed, me, view = 'mine' }) {
    super();
    this.#api = api;
    this.#feed = feed;
    this.#me = me;
    this.view = view;
  }

  /** @param {View} view @param {string} [shop] */
  choose(view, shop = this.shop) {
    if (view === this.view && shop === this.shop) return;
    this.view = view;
    this.shop = shop;
    this.emit('change');
  }

  /**
   * Rows in order, down to where the loaded pages reach: below that there could be gaps.
   * @returns {Row[]}
   */
  get rows() {
    const known = this.#feed().view(this.view, this.#me, this.shop || undefined);
    const pages = this.#pages.get(this.#key);
    return !pages || pages.done || pages.horizon === Infinity ? known : known.filter((row) => row.lastAt >= pages.horizon);
  }

  get isLoading() {
    const pages = this.#pages.get(this.#key);
    return !pages || pages.loading;
  }

  get isDone() {
    return this.#pages.get(this.#key)?.done ?? false;
  }

  get failure() {
    return this.#pages.get(this.#key)?.failed ?? null;
  }

  /** The first page, unless it is here already. Before the feed has begun (`restart`) a page would only be thrown away again. */
  async load() {
    if (this.#begun && !this.#pages.has(this.#key)) await this.more();
  }

  /** The next page of what is shown. Failures are kept for the page to show, not thrown. */
  async more() {
    const key = this.#key;
    const pages = this.#pages.get(key) ?? { cursor: null, horizon: Infinity, done: false, loading: false, failed: null };
    if (!this.#begun || pages.loading || pages.done) return;
    this.#pages.set(key, Object.assign(pages, { loading: true, failed: null }));
    this.emit('change');
    try {
      const page = await this.#api.inbox({ view: this.view, shop: this.shop, cursor: pages.cursor });
      this.#feed().page(page);
      Object.assign(pages, { cursor: page.next, done: page.next === null, horizon: page.items.at(-1)?.lastAt ?? pages.horizon });
    } catch (problem) {
      pages.failed = problem;
    } finally {
      pages.loading = false;
      this.emit('change');
    }
  }

  /** The feed began (anew): every page must come. */
  async restart() {
    this.#begun = true;
    this.#pages.clear();
    this.emit('change');
    await Promise.all([this.load(), this.count()]);
  }

  async count() {
    try {
      this.#counted = await this.#api.counts();
      this.emit('change');
    } catch {
      // the last ones stay; the next change asks again
    }
  }

  /**
   * Of all shops; null: not known yet.
   * @returns {Counts|null}
   */
  get counts() {
    if (!this.#counted) return null;
    const here = this.#feed().counts(this.#me);
    const whole = here.all.conversations >= this.#counted.all.conversations;
    return whole ? { ...here, resolved: this.#counted.resolved } : this.#counted;
  }

  /**
   * Of the shop that is shown. The server counts all shops together: where that cannot be taken apart there is no number rather than a false one.
   * @returns {Counts|null}
   */
  get shownCounts() {
    const counts = this.counts;
    if (!this.shop || !counts) return counts;
    return counts === this.#counted
      ? null
      : { mine: this.#countOf('mine'), unassigned: this.#countOf('unassigned'), all: this.#countOf('all'), resolved: NOTHING };
  }

  /** What waits for this member: the number in the tab's title. */
  get badge() {
    const { mine, unassigned } = this.counts ?? { mine: NOTHING, unassigned: NOTHING };
    return mine.unread + unassigned.unread;
  }

  /** @param {View} view */
  #countOf(view) {
    const rows = this.#feed().view(view, this.#me, this.shop);
    return { conversations: rows.length, unread: rows.filter(({ id }) => this.#feed().unread(id) > 0).length };
  }

  get #key() {
    return `${this.view}.${this.shop}`;
  }
}
