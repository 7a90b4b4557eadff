/**
 * Elements and links without any parsing (html.js has the markup helper and tells the rules of both).
 *
 *   el('p', { class: 'name', dataset: { id }, onclick: act }, name, child)   // strings become text nodes
 *   safeURL(address) · linkify(text) → pieces · linkedText(text) → nodes
 */

/** @param {unknown} value */
export const text = (value) => document.createTextNode(value === null || value === undefined ? '' : String(value));

/**
 * An element without any parsing. Properties: `class`, `dataset`, `on…` with a function, true and false for attributes without a value,
 * everything else an attribute. `href` and `src` go through `safeURL`.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>|null} [properties]
 * @param {...(Node|string|number|null|undefined|false)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) put(element, name, value);
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) element.append(child instanceof Node ? child : text(child));
  }
  return element;
}

/** @param {HTMLElement} element @param {string} name @param {any} value */
function put(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === 'dataset') Object.assign(element.dataset, value);
  else if (name.startsWith('on')) {
    if (typeof value !== 'function') throw new Error(`${name} takes a function`);
    element.addEventListener(name.slice(2), value);
  } else if (name === 'href' || name === 'src') element.setAttribute(name, safeURL(value));
  else if (name === 'style' || name === 'srcdoc') throw new Error(`${name} is set by stylesheets only`);
  else element.setAttribute(name, value === true ? '' : String(value));
}

/**
 * The address if it is harmless, else "#".
 * @param {unknown} value
 */
export function safeURL(value) {
  const address = String(value).trim();
  if (/^(\/(?!\/)|#|\?)/.test(address)) return address;
  try {
    return ['http:', 'https:', 'mailto:'].includes(new URL(address).protocol) ? address : '#';
  } catch {
    return '#';
  }
}

/** An address ends before white space, before CJK punctuation and text, and before brackets that it did not open. */
const ADDRESS = /https?:\/\/[^\s<>"'`\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+/gi;

/**
 * The text cut into plain pieces and links, nothing lost: joined they are the text again.
 * @param {string} source
 * @returns {{text: string, href?: string}[]}
 */
export function linkify(source) {
  /** @type {{text: string, href?: string}[]} */
  const pieces = [];
  let end = 0;
  for (const match of source.matchAll(ADDRESS)) {
    const start = match.index ?? 0;
    const address = trimTail(match[0] ?? '');
    if (!isAddress(address)) continue;
    if (start > end) pieces.push({ text: source.slice(end, start) });
    pieces.push({ text: address, href: address });
    end = start + address.length;
  }
  if (end < source.length) pieces.push({ text: source.slice(end) });
  return pieces;
}

/** @param {string} address */
function trimTail(address) {
  let tail = address.replace(/[.,;:!?*_~]+$/, '');
  while (tail.endsWith(')') && tail.split(')').length > tail.split('(').length) tail = tail.slice(0, -1);
  return tail.replace(/[.,;:!?\]}]+$/, '');
}

/** @param {string} address */
function isAddress(address) {
  try {
    return new URL(address).hostname.length > 0;
  } catch {
    return false;
  }
}

/**
 * A message's text as nodes: text nodes and links that open in a new tab and say nothing about where they came from.
 * @param {string} source
 */
export function linkedText(source) {
  const nodes = document.createDocumentFragment();
  for (const { text: words, href } of linkify(source)) {
    nodes.append(href ? el('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow ugc' }, words) : words);
  }
  return nodes;
}
