/**
 * For tests: what a catalogue lacks.
 *
 * @typedef {import('#/js/lib/i18n.js').Catalogue} Catalogue
 * @typedef {import('#/js/lib/i18n.js').Phrase} Phrase
 */

/**
 * Keys whose text is missing or empty in a language, or whose holes differ between the two.
 * @param {Catalogue} strings
 * @returns {string[]}
 */
export function missing(strings) {
  return Object.entries(strings).flatMap(([key, { en, zh }]) => {
    if (!complete(en)) return [`${key}: en`];
    if (!complete(zh)) return [`${key}: zh`];
    return holes(en) === holes(zh) ? [] : [`${key}: ${holes(en)} ≠ ${holes(zh)}`];
  });
}

/** @param {Phrase|undefined} phrase */
const forms = (phrase) => (typeof phrase === 'object' ? Object.values(phrase) : [phrase ?? '']);

/** @param {Phrase|undefined} phrase */
const complete = (phrase) => forms(phrase).every((form) => typeof form === 'string' && form.trim() !== '');

/** @param {Phrase} phrase */
const holes = (phrase) => [...new Set(forms(phrase).join(' ').match(/\{\w+\}/g) ?? [])].sort().join(' ');
