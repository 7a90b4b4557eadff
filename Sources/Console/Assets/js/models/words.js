/**
 * The language that the console speaks now. `t` and `words` always mean the present one; `speak` changes it.
 */
import { I18n, chooseLanguage } from '#/js/lib/i18n.js';
import { strings } from '#/js/strings/strings.js';

/** @typedef {keyof typeof strings} Key */
/** @typedef {import('#/js/lib/i18n.js').Language} Language */

/** @type {import('#/js/lib/i18n.js').Catalogue} */
const known = { ...strings };

export let words = new I18n(known);

/**
 * Texts of a place that is loaded only when somebody opens it.
 * @param {import('#/js/lib/i18n.js').Catalogue} more
 */
export const learn = (more) => void Object.assign(known, more);

/** @param {Language} language @param {readonly string[]} [preferred] `navigator.languages`: in whose region dates and numbers are written */
export function speak(language, preferred = []) {
  words = new I18n(known, { language, preferred });
  formats = formatsOf(words.locale);
}

/**
 * Formatters are slow to make, and lists need many.
 * @param {string} locale
 */
const formatsOf = (locale) => ({
  minutes: new Intl.NumberFormat(locale, { style: 'unit', unit: 'minute', unitDisplay: 'short' }),
  relative: new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }),
});

let formats = formatsOf(words.locale);

/** @param {string|null} wanted @param {readonly string[]} preferred */
export const languageFor = (wanted, preferred) => chooseLanguage(wanted, preferred);

/** @param {Key} key @param {Record<string, string|number>} [values] */
export const t = (key, values) => words.t(key, values);

/**
 * A text whose key is put together at run time, or undefined.
 * @param {string} key
 * @param {Record<string, string|number>} [values]
 */
export const maybe = (key, values) => (words.has(key) ? words.t(/** @type {Key} */ (key), values) : undefined);

/**
 * How long ago, for lists: "now", "5 min", then what the calendar says.
 * @param {number} at
 * @param {number} [now]
 */
export function since(at, now = Date.now()) {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return t('when.now');
  if (minutes < 60) return formats.minutes.format(minutes);
  return words.ago(at);
}

/**
 * In a sentence: "5 minutes ago", "yesterday".
 * @param {number} at
 * @param {number} [now]
 */
export function ago(at, now = Date.now()) {
  const minutes = Math.max(0, Math.round((now - at) / 60_000));
  if (minutes < 1) return t('when.now');
  if (minutes < 60) return formats.relative.format(-minutes, 'minute');
  if (minutes < 24 * 60) return formats.relative.format(-Math.round(minutes / 60), 'hour');
  return minutes < 7 * 24 * 60 ? formats.relative.format(-Math.round(minutes / (24 * 60)), 'day') : words.date(at);
}

/**
 * A customer's name, or a friendly one that stays the same.
 * @param {{id: string, name?: string|null}} customer
 * @param {(id: string) => string} code
 */
export const customerName = (customer, code) => customer.name?.trim() || t('customer.visitor', { code: code(customer.id) });
