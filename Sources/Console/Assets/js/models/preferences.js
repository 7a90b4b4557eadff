/**
 * Choices of this browser alone: theme, sound, notifications. The language belongs to the member; here is only the one spoken before sign-in.
 *
 * @typedef {import('#/js/lib/storage.js').Store} Store
 * @typedef {'system'|'light'|'dark'} Theme
 */
import { Emitter } from '#/js/lib/emitter.js';
import { isView } from '#/js/models/router.js';

const PREFIX = 'switchboard.preference.';

export class Preferences extends Emitter {
  #store;

  /** @param {Store} store */
  constructor(store) {
    super();
    this.#store = store;
  }

  /** @returns {Theme} */
  get theme() {
    const kept = this.#store.get(`${PREFIX}theme`);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  }

  set theme(theme) {
    this.#put('theme', theme === 'system' ? null : theme);
  }

  /** @returns {'en'|'zh'|null} */
  get language() {
    const kept = this.#store.get(`${PREFIX}language`);
    return kept === 'en' || kept === 'zh' ? kept : null;
  }

  set language(language) {
    this.#put('language', language);
  }

  /**
   * The list that was looked at last; at first the one in which nothing can be overlooked.
   * @returns {import('#/js/lib/feed.js').View}
   */
  get view() {
    const kept = this.#store.get(`${PREFIX}view`);
    return kept !== null && isView(kept) ? kept : 'all';
  }

  set view(view) {
    this.#store.set(`${PREFIX}view`, view);
  }

  get sound() {
    return this.#store.get(`${PREFIX}sound`) === 'on';
  }

  set sound(on) {
    this.#put('sound', on ? 'on' : null);
  }

  get notifications() {
    return this.#store.get(`${PREFIX}notifications`) === 'on';
  }

  set notifications(on) {
    this.#put('notifications', on ? 'on' : null);
  }

  /** The customer's panel beside the conversation. */
  get details() {
    return this.#store.get(`${PREFIX}details`) !== 'closed';
  }

  set details(open) {
    this.#put('details', open ? null : 'closed');
  }

  /** @param {string} name @param {string|null} value */
  #put(name, value) {
    if (value === null) this.#store.remove(PREFIX + name);
    else this.#store.set(PREFIX + name, value);
    this.emit('change', name);
  }
}
