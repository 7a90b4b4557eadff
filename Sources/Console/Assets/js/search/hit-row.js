/** One hit: whose conversation, who said it and when, and the words around what was found. Nothing of it becomes markup. */
import { avatar, nameOf, picture, shopDot } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';
import { shortCount } from '#/js/models/titles.js';
import { since, words } from '#/js/models/words.js';
import { piecesOf } from '#/js/search/models/excerpt.js';
import { keyOf } from '#/js/search/models/search.js';
import { t } from '#/js/search/words.js';

/** @typedef {import('#/js/search/api.js').Hit} Hit */
/** @typedef {import('#/js/console.js').Console} Console */
/** @typedef {ReturnType<typeof factsOf>} Facts */

/**
 * Everything that a row shows. What changes by itself (the name, whether it is resolved, what is unread) is as the feed says now.
 * @param {Hit} hit
 * @param {Console} console
 */
export function factsOf(hit, { desk }) {
  const row = desk?.client.feed.row(hit.row.id) ?? hit.row;
  const several = (desk?.team.shops.size ?? 0) > 1;
  const shop = several ? desk?.team.shops.get(row.shop) : undefined;
  return {
    key: keyOf(hit),
    href: pathTo({ name: 'conversation', id: row.id, at: hit.seq }),
    customer: row.customer,
    shop: shop ? { name: shop.name, colour: shop.colour } : null,
    kind: hit.kind,
    who: whoOf(hit, desk?.team),
    at: hit.at,
    when: since(hit.at),
    excerpt: hit.excerpt,
    resolved: row.status === 'resolved',
    unread: desk?.client.feed.unread(row.id) ?? 0,
    language: words.language,
  };
}

/** @param {Hit} hit @param {import('#/js/models/team.js').Team|undefined} team */
function whoOf({ kind, by, row }, team) {
  if (kind === 'customer') return t('search.customer');
  const own = by?.type === 'member' && by.id === team?.me.id;
  const name = by?.type === 'member' ? team?.members.get(by.id ?? '')?.name ?? by.name ?? t('event.somebody') : nameOf(row.customer);
  if (kind === 'note') return own ? t('search.noteOwn') : t('search.note', { name });
  return own ? t('conversation.you') : name;
}

/** @param {Facts} facts */
export function hitRow(facts) {
  const { customer, kind, who, at, when, key, href } = facts;
  const drawing = kind === 'note' ? 'note' : kind === 'customer' ? 'person' : null;
  return el(
    'div',
    { role: 'listitem' },
    el(
      'a',
      { class: 'hit', href, 'data-hit': key, 'data-kind': kind, 'data-unread': facts.unread > 0 },
      avatar({ id: customer.id, name: customer.name }),
      nameLine(facts),
      el('time', { class: 'row-time', datetime: new Date(at).toISOString(), title: words.dateTime(at) }, when),
      el('span', { class: 'hit-who' }, drawing ? picture(drawing, 'small') : null, el('span', null, who)),
      marks(facts),
      el('span', { class: 'hit-words', dir: 'auto' }, el('span', null, ...excerpt(facts))),
    ),
  );
}

/** @param {Facts} facts */
function nameLine({ customer, shop }) {
  const where = shop ? el('span', { class: 'row-shop' }, shopDot(shop.colour), el('span', null, shop.name)) : null;
  return el('span', { class: 'row-name' }, el('b', null, nameOf(customer)), where);
}

/** @param {Facts} facts */
const excerpt = ({ excerpt: { text, marks: found } }) =>
  piecesOf(text, found).map((piece) => (piece.marked ? el('mark', null, piece.text) : document.createTextNode(piece.text)));

/** @param {Facts} facts */
function marks({ resolved, unread }) {
  const spoken = (/** @type {string} */ said) => el('span', { class: 'visually-hidden' }, said);
  const done = resolved
    ? el('span', { class: 'hit-resolved', title: t('search.resolved') }, picture('check', 'small'), spoken(t('search.resolved')))
    : null;
  const count = unread > 0
    ? el('span', { class: 'count' }, el('span', { 'aria-hidden': 'true' }, shortCount(unread)), spoken(t('inbox.unread', { count: unread })))
    : null;
  return el('span', { class: 'row-mark' }, done, count);
}
