/**
 * Finding a place by a few letters: each typed word must occur; the start of a word counts most, then anywhere, then letters in order.
 */

/** @param {string} text */
const plain = (text) => text.normalize('NFKD').replace(/\p{Diacritic}/gu, '').toLowerCase();

/**
 * @param {string} query
 * @param {string} label
 * @returns {number} 0: does not fit; the higher the better
 */
export function score(query, label) {
  const target = plain(label);
  let total = 1;
  for (const word of plain(query).split(/\s+/).filter(Boolean)) {
    const points = wordScore(word, target);
    if (points === 0) return 0;
    total += points;
  }
  return total - Math.min(target.length, 200) / 1000;
}

/** @param {string} word @param {string} target */
function wordScore(word, target) {
  const at = target.indexOf(word);
  if (at === 0) return 100;
  if (at > 0) return /[\s\-·@./]/.test(target.charAt(at - 1)) ? 80 : 50;
  let from = 0;
  for (const letter of word) {
    const next = target.indexOf(letter, from);
    if (next < 0) return 0;
    from = next + 1;
  }
  return word.length > 1 ? 10 : 0;
}

/**
 * @template {{label: string, also?: string}} Choice
 * @param {string} query
 * @param {Choice[]} choices in the order that counts where the score is equal
 * @param {number} [limit]
 * @returns {Choice[]}
 */
export function findChoices(query, choices, limit = 50) {
  if (query.trim() === '') return choices.slice(0, limit);
  return choices
    .map((choice) => ({ choice, points: Math.max(score(query, choice.label), choice.also ? score(query, choice.also) * 0.9 : 0) }))
    .filter(({ points }) => points > 0)
    .sort((one, other) => other.points - one.points)
    .slice(0, limit)
    .map(({ choice }) => choice);
}
