/** One line of the list: who, in which shop, the last words, when, how much is unread, who is answering. Drawn anew only where it differs. */
import { avatar, nameOf, picture, shopDot } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';
import { foreseen } from '#/js/models/replies.js';
import { shortCount } from '#/js/models/titles.js';
import { since, t, words } from '#/js/models/words.js';

/** @typedef {import('#/js/lib/protocol.js').Row} Row */
/** @typedef {import('#/js/console.js').Console} Console */

/** @param {string} id */
export const conversationRow = (id) => el('a', { class: 'row', href: pathTo({ name: 'conversation', id }), dataset: { id } });

/** @param {HTMLAnchorElement} node @param {Row} row @param {Console} console @param {{open: boolean}} look */
export function updateRow(node, row, console, { open }) {
  const facts = factsOf(row, console);
  const sign = JSON.stringify(facts);
  if (open) node.setAttribute('aria-current', 'true');
  else node.removeAttribute('aria-current');
  if (node.dataset['sign'] === sign) return;
  node.dataset['sign'] = sign;
  node.toggleAttribute('data-unread', facts.unread > 0);
  node.replaceChildren(
    avatar({ id: row.customer.id, name: row.customer.name }, { online: facts.online }),
    nameLine(facts),
    el('time', { class: 'row-time', datetime: new Date(row.lastAt).toISOString(), title: words.dateTime(row.lastAt) }, facts.when),
    lastLine(facts),
    marks(facts),
  );
}

/**
 * Everything that a row shows.
 * @param {Row} row
 * @param {Console} console
 */
function factsOf(row, { desk, place }) {
  const several = (desk?.team.shops.size ?? 0) > 1;
  const shop = several ? desk?.team.shops.get(row.shop) : undefined;
  const pending = desk?.client.outbox.pending(row.id) ?? [];
  const { assignee } = foreseen(row, pending);
  const typing = desk?.client.typing.parties(row.id).some(({ type }) => type === 'customer') ?? false;
  const draft = place.id === row.id ? '' : desk?.drafts.get(row.id) ?? '';
  const waiting = pending.filter(({ kind }) => kind === 'text').at(-1);
  return {
    name: nameOf(row.customer),
    shop: shop ? { name: shop.name, colour: shop.colour } : null,
    online: desk?.client.presence.customers.has(row.customer.id) ?? false,
    when: since(row.lastAt),
    typing,
    draft: draft.slice(0, 80),
    failed: pending.some(({ state }) => state === 'failed'),
    last: waiting ? t('inbox.you', { text: waiting.body.text ?? '' }).slice(0, 140) : lastWords(row),
    kind: waiting
      ? null
      : row.last?.kind === 'note' ? /** @type {const} */ ('note') : ownWords(row) ? /** @type {const} */ ('reply') : null,
    unread: desk?.client.feed.unread(row.id) ?? 0,
    answering: assignee ? { id: assignee, name: desk?.team.members.get(assignee)?.name ?? '' } : null,
  };
}

/**
 * The staff spoke last; the row does not say which of them.
 * @param {Row} row
 */
const ownWords = ({ last }) => last?.by === 'member' && last.kind === 'message';

/** @typedef {ReturnType<typeof factsOf>} Facts */

/** @param {Row} row */
function lastWords({ last }) {
  if (!last) return t('inbox.empty.row');
  if (last.kind === 'assigned' || last.kind === 'resolved' || last.kind === 'reopened') return t(`inbox.event.${last.kind}`);
  if (last.kind === 'note') return t('inbox.note', { text: last.text });
  return last.text;
}

/** @param {Facts} facts */
function nameLine({ name, shop, online }) {
  const where = shop ? el('span', { class: 'row-shop' }, shopDot(shop.colour), el('span', null, shop.name)) : null;
  return el(
    'span',
    { class: 'row-name' },
    el('b', null, name),
    online ? el('span', { class: 'visually-hidden' }, `, ${t('customer.online')}, `) : null,
    where,
  );
}

/** @param {Facts} facts */
function lastLine({ typing, draft, failed, last, kind }) {
  if (typing) return el('span', { class: 'row-last', 'data-typing': true }, el('span', null, t('inbox.typing')));
  if (failed) return el(
    'span',
    { class: 'row-last', 'data-failed': true },
    picture('alert', 'small'),
    el('span', null, t('receipt.failed')),
  );
  if (draft) return el('span', { class: 'row-last' }, el('span', null, el('em', null, t('inbox.draft')), ` ${draft}`));
  const said = kind === 'reply' ? el('span', { class: 'visually-hidden' }, t('inbox.answered')) : null;
  return el('span', { class: 'row-last' }, kind ? picture(kind, 'small') : null, said, el('span', null, last));
}

/** @param {Facts} facts */
function marks({ unread, answering }) {
  const face = answering
    ? el(
      'span',
      { title: t('inbox.answering', { name: answering.name }) },
      avatar(answering, { size: 'small' }),
      el('span', { class: 'visually-hidden' }, t('inbox.answering', { name: answering.name })),
    )
    : null;
  const count = unread > 0
    ? el(
      'span',
      { class: 'count' },
      el('span', { 'aria-hidden': 'true' }, shortCount(unread)),
      el('span', { class: 'visually-hidden' }, t('inbox.unread', { count: unread })),
    )
    : null;
  return el('span', { class: 'row-mark' }, face, count);
}
