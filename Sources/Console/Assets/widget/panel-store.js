/**
 * Where the panel keeps things: its own localStorage; where that is blocked, the framing page keeps them for it; where it is short-lived
 * (Apple's browsers forget a framed site's storage when they quit), the page keeps the credential as well, and gives it back.
 */
import { MemoryStore, browserStore } from '#/js/lib/storage.js';

/** @typedef {import('#/js/lib/storage.js').Store} Store */
/** @typedef {{kept: Record<string, string>, say: (message: Record<string, unknown>) => void}} Keeper */

/**
 * @param {string} shopKey
 * @param {Keeper|null} bridge
 * @param {{open?: () => Storage, vendor?: string}} browser
 * @returns {Store}
 */
export function panelStore(shopKey, bridge, { open = () => window.localStorage, vendor = navigator.vendor } = {}) {
  const own = browserStore(open);
  if (!bridge) return own;
  const keep = (/** @type {string} */ key, /** @type {string|null} */ value) => bridge.say({ type: 'keep', key, value });
  if (!own.persistent) return new MemoryStore(Object.entries(bridge.kept), keep);
  return /^Apple/.test(vendor) ? mirrored(own, `switchboard.visitor.${shopKey}`, bridge.kept, keep) : own;
}

/**
 * @param {Store} own
 * @param {string} mirroredKey
 * @param {Record<string, string>} kept
 * @param {(key: string, value: string|null) => void} keep
 * @returns {Store}
 */
function mirrored(own, mirroredKey, kept, keep) {
  const known = kept[mirroredKey];
  if (own.get(mirroredKey) === null && known) own.set(mirroredKey, known);
  return {
    persistent: true,
    get: (key) => own.get(key),
    keys: (prefix) => own.keys(prefix),
    set: (key, value) => {
      if (key === mirroredKey) keep(key, value);
      return own.set(key, value);
    },
    remove: (key) => {
      if (key === mirroredKey) keep(key, null);
      own.remove(key);
    },
  };
}
