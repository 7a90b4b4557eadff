/** The field for allowed sites, and what it means. */
import { parseOrigins } from '#/js/models/origins.js';
import { t } from '#/js/models/words.js';

/**
 * The sites, or null after saying on the field which word is none.
 * @param {import('#/js/elements/fields.js').Field} field
 */
export function originsOf(field) {
  const { origins, bad } = parseOrigins(field.value);
  if (bad[0] === undefined) return origins;
  field.fail(t('shop.origins.bad', { origin: bad[0] }));
  field.input.focus();
  return null;
}
