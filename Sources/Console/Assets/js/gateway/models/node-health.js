/**
 * A node's health as words: the state in the member's language, the reason as the server tells it (or by its code, where it tells it in another
 * language), and a cool-down that counts.
 *
 * @typedef {import('#/js/gateway/api.js').Health} Health
 * @typedef {import('#/js/gateway/api.js').Cell} Cell
 */
import { t } from '#/js/gateway/words.js';
import { maybe, words } from '#/js/models/words.js';

/** @type {Record<string, 'good'|'warn'|'bad'|'plain'>} */
const TONES = { healthy: 'good', half_open: 'warn', cooling: 'warn', dead: 'bad' };

/** How a cool-down begins in the server's sentences: the number stands still there. */
const BEGINNING = /^(?:cooling down [\d.,]+ s(?: after )?|冷却\s*[\d.,]+\s*秒[：:]?\s*)/;

const CHINESE = /[\u3400-\u9fff]/;

/** @param {Health} health */
export const toneOf = (health) => TONES[health.state] ?? 'plain';

/** @param {string} state */
export const stateWords = (state) => maybe(`node.state.${state}`) ?? state;

/** @param {Health} health @param {number} now the server's time, ms @returns {number} whole seconds, rounded up; 0: none */
export const secondsLeft = ({ state, until }, now) => (state === 'cooling' && until ? Math.max(0, Math.ceil((until - now) / 1000)) : 0);

/**
 * "Cooling down, 38 s left": what stands in the row.
 * @param {Health} health
 * @param {number} now
 */
export function headline(health, now) {
  const seconds = secondsLeft(health, now);
  if (health.code === 'credential_needed') return t('node.needsCredential');
  if (seconds > 0) return t('node.cooling', { count: seconds });
  return health.state === 'cooling' && health.until ? t('node.coolingOver') : stateWords(health.state);
}

/**
 * Why it is so; empty where there is nothing to tell.
 * @param {{code?: string|null, words?: string|null, state?: string}} told
 */
export function reasonOf({ code, words: told, state }) {
  const sentence = (told ?? '').replace(BEGINNING, '').trim();
  if (state && sentence.toLowerCase() === String(state).replace('_', ' ')) return '';
  if (CHINESE.test(sentence) === (words.language === 'zh') && sentence !== '') return sentence;
  return codeWords(code) ?? sentence;
}

/**
 * A code of the server's in the member's language: `not_sent_refused_x` is told as the longest beginning of it that is known.
 * @param {string|null|undefined} code
 * @returns {string|undefined}
 */
export function codeWords(code) {
  const status = /^(?:status_)?(\d{3})$/.exec(code ?? '')?.[1];
  if (status) return maybe(`code.${status}`) ?? t('code.status', { status });
  for (let rest = code ?? ''; rest !== ''; rest = rest.slice(0, Math.max(0, rest.lastIndexOf('_')))) {
    const words = maybe(`code.${rest}`);
    if (words) return words;
  }
  return undefined;
}

/**
 * The last 24 hours in one sentence, for those who don't see the cells.
 * @param {readonly Cell[]} cells
 */
export function timelineWords(cells) {
  const kinds = /** @type {const} */ (['healthy', 'troubled', 'down', 'none']);
  const parts = kinds.flatMap((kind) => {
    const count = cells.filter(({ state }) => state === kind).length;
    return count > 0 ? [t(`timeline.${kind}`, { hours: words.number(count / 2) })] : [];
  });
  return parts.length > 0 ? t('timeline.label', { parts: parts.join(' · ') }) : t('timeline.empty');
}

/** @param {string} url @returns {string} host and port; the text itself where it is no address */
export function hostOf(url) {
  try {
    return new URL(url).host || url;
  } catch {
    return url;
  }
}
