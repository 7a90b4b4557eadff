/** Small things that several views of the panel draw. */
import { el } from '#/js/lib/dom.js';

const SVG = 'http://www.w3.org/2000/svg';

/**
 * One of the symbols in panel.html.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.appendChild(document.createElementNS(SVG, 'use')).setAttribute('href', `#i-${name}`);
  return svg;
}

/**
 * Two letters of a Western name, the last two characters of a Chinese one.
 * @param {string} name
 */
export function initials(name) {
  const [first = '', ...others] = name.trim().split(/\s+/);
  if (/^\p{Script=Han}/u.test(first)) return [...first].slice(-2).join('');
  return ([...first].slice(0, 1).join('') + [...(others.at(-1) ?? '')].slice(0, 1).join('')).toUpperCase();
}

/**
 * One of twelve hues, always the same for the same one.
 * @param {string} id
 */
const hueOf = (id) => ([...id].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521, 7) % 12) * 30 + 10;

/** @param {{id?: string, name: string}} who */
export function face({ id = '', name }) {
  const circle = el('span', { class: 'face', 'aria-hidden': true, title: name }, initials(name));
  circle.style.setProperty('--hue', String(hueOf(id || name)));
  return circle;
}

/**
 * An element of panel.html. A missing one is a fault of ours and is told at once.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function part(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`panel.html has no #${id}`);
  return /** @type {T} */ (element);
}
