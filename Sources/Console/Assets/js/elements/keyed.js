/**
 * Makes an element's children the wanted ones, touching only what differs: what stays keeps its place, focus and selection.
 * @template Item
 * @param {Element} parent
 * @param {Item[]} items
 * @param {{key: (item: Item) => string, sign: (item: Item) => string, make: (item: Item) => HTMLElement}} how sign: all that is drawn, as text
 */
export function keyed(parent, items, { key, sign, make }) {
  /** @type {Map<string, HTMLElement>} */
  const known = new Map();
  for (const child of parent.children) if (child instanceof HTMLElement && child.dataset['key']) known.set(child.dataset['key'], child);
  let next = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    const old = known.get(name);
    const node = fresh(old, item, name, { sign, make });
    known.delete(name);
    if (old === next) next = node;
    if (node === next) next = node.nextElementSibling;
    else parent.insertBefore(node, next);
  }
  for (const gone of known.values()) gone.remove();
}

/**
 * @template Item
 * @param {HTMLElement|undefined} old
 * @param {Item} item
 * @param {string} name
 * @param {{sign: (item: Item) => string, make: (item: Item) => HTMLElement}} how
 */
function fresh(old, item, name, { sign, make }) {
  const signature = sign(item);
  if (old && old.dataset['sign'] === signature) return old;
  const node = make(item);
  node.dataset['key'] = name;
  node.dataset['sign'] = signature;
  if (old) old.replaceWith(node);
  return node;
}
