/**
 * The connection's state as honest words. `tone` says how much it matters; the words never claim more than is known.
 *
 * @typedef {{words: string, hint: string|null, tone: 'good'|'plain'|'warn'|'bad', live: boolean}} Report
 */
import { t } from '#/js/models/words.js';

/**
 * @param {import('#/js/lib/connection.js').State} state
 * @param {{retryAt?: number|null, now?: number, network?: boolean}} facts network: false when the device itself says it has none
 * @returns {Report}
 */
export function connectionReport(state, { retryAt = null, now = Date.now(), network = true } = {}) {
  if (state === 'online') return { words: t('connection.live'), hint: null, tone: 'good', live: true };
  if (state === 'polling') return { words: t('connection.polling'), hint: null, tone: 'plain', live: true };
  if (state === 'signed-out') return { words: t('connection.signedOut'), hint: t('connection.signedOut'), tone: 'bad', live: false };
  if (state === 'closed') return { words: t('connection.stopped'), hint: t('connection.stopped'), tone: 'bad', live: false };
  if (!network) return { words: t('connection.offline'), hint: t('connection.kept'), tone: 'bad', live: false };
  if (state === 'offline') return { words: reconnecting(retryAt, now), hint: t('connection.kept'), tone: 'warn', live: false };
  return { words: t('connection.connecting'), hint: t('connection.keptSoon'), tone: 'plain', live: false };
}

/** @param {number|null} retryAt @param {number} now */
function reconnecting(retryAt, now) {
  const seconds = retryAt === null ? 0 : Math.ceil((retryAt - now) / 1000);
  return seconds > 0 ? t('connection.reconnecting', { count: seconds }) : t('connection.connecting');
}
