/** What the audit log tells of a field, in the reader's language: its name, and values as the rest of the console writes them. */
import { dollars, nanoOf } from '#/js/gateway/models/money.js';
import { t } from '#/js/gateway/words.js';
import { maybe, words } from '#/js/models/words.js';

const MONEY = new Set(['budgetDay', 'budgetMonth']);
const TIMES = new Set(['expiresAt', 'revokedAt']);

/**
 * A setting's name stays as it is: it is what the environment calls it.
 * @param {string} field
 */
export const fieldName = (field) => maybe(`audit.field.${field}`) ?? field;

/** @param {string} field @param {string} value */
export function fieldValue(field, value) {
  if (value === '') return t('audit.empty');
  if (value === 'true' || value === 'false') return t(`audit.${value}`);
  if (MONEY.has(field)) return dollarsOf(value);
  const time = TIMES.has(field) ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? value : words.dateTime(time);
}

/** @param {string} value */
function dollarsOf(value) {
  const nano = nanoOf(value);
  return nano === null ? value : dollars(nano, words.locale);
}
