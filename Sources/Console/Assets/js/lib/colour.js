/**
 * A shop chooses any colour; words on it and in it must stay readable (WCAG 2: 4.5 : 1).
 *
 *   inkOn('#ffcc00') → '#000000' | '#ffffff'         // black or white: one of the two always reaches 4.5
 *   readable('#ffcc00', '#ffffff') → '#856a00'       // the colour itself, darker or lighter until it is readable on that ground
 *   contrast(one, other) → 1 … 21 · isColour(text)
 */

/** @param {unknown} text */
export const isColour = (text) => typeof text === 'string' && /^#[0-9a-f]{6}$/i.test(text);

/** @param {string} colour @returns {number[]} red, green, blue, 0 … 255 */
const parts = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/** @param {number[]} channels */
const written = (channels) => `#${channels.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;

/** @param {string} colour */
function luminance(colour) {
  const [red = 0, green = 0, blue = 0] = parts(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} one @param {string} other */
export function contrast(one, other) {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (high + 0.05) / (low + 0.05);
}

/** @param {string} colour */
export const inkOn = (colour) => (contrast(colour, '#ffffff') >= 4.5 ? '#ffffff' : '#000000');

/** @param {string} colour @param {string} ground @param {number} [wanted] */
export function readable(colour, ground, wanted = 4.5) {
  const goal = luminance(ground) > 0.18 ? 0 : 255;
  for (let share = 0; share < 1; share += 0.04) {
    const tried = written(parts(colour).map((value) => value + (goal - value) * share));
    if (contrast(tried, ground) >= wanted) return tried;
  }
  return goal === 0 ? '#000000' : '#ffffff';
}
