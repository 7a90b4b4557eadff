/**
 * What a page shows, in the address behind `#`: so it survives a reload, can be sent to somebody, and "back" leads to it.
 *
 *   readAddress('#period=7&by=model') → { period: '7', by: 'model' } · addressOf({ period: '7', by: '' }) → '#period=7'
 */

/** Longer ones are not ours. */
const LONGEST = 2000;

/** @param {string} hash @returns {Record<string, string|undefined>} */
export function readAddress(hash) {
  if (hash.length > LONGEST) return {};
  return Object.assign(Object.create(null), Object.fromEntries(new URLSearchParams(hash.replace(/^#/, ''))));
}

/** @param {Record<string, string|null|undefined>} values */
export function addressOf(values) {
  const pairs = Object.entries(values).flatMap(([name, value]) => (value ? [/** @type {[string, string]} */ ([name, value])] : []));
  return pairs.length > 0 ? `#${new URLSearchParams(pairs)}` : '';
}
