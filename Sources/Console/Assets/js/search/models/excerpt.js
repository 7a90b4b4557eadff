/**
 * Excerpts as pieces to draw. What the server says of marks is taken with care: pieces joined are always the text again.
 *
 * @typedef {{text: string, marked: boolean}} Piece
 */

/**
 * @param {string} text
 * @param {readonly (readonly [number, number])[]} marks UTF-16 units, `to` is not marked
 * @returns {Piece[]}
 */
export function piecesOf(text, marks) {
  /** @type {Piece[]} */
  const pieces = [];
  let end = 0;
  const add = (/** @type {number} */ to, /** @type {boolean} */ marked) => {
    if (to > end) pieces.push({ text: text.slice(end, to), marked });
    end = Math.max(end, to);
  };
  for (const [from, to] of [...marks].sort(([one], [other]) => one - other)) {
    if (!Number.isInteger(from) || !Number.isInteger(to)) continue;
    add(whole(text, Math.min(from, text.length)), false);
    add(whole(text, Math.min(to, text.length)), true);
  }
  add(text.length, false);
  return pieces;
}

/**
 * Not between the halves of a character.
 * @param {string} text
 * @param {number} index
 */
const whole = (text, index) => (/[\uDC00-\uDFFF]/.test(text.charAt(index)) && /[\uD800-\uDBFF]/.test(text.charAt(index - 1)) ? index + 1 : index);
