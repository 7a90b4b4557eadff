/**
 * What the list's pane shows: the search, or a list. Beside a conversation stays what it was opened from; the history's entry keeps which that
 * was, so that it is also there after going back and forth, and after a reload.
 *
 * @typedef {import('#/js/models/router.js').Place} Place
 */
import { placeOf } from '#/js/models/router.js';

/**
 * @param {Place} place where one is
 * @param {unknown} kept what the history's entry says: an address, or nothing yet
 * @param {Place|null} shown the search that is shown now
 * @returns {Place|null} the search that is to be shown; null: a list
 */
export function searchBeside(place, kept, shown) {
  if (place.name === 'search') return place;
  if (place.name !== 'conversation') return null;
  if (typeof kept !== 'string') return shown;
  const list = placeOf(kept);
  return list.name === 'search' ? list : null;
}
