/** The texts of the gateway's places: known to the console once these are loaded. */
import { strings } from '#/js/gateway/strings/strings.js';
import { learn, words } from '#/js/models/words.js';

/** @typedef {keyof typeof strings | import('#/js/models/words.js').Key} Key */

learn(strings);

/** @param {Key} key @param {Record<string, string|number>} [values] */
export const t = (key, values) => words.t(key, values);
