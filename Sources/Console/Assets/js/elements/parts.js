/** Small pieces of the page that have no state of their own. Each answers a node. */
import { hueOf, initials, inkOn, isColour, visitorCode } from '#/js/models/faces.js';
import { customerName, t } from '#/js/models/words.js';
import { el } from '#/js/lib/dom.js';
import { icon } from '#/js/elements/icons.js';

/** @typedef {import('#/js/elements/icons.js').IconName} IconName */

/**
 * @param {{id: string, name?: string|null}} person
 * @param {{size?: 'small'|'medium'|'large', online?: boolean}} look
 */
export function avatar({ id, name }, { size, online = false } = {}) {
  const letters = initials(name ?? '');
  const face = el('span', { class: 'avatar', 'aria-hidden': 'true', 'data-size': size, 'data-online': online }, letters || icon('person'));
  face.style.setProperty('--hue', String(hueOf(id)));
  return face;
}

/** @param {{id: string, name?: string|null}} customer */
export const nameOf = (customer) => customerName(customer, visitorCode);

/**
 * Gives an element a shop's colour, and ink that can be read on it.
 * @template {HTMLElement} E
 * @param {E} element
 * @param {string|undefined} colour
 * @returns {E}
 */
export function tint(element, colour) {
  if (!isColour(colour)) return element;
  element.style.setProperty('--shop', String(colour));
  element.style.setProperty('--on-shop', inkOn(String(colour)));
  return element;
}

/** @param {string|undefined} colour */
export const shopDot = (colour) => tint(el('i', { class: 'shop-dot', 'aria-hidden': 'true' }), colour);

/**
 * @param {string} label
 * @param {{kind?: 'primary'|'quiet'|'danger'|'danger-fill', icon?: IconName, type?: 'button'|'submit', wide?: boolean, onclick?: (event: MouseEvent) => void, class?: string}} look
 */
export function button(label, { kind, icon: drawing, type = 'button', wide = false, onclick, class: more = '' } = {}) {
  return el(
    'button',
    { class: `button ${more}`.trim(), type, 'data-kind': kind, 'data-wide': wide, onclick },
    drawing ? picture(drawing) : null,
    el('span', null, label),
  );
}

/** @param {string} label @param {{href: string, kind?: 'primary'|'quiet', icon?: IconName, external?: boolean}} look */
export function linkButton(label, { href, kind, icon: drawing, external = false }) {
  const where = external ? { target: '_blank', rel: 'noopener' } : {};
  return el('a', { class: 'button', href, 'data-kind': kind, ...where }, drawing ? picture(drawing) : null, el('span', null, label));
}

/**
 * @param {IconName} drawing
 * @param {string} label
 * @param {{onclick?: (event: MouseEvent) => void, class?: string}} look
 */
export const iconButton = (drawing, label, { onclick, class: more = '' } = {}) =>
  el('button', { class: `icon-button ${more}`.trim(), type: 'button', 'aria-label': label, title: label, onclick }, picture(drawing));

/**
 * SVG elements are nodes, too, but not HTML elements.
 * @param {IconName} name
 * @param {'small'|'normal'} [size]
 * @returns {Node}
 */
export const picture = (name, size) => icon(name, size);

/** @param {'bad'|'warn'|'good'|'info'} kind @param {...(Node|string|null)} content */
export function banner(kind, ...content) {
  const drawing = kind === 'good' ? 'check' : kind === 'info' ? 'info' : 'alert';
  return el(
    'div',
    { class: 'banner', 'data-kind': kind, role: kind === 'bad' ? 'alert' : 'status' },
    picture(drawing),
    el('div', { class: 'banner-text' }, ...content),
  );
}

/**
 * What an empty place says: what it is, and what to do next.
 * @param {{icon: IconName, title: string, text?: string, act?: Node|null}} words
 */
export const empty = ({ icon: drawing, title, text, act = null }) =>
  el('div', { class: 'empty' }, picture(drawing), el('h2', null, title), text ? el('p', null, text) : null, act);

/**
 * A time that tells its full form on hover and to machines.
 * @param {number} at
 * @param {string} words
 * @param {string} full
 */
export const moment = (at, words, full) => el('time', { datetime: new Date(at).toISOString(), title: full }, words);

/**
 * @param {string} [label]
 */
export const retryPart = (label = t('act.retry')) => (/** @type {() => void} */ act) => button(label, { onclick: act });
