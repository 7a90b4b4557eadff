/**
 * How people without a picture are told apart: a name, initials and a colour that stay the same for the same id.
 */

/** @param {string} id @returns {string} the last four letters, which are chance in a ULID */
export const visitorCode = (id) => id.slice(-4).toUpperCase();

/**
 * Initials: two letters of a Western name, the last two characters of a Chinese one (the given name), one for a single word.
 * @param {string} name
 */
export function initials(name) {
  const words = name.trim().split(/[\s\u3000]+/).filter(Boolean);
  const first = [...(words[0] ?? '')];
  if (/^[\u3400-\u9fff\uf900-\ufaff]/.test(words[0] ?? '')) return first.slice(-2).join('');
  const last = words.length > 1 ? [...(words.at(-1) ?? '')] : [];
  return ((first[0] ?? '') + (last[0] ?? '')).toUpperCase();
}

/**
 * A hue for an id: spread over the circle in 12 steps, so that neighbours differ.
 * @param {string} id
 */
export function hueOf(id) {
  let hash = 7;
  for (const letter of id) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return (hash % 12) * 30 + 10;
}

/**
 * Black or white, whichever reads better on a shop's colour (WCAG relative luminance).
 * @param {string} colour #rrggbb
 */
export function inkOn(colour) {
  return contrast(colour, '#ffffff') >= contrast(colour, '#181b21') ? '#ffffff' : '#181b21';
}

/** @param {string} one #rrggbb @param {string} other #rrggbb @returns {number} 1 to 21 */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

/** @param {string} colour */
function luminance(colour) {
  const channel = (/** @type {number} */ at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

/** @param {unknown} text */
export const isColour = (text) => typeof text === 'string' && /^#[0-9a-f]{6}$/i.test(text);
