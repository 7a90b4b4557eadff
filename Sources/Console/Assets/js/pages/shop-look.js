/** What visitors see of a shop: name, greeting, colour, language, with a small picture of it. */
import { tint } from '#/js/elements/parts.js';
import { choice, field } from '#/js/elements/fields.js';
import { form } from '#/js/elements/forms.js';
import { toast } from '#/js/elements/overlays.js';
import { el } from '#/js/lib/dom.js';
import { t } from '#/js/models/words.js';
import { part } from '#/js/pages/parts.js';
import { shopLanguages } from '#/js/pages/setup.js';

/** @typedef {import('#/js/console.js').Console} Console */
/** @typedef {import('#/js/api/api.js').Shop} Shop */

/** Calm ones on which white or black reads well. */
const COLOURS = /** @type {const} */ ({
  indigo: '#4355e0',
  teal: '#0f766e',
  green: '#15803d',
  amber: '#b45309',
  orange: '#c2410c',
  red: '#be123c',
  purple: '#7e22ce',
  slate: '#334155',
});

/** @param {Console} console @param {Shop} shop */
export function lookPart(console, shop) {
  const name = field({ label: t('shop.name'), name: 'name', value: shop.name, required: true, maxlength: 100 });
  const greeting = field({
    label: t('shop.greeting'),
    name: 'greeting',
    value: shop.greeting,
    rows: 2,
    hint: t('shop.greeting.hint'),
    maxlength: 500,
  });
  const language = choice({ label: t('shop.language'), name: 'language', value: shop.language, options: shopLanguages() });
  const colour = colourField(shop.colour, () => draw());
  const preview = el('figure', { class: 'preview-place' });
  const draw = () => preview.replaceChildren(
    el('figcaption', { class: 'field-label' }, t('shop.preview')),
    previewOf(name.value, greeting.value, colour.value()),
  );
  name.input.addEventListener('input', draw);
  greeting.input.addEventListener('input', draw);
  draw();
  const act = async () => {
    const change = {
      name: name.value.trim(),
      greeting: greeting.value.trim(),
      language: /** @type {Shop['language']} */ (language.value),
      colour: colour.value(),
    };
    console.desk?.team.putShop(await console.api.changeShop(shop.id, change));
    toast(t('act.saved'));
  };
  const body = [el('div', { class: 'look' }, el('div', { class: 'form' }, name.node, greeting.node, colour.node, language.node), preview)];
  return part(
    { title: t('shop.look') },
    form({ fields: [name, greeting, language], body, submit: t('act.save'), act, name: t('shop.look') }),
  );
}

/** @param {string} present @param {() => void} changed */
function colourField(present, changed) {
  const own = el(
    'input',
    { class: 'colour-input', type: 'color', value: present, 'aria-label': t('shop.colour.own'), title: t('shop.colour.own') },
  );
  const swatches = Object.entries(COLOURS).map(([name, colour]) => {
    const label = t(/** @type {import('#/js/models/words.js').Key} */ (`colour.${name}`));
    const choose = () => ((own.value = colour), changed());
    return tint(
      el(
        'label',
        { class: 'swatch', title: label },
        el(
          'input',
          {
            type: 'radio',
            name: 'shop-colour',
            value: colour,
            checked: colour === present.toLowerCase(),
            'aria-label': label,
            onchange: choose,
          },
        ),
      ),
      colour,
    );
  });
  own.addEventListener('input', () => {
    for (const swatch of swatches) swatch.querySelectorAll('input').forEach((one) => (one.checked = one.value === own.value));
    changed();
  });
  const node = el(
    'fieldset',
    { class: 'field' },
    el('legend', { class: 'field-label' }, t('shop.colour')),
    el('div', { class: 'swatches' }, ...swatches, own),
  );
  return { node, value: () => own.value };
}

/** @param {string} name @param {string} greeting @param {string} colour */
const previewOf = (name, greeting, colour) =>
  tint(
    el(
      'div',
      { class: 'preview' },
      el('div', { class: 'preview-head' }, name.trim() || ' '),
      el('div', { class: 'preview-greeting' }, greeting.trim() || t('shop.preview.greeting')),
    ),
    colour,
  );
