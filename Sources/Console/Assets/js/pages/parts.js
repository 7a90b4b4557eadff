/** What the settings' pages are made of. */
import { el } from '#/js/lib/dom.js';

/** @param {{title: string, lead?: string, act?: Node|null, mark?: Node|null}} head @param {...(Node|null)} parts */
export function settingsPage({ title, lead, act = null, mark = null }, ...parts) {
  const words = el('div', null, el('h1', null, mark, title), lead ? el('p', { class: 'lead' }, lead) : null);
  return el('div', { class: 'settings-body' }, el('header', { class: 'settings-head' }, words, act), ...parts);
}

/** @param {{title: string, text?: string|null, class?: string, id?: string}} head @param {...(Node|null)} content */
export const part = ({ title, text, class: more = '', id }, ...content) =>
  el(
    'section',
    { class: `part ${more}`.trim(), id },
    el('header', null, el('h2', null, title), text ? el('p', null, text) : null),
    ...content,
  );

/** @param {{face?: Node|null, title: Node|string, text?: Node|string|null, acts?: (Node|null)[], off?: boolean}} parts */
export const thing = ({ face = null, title, text = null, acts = [], off = false }) =>
  el(
    'li',
    { class: 'thing', 'data-off': off },
    face,
    el('div', { class: 'thing-text' }, el('b', null, title), text ? el('p', null, text) : null),
    el('div', { class: 'thing-actions' }, ...acts),
  );
