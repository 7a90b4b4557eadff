/** The frame of set-up, sign-in and invitation: one narrow column, the mark, the other language. */
import { mark } from '#/js/elements/icons.js';
import { el } from '#/js/lib/dom.js';
import { t, words } from '#/js/models/words.js';

/** @typedef {import('#/js/console.js').Console} Console */

/** @param {Console} desk @param {{title: string, lead?: string|null, content: Node[]}} parts */
export function door(desk, { title, lead, content }) {
  document.title = `${title} · Switchboard`;
  const language = el(
    'button',
    { class: 'door-language', type: 'button', lang: words.language === 'zh' ? 'en' : 'zh-CN', onclick: () => otherLanguage(desk) },
    t('language.other'),
  );
  const brand = el('div', { class: 'door-mark' }, mark(), el('span', null, t('app.name')), language);
  const head = el('header', null, el('h1', null, title), lead ? el('p', { class: 'lead' }, lead) : null);
  return el(
    'main',
    { class: 'door', id: 'main' },
    el('div', { class: 'door-box' }, brand, el('section', { class: 'card' }, head, ...content)),
  );
}

/**
 * What was typed stays: fields are found again by their names.
 * @param {Console} desk
 */
function otherLanguage(desk) {
  const before = new Map([...document.querySelectorAll('.card [name]')].map((one) => [
    one.getAttribute('name'),
    /** @type {HTMLInputElement} */ (one).value,
  ]));
  desk.preferences.language = words.language === 'zh' ? 'en' : 'zh';
  desk.speakAs(null);
  desk.emit('door');
  for (const field of document.querySelectorAll('.card [name]')) {
    const kept = before.get(field.getAttribute('name'));
    if (kept) /** @type {HTMLInputElement} */ (field).value = kept;
  }
  const button = document.querySelector('.door-language');
  if (button instanceof HTMLElement) button.focus();
}

/** The one-time token after the #: never sent as part of an address. */
export const tokenInAddress = () => decodeURIComponent(location.hash.slice(1)).trim();
