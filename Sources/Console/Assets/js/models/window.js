/**
 * Which rows of a long list are drawn, and how far to scroll so that nothing jumps. Rows are all equally high.
 */

/** As in css/inbox.css. */
export const ROW = 72;

/**
 * @param {{top: number, height: number, count: number, spare?: number}} view pixels of scroll and of the box; rows above and below as reserve
 * @returns {{from: number, to: number}} `to` is not drawn
 */
export function visibleRows({ top, height, count, spare = 6 }) {
  const from = Math.max(0, Math.floor(top / ROW) - spare);
  const to = Math.min(count, Math.ceil((top + height) / ROW) + spare);
  return { from: Math.min(from, to), to };
}

/**
 * The scroll position at which the first visible row that is still there stays where it was. At the very top the newest may push in.
 * @param {{top: number, before: string[], after: string[]}} change ids in order
 */
export function keepPlace({ top, before, after }) {
  if (top < ROW / 2) return 0;
  const places = new Map(after.map((id, index) => [id, index]));
  for (let index = Math.floor(top / ROW); index < before.length; index += 1) {
    const now = places.get(before[index] ?? '');
    if (now !== undefined) return Math.max(0, top + (now - index) * ROW);
  }
  return top;
}

/**
 * The scroll position that shows row `index` whole, moving as little as possible.
 * @param {{top: number, height: number, index: number}} view
 */
export function scrollTo({ top, height, index }) {
  if (index * ROW < top) return index * ROW;
  return Math.max(top, (index + 1) * ROW - height);
}
