/** A key's limits as words. */
import { dollars, nanoOf } from '#/js/gateway/models/money.js';
import { t } from '#/js/gateway/words.js';
import { words } from '#/js/models/words.js';

/** @param {import('#/js/gateway/api.js').GatewayKey} key @returns {string[]} empty: none */
export function limitsOf({ requestsPerMinute, tokensPerMinute, concurrency, budgetDay, budgetMonth, models }) {
  const counts = /** @type {const} */ ([['rpm', requestsPerMinute], ['tpm', tokensPerMinute], ['concurrency', concurrency]]);
  const budgets = /** @type {const} */ ([['day', nanoOf(budgetDay)], ['month', nanoOf(budgetMonth)]]);
  return [
    ...budgets.flatMap(([name, amount]) => (amount === null ? [] : [t(`limit.${name}`, { amount: dollars(amount, words.locale) })])),
    ...counts.flatMap(([name, count]) => (count === null ? [] : [t(`limit.${name}`, { count })])),
    ...(models.length > 0 ? [models.join(', ')] : []),
  ];
}
