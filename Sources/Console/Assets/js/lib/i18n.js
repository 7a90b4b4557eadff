/**
 * One catalogue, two languages side by side, so that a missing one is seen where the other is written (and by `tsc`):
 *
 *   const strings = catalogue({
 *     hello: { en: 'Hello {name}', zh: '你好，{name}' },
 *     unread: { en: { one: '{count} unread message', other: '{count} unread messages' }, zh: { other: '{count} 条未读消息' } },
 *   });
 *   const i18n = new I18n(strings, { language: 'zh', preferred: navigator.languages });     // preferred: whose region writes dates and numbers
 *   i18n.t('hello', { name })       i18n.t('unread', { count: 3 })     // count chooses the plural and is written by Intl
 *   i18n.number(1234) .time(ms) .date(ms) .dateTime(ms) .day(ms) .ago(ms) .dayKey(ms)
 *   chooseLanguage('auto', navigator.languages)    // 'en' | 'zh'
 *   missing(strings), of i18n-missing.js            // what a test asserts to be []
 *
 * With `strict` (tests) an unknown key or a missing value throws; without it the key itself is shown: ugly, but nothing else breaks.
 *
 * @typedef {'en'|'zh'} Language
 * @typedef {string|{zero?: string, one?: string, other: string}} Phrase
 * @typedef {Record<string, {en: Phrase, zh: Phrase}>} Catalogue
 */

/** @type {Record<Language, string>} */
const LOCALES = { en: 'en', zh: 'zh-CN' };

/**
 * How dates and numbers are written: as in the reader's own region, where the browser names one of this language.
 * @param {Language} language
 * @param {readonly string[]} preferred `navigator.languages`
 */
export function localeOf(language, preferred) {
  const own = preferred.find((tag) => baseOf(tag) === language && tag.length > 2);
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(own ?? [])[0] ?? LOCALES[language];
  } catch {
    return LOCALES[language]; // a browser may be told to say anything
  }
}

/**
 * Says what it is, for the type checker, and keeps the keys.
 * @template {Catalogue} C
 * @param {C} strings
 * @returns {C}
 */
export const catalogue = (strings) => strings;

/**
 * @param {string|null|undefined} wanted a shop's or a member's choice: en, zh, auto
 * @param {readonly string[]} [preferred] `navigator.languages`
 * @returns {Language}
 */
export function chooseLanguage(wanted, preferred = []) {
  for (const tag of [wanted ?? 'auto', ...preferred]) {
    const base = baseOf(tag);
    if (base === 'zh' || base === 'en') return base;
  }
  return 'en';
}

/** @param {string} tag */
const baseOf = (tag) => tag.toLowerCase().split('-')[0];

/** @template {Catalogue} C */
export class I18n {
  #strings;
  #strict;
  #now;
  /** @type {Map<string, Intl.DateTimeFormat>} */
  #formats = new Map();

  /**
   * @param {C} strings
   * @param {{language?: Language, preferred?: readonly string[], strict?: boolean, now?: () => number, timeZone?: string}} options
   */
  constructor(strings, { language = 'en', preferred = [], strict = false, now = Date.now, timeZone } = {}) {
    this.#strings = strings;
    this.#strict = strict;
    this.#now = now;
    this.timeZone = timeZone;
    this.language = language;
    this.locale = localeOf(language, preferred);
    this.plurals = new Intl.PluralRules(language);
  }

  /**
   * @param {keyof C & string} key
   * @param {Record<string, string|number>} [values]
   * @returns {string}
   */
  t(key, values = {}) {
    const phrase = Object.hasOwn(this.#strings, key) ? this.#strings[key]?.[this.language] : undefined;
    const words = typeof phrase === 'object' ? this.#plural(phrase, values.count) : phrase;
    if (words === undefined) return this.#unknown(key, `no text "${key}" in ${this.language}`);
    return words.replace(/\{(\w+)\}/g, (hole, name) => {
      const value = values[name];
      if (value === undefined) return this.#unknown(hole, `text "${key}" needs "${name}"`);
      return typeof value === 'number' ? this.number(value) : value;
    });
  }

  /**
   * Whether there is such a text: for codes that a server may invent.
   * @param {string} key
   */
  has(key) {
    return Object.hasOwn(this.#strings, key);
  }

  /** @param {number} value */
  number(value) {
    return new Intl.NumberFormat(this.locale).format(value);
  }

  /**
   * 09:41
   * @param {number} ms
   */
  time(ms) {
    return this.#format(ms, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  }

  /**
   * 21 Nov 2026
   * @param {number} ms
   */
  date(ms) {
    return this.#format(ms, { dateStyle: 'medium' });
  }

  /** @param {number} ms */
  dateTime(ms) {
    return this.#format(ms, { dateStyle: 'medium', timeStyle: 'short' });
  }

  /**
   * A day for a separator: today, yesterday, a weekday of the last week, else the date.
   * @param {number} ms
   */
  day(ms) {
    const age = this.#daysSince(ms);
    if (age === 0 || age === 1) return capital(new Intl.RelativeTimeFormat(this.locale, { numeric: 'auto' }).format(-age, 'day'));
    if (age > 1 && age < 7) return this.#format(ms, { weekday: 'long' });
    return this.#format(ms, { dateStyle: 'long' });
  }

  /**
   * Short, for lists: the time today, the weekday this week, else the date.
   * @param {number} ms
   */
  ago(ms) {
    const age = this.#daysSince(ms);
    if (age === 0) return this.time(ms);
    return this.#format(ms, age > 0 && age < 7 ? { weekday: 'short' } : { month: 'short', day: 'numeric' });
  }

  /**
   * The calendar day of a moment, as a key: "2026-11-21".
   * @param {number} ms
   */
  dayKey(ms) {
    const parts = this.#formatter({ calendar: 'gregory', numberingSystem: 'latn', year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(ms);
    const part = (/** @type {string} */ type) => parts.find((one) => one.type === type)?.value ?? '';
    return `${part('year')}-${part('month')}-${part('day')}`;
  }

  /**
   * Whole calendar days between the moment and now.
   * @param {number} ms
   */
  #daysSince(ms) {
    return Math.round((Date.parse(this.dayKey(this.#now())) - Date.parse(this.dayKey(ms))) / 86_400_000);
  }

  /** @param {number} ms @param {Intl.DateTimeFormatOptions} options */
  #format(ms, options) {
    return this.#formatter(options).format(ms);
  }

  /**
   * Formatters are slow to make: one of each kind.
   * @param {Intl.DateTimeFormatOptions} options
   */
  #formatter(options) {
    const key = JSON.stringify(options);
    const format = this.#formats.get(key) ?? new Intl.DateTimeFormat(this.locale, { timeZone: this.timeZone, ...options });
    this.#formats.set(key, format);
    return format;
  }

  /** @param {{zero?: string, one?: string, other: string}} phrase @param {unknown} count */
  #plural(phrase, count) {
    if (typeof count !== 'number') return this.#strict ? undefined : phrase.other;
    if (count === 0 && phrase.zero !== undefined) return phrase.zero;
    return this.plurals.select(count) === 'one' && phrase.one !== undefined ? phrase.one : phrase.other;
  }

  /** @param {string} shown @param {string} problem @returns {string} */
  #unknown(shown, problem) {
    if (this.#strict) throw new Error(problem);
    return shown;
  }
}

/** @param {string} words */
const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
