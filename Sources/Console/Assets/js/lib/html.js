/**
 * How text reaches the page. Two ways only, and neither lets a name or a message run:
 *
 *   el('p', { class: 'name', dataset: { id }, onclick: act }, name, child)   // elements; strings become text nodes
 *   render(element, html`<p class="name">${name}</p>`)                       // markup; what is put in is escaped
 *
 * In `html` a nested html`…`, or an array of them, goes in as it is; null, undefined and false go in as nothing. A value may stand in
 * text or inside a quoted attribute. After a bare `=`, in `on…`, `style`, `<script` or `<style` it is refused.
 * `safeURL` lets only http, https, mailto and the site's own paths through; `linkify` finds the links in a text.
 */

/** Markup that was made by `html` and by nothing else. */
export class Markup {
  /** @param {string} source */
  constructor(source) {
    this.source = source;
  }

  toString() {
    return this.source;
  }
}

/** @type {Record<string, string>} */
const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

/** @param {unknown} value */
export const escape = (value) => String(value).replace(/[&<>"'`]/g, (sign) => ENTITIES[sign] ?? '');

/**
 * @param {TemplateStringsArray} strings
 * @param {...unknown} values
 */
export function html(strings, ...values) {
  let source = strings[0] ?? '';
  values.forEach((value, index) => {
    refuseUnsafePlace(source);
    source += piece(value) + (strings[index + 1] ?? '');
  });
  return new Markup(source);
}

/** @param {unknown} value @returns {string} */
function piece(value) {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup) return value.source;
  if (Array.isArray(value)) return value.map(piece).join('');
  return escape(value);
}

/** @param {string} before the markup up to the value */
function refuseUnsafePlace(before) {
  const tag = before.slice(before.lastIndexOf('<'));
  if (tag.includes('>') ? /^<(script|style)\b/i.test(tag) : /=\s*$|\s(on\w+|style|srcdoc)\s*=\s*["'][^"']*$/i.test(tag)) {
    throw new Error(`a value may not stand here: ${tag.slice(0, 60)}`);
  }
}

/** @param {Markup} markup @returns {DocumentFragment} */
export function fragment(markup) {
  const template = document.createElement('template');
  template.innerHTML = markup.source;
  return template.content;
}

/**
 * Puts the markup in place of everything in the element.
 * @param {Element|ShadowRoot} element
 * @param {Markup} markup
 */
export const render = (element, markup) => element.replaceChildren(fragment(markup));

export { el, linkedText, linkify, safeURL, text } from '#/js/lib/dom.js';
