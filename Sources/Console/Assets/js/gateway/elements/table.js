/** Tables that scroll sideways in their own box where a screen is narrow, and lists that go on. */
import { button } from '#/js/elements/parts.js';
import { busy } from '#/js/elements/forms.js';
import { toast } from '#/js/elements/overlays.js';
import { el } from '#/js/lib/dom.js';
import { sentence } from '#/js/models/problems.js';
import { t } from '#/js/gateway/words.js';

/** @typedef {Node|string|null} Content */
/** @typedef {{label: string, number?: boolean, spare?: boolean, rare?: boolean, hidden?: boolean}} Column number: set right; spare: left out on a phone; rare: on a tablet, too; hidden: the label is only heard */

/**
 * @param {{name: string, columns: Column[], rows: Content[][], foot?: Content[]|null, class?: string}} parts the first cell of a row names it
 */
export function table({ name, columns, rows, foot = null, class: more = '' }) {
  const body = el('tbody', null);
  const add = (/** @type {Content[][]} */ lines) => body.append(...lines.map((line) => tableRow(columns, line)));
  add(rows);
  const head = columns.map(({ label, number, spare, rare, hidden }) => el(
    'th',
    { scope: 'col', 'data-number': number, 'data-spare': spare, 'data-rare': rare },
    hidden ? el('span', { class: 'visually-hidden' }, label) : label,
  ));
  const node = el(
    'table',
    { class: `table ${more}`.trim() },
    el('caption', { class: 'visually-hidden' }, name),
    el('thead', null, el('tr', null, ...head)),
    body,
    foot ? el('tfoot', null, tableRow(columns, foot)) : null,
  );
  return Object.assign(el('div', { class: 'table-box', role: 'region', 'aria-label': name, tabindex: '0' }, node), { add, body });
}

/** @param {Column[]} columns @param {Content[]} line */
const tableRow = (columns, line) => el('tr', null, ...line.map((content, index) => {
  const { number, spare, rare } = columns[index] ?? {};
  const look = { 'data-number': number, 'data-spare': spare, 'data-rare': rare };
  return index === 0 ? el('th', { scope: 'row', ...look }, content) : el('td', look, content);
}));

/**
 * A list that goes on when asked: what was shown stays, also when more could not be had.
 * @template T
 * @param {import('#/js/gateway/api.js').Page<T>} first
 * @param {(cursor: string) => Promise<import('#/js/gateway/api.js').Page<T>>} ask
 * @param {(items: T[]) => void} show
 */
export function more(first, ask, show) {
  let next = first.next;
  const act = button(t('list.more'));
  const node = el('div', { class: 'list-more' }, act);
  node.hidden = !next;
  act.onclick = () => busy(act, async () => {
    const page = await ask(next ?? '');
    next = page.next;
    node.hidden = !next;
    show(page.items);
  }).catch((problem) => toast(sentence(problem)));
  return node;
}
