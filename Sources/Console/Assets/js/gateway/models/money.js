/**
 * Money in nano-dollars (10⁻⁹ USD), as texts of integers on the wire and BigInt here: never a float, in which 0.1 + 0.2 is not 0.3.
 *
 *   nanoOf('1234500000') → 1234500000n · dollars(1234500000n, 'en') → "$1.2345" · parseDollars('12.50') → 12500000000n
 */

export const NANO = 1_000_000_000n;

/**
 * What the server sent; null where it is none (an unpriced request) or nonsense.
 * @param {unknown} text
 * @returns {bigint|null}
 */
export function nanoOf(text) {
  return typeof text === 'string' && /^-?\d{1,30}$/.test(text) ? BigInt(text) : null;
}

/** @param {Iterable<bigint|null>} amounts */
export function sum(amounts) {
  let total = 0n;
  for (const amount of amounts) total += amount ?? 0n;
  return total;
}

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * As people read it: cents from a dollar on, below that as many places as show three digits.
 * @param {bigint} nano
 * @param {string} locale
 * @param {number} [places] 0–9; left out: as many as the amount needs
 */
export function dollars(nano, locale, places = placesFor(nano)) {
  const size = nano < 0n ? -nano : nano;
  const unit = 10n ** BigInt(9 - places);
  const rounded = (size + unit / 2n) / unit;
  const scale = 10n ** BigInt(places);
  const fraction = places === 0 ? '' : String(rounded % scale).padStart(places, '0');
  const words = formatOf(locale, places).formatToParts(rounded / scale).map(({ type, value }) => (type === 'fraction' ? fraction : value)).join('');
  return nano < 0n && rounded > 0n ? `-${words}` : words;
}

/**
 * Without rounding.
 * @param {bigint} nano
 * @param {string} locale
 */
export function exactDollars(nano, locale) {
  const digits = String((nano < 0n ? -nano : nano) % NANO).padStart(9, '0').replace(/0+$/, '');
  return dollars(nano, locale, Math.max(2, digits.length));
}

/**
 * For columns that are narrow: cents, below a cent four places, and what is less than those show is "<$0.0001".
 * @param {bigint} nano
 * @param {string} locale
 */
export function roughDollars(nano, locale) {
  const size = nano < 0n ? -nano : nano;
  const smallest = NANO / 10_000n;
  if (size === 0n || size >= NANO / 100n) return dollars(nano, locale, 2);
  return size < smallest ? `<${dollars(smallest, locale, 4)}` : dollars(nano, locale, 4);
}

/** @param {bigint} nano */
function placesFor(nano) {
  const size = nano < 0n ? -nano : nano;
  if (size === 0n || size >= NANO) return 2;
  return Math.max(2, Math.min(9, 9 - String(size).length + 3));
}

/** @param {string} locale @param {number} places */
function formatOf(locale, places) {
  const key = `${locale} ${places}`;
  const options = {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  };
  const format = formats.get(key) ?? new Intl.NumberFormat(locale, options);
  formats.set(key, format);
  return format;
}

/**
 * What somebody typed: "12.5", "$1,200.00", "0.000001". Null when it is no amount, or finer than a nano-dollar.
 * @param {string} typed
 * @returns {bigint|null}
 */
export function parseDollars(typed) {
  const text = typed.trim().replace(/^(US)?\$\s*/i, '');
  const match = /^(\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) return null;
  return BigInt((match[1] ?? '0').replaceAll(',', '')) * NANO + BigInt((match[2] ?? '').padEnd(9, '0'));
}

/**
 * For a field: plain digits that `parseDollars` reads.
 * @param {string|null|undefined} nano
 */
export function typedDollars(nano) {
  const amount = nanoOf(nano);
  if (amount === null) return '';
  const fraction = String(amount % NANO).padStart(9, '0').replace(/0+$/, '');
  return `${amount / NANO}${fraction ? `.${fraction}` : ''}`;
}
