/** Small pieces that the pages of operations share. */
import { picture } from '#/js/elements/parts.js';
import { el } from '#/js/lib/dom.js';
import { piecesOf } from '#/js/operations/models/calm.js';

/**
 * @param {{title: (Node|string)[], lead?: string|null, acts?: (Node|null)[], above?: {href: string, label: string}|null, class?: string}} head
 * @param {...(Node|null)} parts
 */
export function operationsPage({ title, lead = null, acts = [], above = null, class: more = '' }, ...parts) {
  const trail = above ? el('a', { class: 'end-trail', href: above.href }, picture('back', 'small'), above.label) : null;
  const words = el('div', null, trail, el('h1', { class: more }, ...title), lead ? el('p', { class: 'lead' }, lead) : null);
  return el(
    'div',
    { class: 'settings-body operations-body' },
    el('header', { class: 'settings-head' }, words, acts.length ? el('div', { class: 'end-acts' }, ...acts) : null),
    ...parts,
  );
}

/**
 * What the server says, with code set as code.
 * @param {string} text
 * @returns {Node[]}
 */
export const spoken = (text) => piecesOf(text).map((piece) => (piece.code ? el('code', null, piece.text) : document.createTextNode(piece.text)));

/**
 * @param {string} name
 * @param {Node|string} value
 */
export const fact = (name, value) => el('div', null, el('dt', null, name), el('dd', null, value));
