/** Puts complaints where they belong: what a form can't read, and what the server says of a part of a field (`models[2].match`). */
import { Problem } from '#/js/lib/http.js';
import { Unreadable } from '#/js/gateway/models/changes.js';
import { t } from '#/js/gateway/words.js';
import { words } from '#/js/models/words.js';

/** @type {Record<string, string>} codes that alone say which field they are about */
const ABOUT = { 'gateway.node_url': 'url', 'gateway.node_name_taken': 'name', 'gateway.key_name_taken': 'name', 'gateway.price_taken': 'match' };

/**
 * @param {() => Promise<void>} act
 * @returns {() => Promise<void>}
 */
export const fieldwise = (act) => async () => {
  try {
    await act();
  } catch (problem) {
    throw told(problem);
  }
};

/** @param {unknown} problem */
export function told(problem) {
  if (problem instanceof Unreadable) {
    const { field, kind, detail } = problem;
    return new Problem({
      status: 422,
      code: 'gateway.invalid',
      errors: [{ field, code: `gateway.${kind}`, detail: t(`unreadable.${kind}`, { text: detail }) }],
    });
  }
  if (!(problem instanceof Problem)) return problem;
  const about = ABOUT[problem.code];
  const errors = problem.errors.length === 0 && about ? [{ field: about, code: problem.code, detail: problem.detail }] : problem.errors.map(plain);
  const { status, code, detail, retryAfterMs, body } = problem;
  return new Problem({ status, code, detail, retryAfterMs, body, errors });
}

/** @param {{field: string, code: string, detail: string}} error */
function plain({ field, code, detail }) {
  return { field: String(field).replace(/[[.].*$/s, ''), code: `gateway.${String(code).replace(/^gateway\./, '')}`, detail: rangeWords(detail) };
}

/**
 * The server tells ranges in English: the numbers are what counts.
 * @param {string} detail
 */
function rangeWords(detail) {
  const range = words.language === 'zh' ? /^(?:Must be )?([\d.,]*\d)(?: to |–)([\d.,]*\d)/.exec(detail) : null;
  return range ? t('unreadable.range', { from: range[1] ?? '', to: range[2] ?? '' }) : detail;
}
