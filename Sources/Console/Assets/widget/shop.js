/** What the shop looks like: from the server, else as it was the last time, so that the panel opens without a network, too. */
import { Problem } from '#/js/lib/http.js';

/** @typedef {import('#/widget/talk.js').Shop} Shop */
/** @typedef {import('#/js/lib/storage.js').Store} Store */

/** @type {Shop} */
const PLAIN = { name: '', greeting: '', colour: '', language: 'auto', available: false };

/**
 * @param {import('#/js/lib/http.js').HTTP} http
 * @param {string} shopKey
 * @returns {Promise<{shop: Shop|null, problem: Problem|null}>}
 */
export async function loadShop(http, shopKey) {
  try {
    return { shop: { ...PLAIN, ...(await http.get(`/api/widget/${encodeURIComponent(shopKey)}`)) }, problem: null };
  } catch (error) {
    return { shop: null, problem: error instanceof Problem ? error : null };
  }
}

/**
 * @param {Store} store
 * @param {string} shopKey
 * @param {Shop} shop
 */
export const keepShop = (store, shopKey, shop) => store.set(`switchboard.shop.${shopKey}`, JSON.stringify(shop));

/**
 * @param {Store} store
 * @param {string} shopKey
 */
export const lastShop = (store, shopKey) => parse(store.get(`switchboard.shop.${shopKey}`));

/** @param {string|null} text @returns {Shop} */
function parse(text) {
  try {
    return { ...PLAIN, ...JSON.parse(text ?? '{}'), available: false };
  } catch {
    return PLAIN;
  }
}
