/** Where the search begins: in the list's place, loaded when somebody looks for something. */
import { LazyDoor, loader } from '#/js/elements/lazy-door.js';

/** @typedef {import('#/js/models/router.js').Place} Place */
/** @typedef {{told: (place: Place) => void, leave: () => void, again: (id: string, at: number) => void}} Acts */

export const loadSearch = loader('search', () => import('#/js/search/search-view.js'));

export class SearchDoor extends LazyDoor {
  /** @param {import('#/js/console.js').Console} console @param {Acts} acts told: what is looked for now; again: what is open was pressed once more */
  constructor(console, acts) {
    super({ name: 'inbox.search', failed: 'inbox.searchFailed', make: async () => new (await loadSearch()).SearchView(console, acts) });
    this.className = 'search-door';
  }
}

customElements.define('sb-search-door', SearchDoor);
