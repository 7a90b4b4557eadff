/**
 * The order in which nodes are asked: groups of ids, first group first; inside a group the load is shared. All functions answer new groups and
 * leave what they were given; an id that is unknown changes nothing.
 *
 *   groupsOf(nodes) → [['a'], ['b', 'c']] · moved(groups, 'c', -1) · joined(groups, 'a', 'b') · placed(groups, 'a', 1)
 *
 * @typedef {string[][]} Groups
 */

/** @param {readonly {id: string, priority: number}[]} nodes in routing order @returns {Groups} */
export function groupsOf(nodes) {
  /** @type {Map<number, string[]>} */
  const groups = new Map();
  for (const { id, priority } of nodes) groups.set(priority, [...(groups.get(priority) ?? []), id]);
  return [...groups.entries()].sort(([one], [other]) => one - other).map(([, ids]) => ids);
}

/**
 * One step up or down: out of a shared group to a place of its own beside it, past a neighbour when it stands alone.
 * @param {Groups} groups
 * @param {string} id
 * @param {-1|1} step
 * @returns {Groups}
 */
export function moved(groups, id, step) {
  const at = placeOf(groups, id);
  if (at < 0) return groups;
  const isAlone = groups[at]?.length === 1;
  if (isAlone && (at + step < 0 || at + step >= groups.length)) return groups;
  // Positions are those of the groups without this one where it stood alone.
  if (isAlone) return placed(groups, id, step < 0 ? at - 1 : at + 2);
  return placed(groups, id, step < 0 ? at : at + 1);
}

/**
 * Into the group of another.
 * @param {Groups} groups
 * @param {string} id
 * @param {string} other
 * @returns {Groups}
 */
export function joined(groups, id, other) {
  if (id === other || placeOf(groups, id) < 0 || placeOf(groups, other) < 0 || placeOf(groups, id) === placeOf(groups, other)) return groups;
  return without(groups, id).map((ids) => (ids.includes(other) ? [...ids, id] : ids)).filter((ids) => ids.length > 0);
}

/**
 * A group of its own before the group that is at `index` now; `groups.length` is the end.
 * @param {Groups} groups
 * @param {string} id
 * @param {number} index
 * @returns {Groups}
 */
export function placed(groups, id, index) {
  if (placeOf(groups, id) < 0) return groups;
  const left = without(groups, id);
  const place = Math.max(0, Math.min(index, groups.length));
  return [...left.slice(0, place), [id], ...left.slice(place)].filter((ids) => ids.length > 0);
}

/** @param {Groups} groups @param {string} id from 0; -1: nowhere */
export const placeOf = (groups, id) => groups.findIndex((ids) => ids.includes(id));

/** @param {Groups} one @param {Groups} other */
export const sameOrder = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * Where a pointer over a row would put the dragged one: the upper and lower quarter are between rows, the middle is the row's own group.
 * @param {number} y
 * @param {{top: number, bottom: number}} row
 * @returns {'before'|'into'|'after'}
 */
export function dropOf(y, { top, bottom }) {
  const share = (y - top) / Math.max(1, bottom - top);
  if (share < 0.25) return 'before';
  return share > 0.75 ? 'after' : 'into';
}

/**
 * @param {Groups} groups
 * @param {string} id
 * @param {string} other the row under the pointer
 * @param {'before'|'into'|'after'} where
 * @returns {Groups}
 */
export function dropped(groups, id, other, where) {
  const at = placeOf(groups, other);
  if (at < 0 || (id === other && where === 'into')) return groups;
  if (where === 'into') return joined(groups, id, other);
  const ids = groups[at] ?? [];
  // Between two rows of one group there is no place of one's own: it is that group.
  const inside = where === 'before' ? ids.indexOf(other) > 0 : ids.indexOf(other) < ids.length - 1;
  if (inside && id !== other) return joined(groups, id, other);
  return id === other ? groups : placed(groups, id, where === 'before' ? at : at + 1);
}

/**
 * Keeps the place of the id's group, so that positions stay what they were.
 * @param {Groups} groups
 * @param {string} id
 * @returns {Groups}
 */
const without = (groups, id) => groups.map((ids) => ids.filter((one) => one !== id));
