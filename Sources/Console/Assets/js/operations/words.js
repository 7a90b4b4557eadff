/** The texts of operations: known to the console once these are loaded. */
import { strings } from '#/js/operations/strings.js';
import { learn, words } from '#/js/models/words.js';

/** @typedef {keyof typeof strings | import('#/js/models/words.js').Key} Key */

learn(strings);

/** @param {Key} key @param {Record<string, string|number>} [values] */
export const t = (key, values) => words.t(key, values);

/**
 * A span of time in its largest unit: "3 hours".
 * @param {number} ms
 */
export function lapse(ms) {
  if (ms < 1000) return t('lapse.ms', { value: words.number(Math.max(0, Math.round(ms))) });
  const seconds = Math.floor(ms / 1000);
  if (seconds < 90) return t('lapse.seconds', { count: seconds });
  if (seconds < 90 * 60) return t('lapse.minutes', { count: Math.round(seconds / 60) });
  if (seconds < 36 * 3600) return t('lapse.hours', { count: Math.round(seconds / 3600) });
  return t('lapse.days', { count: Math.floor(seconds / 86_400) });
}
