/** What stands under the hits, drawn: skeletons of their size, an honest failure, what was looked for in vain, and what there is to do. */
import { button, empty, retryPart } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { sentence } from '#/js/models/problems.js';
import { t } from '#/js/search/words.js';

/** @typedef {import('#/js/search/models/rest.js').Rest} Rest */
/** @typedef {{query: string, shop: string|undefined, problem: unknown, again: () => void, further: () => void, everyShop: () => void}} Facts shop: the name of the only one */

/** @param {Rest} kind @param {Facts} facts @returns {Node[]} */
export function underHits(kind, facts) {
  const { query, problem } = facts;
  const again = () => retryPart()(facts.again);
  const further = () => button(t('search.further'), { onclick: facts.further });
  switch (kind) {
    case 'empty': return [empty({ icon: 'search', title: t('search.empty.title'), text: t('search.empty.text') })];
    case 'unfit': return [empty({ icon: 'search', title: t('search.unfit.title'), text: t('search.unfit.text') })];
    case 'loading': return skeletons(8);
    case 'more': return skeletons(1);
    case 'failed': return [empty({ icon: 'alert', title: t('search.failed'), text: sentence(problem), act: again() })];
    case 'offline': return [empty({ icon: 'alert', title: t('search.offline.title'), text: t('search.offline.text'), act: again() })];
    case 'moreFailed': return [note(`${t('search.failed.more')}. ${sentence(problem)}`, again())];
    case 'further': return [note(t('search.further.text'), further())];
    case 'nothingYet': return [empty({ icon: 'search', title: t('search.nothingYet.title', { query }), text: t('search.nothingYet.text'), act: further() })];
    case 'nothing': return [nothing(facts)];
    case 'none': return [];
  }
}

/** @param {Facts} facts */
function nothing({ query, shop, everyShop }) {
  const title = shop ? t('search.nothing.inShop', { query, shop }) : t('search.nothing.title', { query });
  return empty({ icon: 'search', title, text: t('search.nothing.text'), act: shop ? button(t('search.everyShop'), { onclick: everyShop }) : null });
}

/** @param {string} said @param {Node} act */
const note = (said, act) => el('div', { class: 'search-note' }, el('p', null, said), act);

/** @param {number} count */
const skeletons = (count) => Array.from({ length: count }, () => {
  const bar = () => el('span', { class: 'skeleton' });
  return el('div', { class: 'row-skeleton', 'aria-hidden': 'true' }, bar(), bar(), bar(), bar());
});
