/**
 * What stands under the hits: the shape of what is coming, what went wrong, what there is to do. The words belong to each kind.
 *
 * @typedef {import('#/js/search/models/search.js').Search} Search
 * @typedef {'empty'|'unfit'|'loading'|'failed'|'offline'|'nothing'|'nothingYet'|'more'|'moreFailed'|'further'|'none'} Rest
 */
import { Problem } from '#/js/lib/http.js';

/**
 * @param {Pick<Search, 'state'|'hits'|'next'|'isDry'|'isMore'|'problem'>} search
 * @param {{network: boolean}} facts network: false when the device itself says that it has none
 * @returns {Rest}
 */
export function restOf({ state, hits, next, isDry, isMore, problem }, { network }) {
  if (state === 'empty' || state === 'unfit') return state;
  if (state === 'looking') return 'loading';
  if (state === 'failed') return network ? 'failed' : 'offline';
  if (isMore) return 'more';
  if (problem) return 'moreFailed';
  if (next === null) return hits.length > 0 ? 'none' : 'nothing';
  if (isDry) return hits.length > 0 ? 'further' : 'nothingYet';
  return 'more';
}

/**
 * It may succeed by itself once the connection is back.
 * @param {unknown} problem
 */
export const mayHeal = (problem) => problem instanceof Problem && problem.isTransient;

/**
 * How much of the index is made, in whole per cent; never 100 while something is missing.
 * @param {{done: number, of: number}} building
 */
export const percentOf = ({ done, of }) => (of > 0 ? Math.max(0, Math.min(99, Math.floor((100 * done) / of))) : 0);
