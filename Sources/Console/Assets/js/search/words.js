/** The texts of the search: known to the console once these are loaded. */
import { learn, words } from '#/js/models/words.js';
import { strings } from '#/js/search/strings.js';

/** @typedef {keyof typeof strings | import('#/js/models/words.js').Key} Key */

learn(strings);

/** @param {Key} key @param {Record<string, string|number>} [values] */
export const t = (key, values) => words.t(key, values);
