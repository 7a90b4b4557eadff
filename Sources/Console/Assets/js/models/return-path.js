/**
 * Where to go back to after signing in again; kept for this tab only, and only the console's own places count.
 *
 * @typedef {import('#/js/lib/storage.js').Store} Store
 */
import { safeReturn } from '#/js/models/router.js';

const KEY = 'switchboard.return';

export class ReturnPath {
  #store;

  /** @param {Store} store of the tab */
  constructor(store) {
    this.#store = store;
  }

  /** @param {string} path */
  keep(path) {
    this.#store.set(KEY, path);
  }

  forget() {
    this.#store.remove(KEY);
  }

  /** @returns {string} once; then it is forgotten */
  take() {
    const path = safeReturn(this.#store.get(KEY));
    this.forget();
    return path;
  }
}
