/** What an axis says: a round number at or above the greatest value, and the marks below it. */

/**
 * @param {number} greatest
 * @returns {number} 1, 2 or 5 times a power of ten; 1 where there is nothing
 */
export function roundUp(greatest) {
  if (!(greatest > 0) || !Number.isFinite(greatest)) return 1;
  const power = 10 ** Math.floor(Math.log10(greatest));
  for (const step of [1, 2, 5, 10]) if (greatest <= step * power * (1 + 1e-9)) return step * power;
  return 10 * power;
}

/**
 * Runs of known values; between them nothing was heard, and a line must not pretend.
 * @param {readonly (number|null)[]} values
 * @returns {{from: number, values: number[]}[]}
 */
export function runs(values) {
  /** @type {{from: number, values: number[]}[]} */
  const found = [];
  values.forEach((value, index) => {
    if (value === null) return;
    const last = found.at(-1);
    if (last && last.from + last.values.length === index) last.values.push(value);
    else found.push({ from: index, values: [value] });
  });
  return found;
}
