/** How the gateway behaves: each setting with its value, where that comes from, and the default. A change counts at once. */
import { banner, button } from '#/js/elements/parts.js';
import { field } from '#/js/elements/fields.js';
import { form } from '#/js/elements/forms.js';
import { toast } from '#/js/elements/overlays.js';
import { fieldwise } from '#/js/gateway/elements/form-acts.js';
import { attempt, gatewayPage } from '#/js/gateway/elements/parts.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { maybe, words } from '#/js/models/words.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */
/** @typedef {import('#/js/gateway/api.js').Setting} Setting */

/** @param {Context} context */
export async function settingsPage(context) {
  const settings = await context.api.settings();
  const lead = context.isOwner ? t('settings.gateway.lead') : t('settings.gateway.readOnly');
  const list = el('div', { class: 'tuning' });
  const draw = (/** @type {Setting[]} */ items) => list.replaceChildren(...items.map((one) => settingPart(context, one, draw)));
  draw(settings);
  return gatewayPage({ title: t('gateway.gatewaySettings'), lead }, settings.length > 0 ? list : banner('info', t('settings.gateway.none')));
}

/** @param {Context} context @param {Setting} setting @param {(items: Setting[]) => void} draw */
function settingPart(context, setting, draw) {
  const { key, value, origin, accepted, editable = true } = setting;
  const where = el('span', { class: 'tag', 'data-kind': origin === 'console' ? 'good' : undefined }, maybe(`origin.${origin}`) ?? origin);
  const about = el('div', { class: 'tuning-about' }, el('h2', null, meaningOf(setting)), el('p', null, el('code', null, key), ' ', where));
  const standard = el('p', { class: 'field-hint' }, t(
    'setting.default',
    { value: withUnit(setting, setting.default) },
  ), accepted ? ` · ${t('setting.accepted', { range: accepted })}` : null);
  const present = context.isOwner && editable ? changeForm(context, setting, draw) : el('b', { class: 'lines' }, withUnit(setting, value));
  return el('section', { class: 'tuning-line' }, about, el('div', { class: 'tuning-change' }, present, standard));
}

/** @param {Setting} setting */
const meaningOf = ({ meaning, meaningZh }) => (words.language === 'zh' && meaningZh ? meaningZh : meaning);

/** @param {Setting} setting @param {string} value */
const withUnit = ({ unit }, value) => (unit ? `${value} ${unit}` : value);

/** @param {Context} context @param {Setting} setting @param {(items: Setting[]) => void} draw */
function changeForm({ api }, setting, draw) {
  const { key, value, unit, origin } = setting;
  const meaning = meaningOf(setting);
  const input = field({ label: unit ? t('setting.valueIn', { unit }) : t('setting.value'), name: key, value, maxlength: 500 });
  input.input.setAttribute('aria-label', unit ? `${meaning} (${unit})` : meaning);
  const change = async (/** @type {string|null} */ wish) => {
    await api.changeSettings({ [key]: wish });
    toast(wish === null ? t('setting.reset.done', { name: key }) : t('setting.saved', { name: key }));
    draw(await api.settings());
  };
  const reset = button(t('setting.reset'), { kind: 'quiet' });
  reset.onclick = () => attempt(reset, () => change(null));
  const act = fieldwise(() => change(input.value.trim()));
  return form({ fields: [input], submit: t('act.save'), act, after: origin === 'console' ? reset : null, name: meaning });
}
