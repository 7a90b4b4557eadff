/**
 * ULIDs: 48 bits of milliseconds, 80 bits of chance, as 26 letters that sort by time.
 *
 *   const ids = new ULIDSource();           // { now, fill } may be handed in
 *   ids.next()                              // "01JD…": always greater than the one before from this source
 *   ids.next(lastOne)                       // … and greater than `lastOne`, e.g. the outbox' newest after a clock went back
 *   isULID(text), timeOf(ulid)
 */

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const MAX_TIME = 2 ** 48 - 1;

export class ULIDSource {
  #now;
  #fill;
  #last = '';

  /** @param {{now?: () => number, fill?: (bytes: Uint8Array) => Uint8Array}} options */
  constructor({ now = Date.now, fill = (bytes) => crypto.getRandomValues(bytes) } = {}) {
    this.#now = now;
    this.#fill = fill;
  }

  /** @param {string} [after] */
  next(after = '') {
    const floor = after > this.#last ? after : this.#last;
    const fresh = encodeTime(this.#now()) + this.#chance();
    this.#last = fresh > floor ? fresh : successor(floor);
    return this.#last;
  }

  #chance() {
    let text = '';
    for (const byte of this.#fill(new Uint8Array(16))) text += LETTERS[byte & 31];
    return text;
  }
}

/** @param {number} time */
function encodeTime(time) {
  let rest = Math.min(Math.max(0, Math.floor(time)), MAX_TIME);
  let text = '';
  for (let index = 0; index < 10; index += 1) {
    text = LETTERS[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/**
 * The next greater one: counts up from the right, as a number of base 32.
 * @param {string} ulid
 */
function successor(ulid) {
  const digits = [...ulid];
  for (let index = digits.length - 1; index >= 0; index -= 1) {
    const value = LETTERS.indexOf(digits[index] ?? '0');
    if (value < 31) {
      digits[index] = LETTERS[value + 1] ?? 'Z';
      return digits.join('');
    }
    digits[index] = '0';
  }
  return digits.join('');
}

/** @param {unknown} text */
export const isULID = (text) => typeof text === 'string' && /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text);

/**
 * Milliseconds since 1970.
 * @param {string} ulid
 */
export const timeOf = (ulid) => [...ulid.slice(0, 10)].reduce((sum, letter) => sum * 32 + LETTERS.indexOf(letter), 0);
