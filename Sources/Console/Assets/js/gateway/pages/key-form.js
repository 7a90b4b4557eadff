/** The fields of a key, for a new one and for changes. */
import { field } from '#/js/elements/fields.js';
import { checkbox } from '#/js/gateway/elements/parts.js';
import { dayText } from '#/js/gateway/models/changes.js';
import { typedDollars } from '#/js/gateway/models/money.js';
import { grid, number, section } from '#/js/gateway/pages/node-form.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';

/** @typedef {import('#/js/gateway/api.js').GatewayKey} GatewayKey */

const SCOPES = /** @type {const} */ (['inference', 'files', 'models']);

/** @param {GatewayKey|null} key */
export function keyFields(key) {
  const name = field({
    label: t('key.name'),
    name: 'name',
    value: key?.name ?? '',
    required: true,
    maxlength: 100,
    placeholder: 'laptop',
    hint: t('key.name.hint'),
  });
  const expires = field({
    label: t('key.expiresAt'),
    name: 'expiresAt',
    type: 'date',
    value: dayText(key?.expiresAt ?? null),
    hint: t('key.expiresAt.hint'),
  });
  const count = (/** @type {'requestsPerMinute'|'tokensPerMinute'|'concurrency'} */ which) =>
    number(which, t(`key.${which}`), key?.[which] == null ? '' : String(key[which]), '', t('field.noLimit'));
  const budget = (/** @type {'budgetDay'|'budgetMonth'} */ which) => {
    const made = field({
      label: t(`key.${which}`),
      name: which,
      value: typedDollars(key?.[which]),
      placeholder: t('field.noLimit'),
      hint: t(`key.${which}.hint`),
      maxlength: 24,
    });
    made.input.setAttribute('inputmode', 'decimal');
    return made;
  };
  const limits = [budget('budgetDay'), budget('budgetMonth'), count('requestsPerMinute'), count('tokensPerMinute'), count('concurrency')];
  const models = field({
    label: t('key.models'),
    name: 'models',
    rows: 2,
    value: (key?.models ?? []).join('\n'),
    hint: t('key.models.hint'),
    placeholder: 'claude-*',
  });
  const scopes = SCOPES.map((scope) => checkbox({ label: t(`scope.${scope}`), name: scope, checked: key?.scopes.includes(scope) ?? true }));
  const may = el('fieldset', { class: 'field' }, el('legend', { class: 'field-label' }, t('key.scopes')), ...scopes.map((one) => one.node));
  const fields = [name, expires, ...limits, models];
  const values = () => ({
    ...Object.fromEntries(fields.map((one) => [one.name, one.value])),
    scopes: scopes.filter(({ input }) => input.checked).map((one) => one.name),
  });
  return { fields, values, body: [grid([name, expires]), section(t('key.limits'), grid(limits)), section(t('key.may'), models.node, may)] };
}
