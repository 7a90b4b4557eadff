/** The price book: what a million tokens cost, since when, and who says so. Own lines win over the built-in ones. */
import { banner, button, iconButton } from '#/js/elements/parts.js';
import { field } from '#/js/elements/fields.js';
import { form } from '#/js/elements/forms.js';
import { confirmAct, sheet, toast } from '#/js/elements/overlays.js';
import { fieldwise } from '#/js/gateway/elements/form-acts.js';
import { attempt, gatewayPage, money } from '#/js/gateway/elements/parts.js';
import { table } from '#/js/gateway/elements/table.js';
import { priceWish } from '#/js/gateway/models/changes.js';
import { grid, number } from '#/js/gateway/pages/node-form.js';
import { openRerating } from '#/js/gateway/pages/rerating.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { words } from '#/js/models/words.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */
/** @typedef {import('#/js/gateway/api.js').Price} Price */

/** @param {Context} context @returns {Promise<HTMLElement>} */
export async function pricesPage(context) {
  const { api, mayManage } = context;
  const prices = await api.prices();
  const redraw = async () => page.replaceWith((page = await pricesPage(context)));
  const add = button(t('prices.add'), { kind: 'primary', icon: 'plus', onclick: () => openPriceForm(context, redraw) });
  const rerate = button(t('prices.rerate'), { onclick: () => openRerating(context) });
  const search = field({ label: t('prices.search'), name: 'search', placeholder: 'claude-opus' });
  const view = el('div', null);
  const draw = () => view.replaceChildren(tableOf(context, matching(prices, search.value), redraw));
  search.input.addEventListener('input', draw);
  draw();
  const third = prices.some(({ thirdParty }) => thirdParty) ? banner('info', t('prices.third.words')) : null;
  /** @type {HTMLElement} */
  let page = gatewayPage(
    { title: t('gateway.prices'), lead: t('prices.lead'), acts: mayManage ? [rerate, add] : [] },
    third,
    el('div', { class: 'filters' }, search.node),
    view,
  );
  return page;
}

/** @param {Price[]} prices @param {string} query */
const matching = (prices, query) => prices.filter(({ match, source }) => `${match} ${source}`.toLowerCase().includes(query.trim().toLowerCase()));

/** @param {Context} context @param {Price[]} prices @param {() => Promise<void>} redraw */
function tableOf(context, prices, redraw) {
  const columns = [
    { label: t('request.model') }, {
      label: t('prices.from'),
      spare: true,
    }, { label: t('kind.input'), number: true }, { label: t('kind.output'), number: true },
    {
      label: t('kind.cacheRead'),
      number: true,
      spare: true,
    }, { label: t('kind.cacheWrite5m'), number: true, spare: true }, { label: t('kind.cacheWrite1h'), number: true, spare: true },
    { label: t('column.source'), spare: true }, { label: t('column.acts'), hidden: true },
  ];
  const rows = [...prices].sort((one, other) => Number(other.own) - Number(one.own)).map((price) => [
    el(
      'span',
      { class: 'stacked' },
      el('code', null, price.match),
      price.tierAbove > 0 ? el('small', null, t('prices.above', { count: price.tierAbove })) : null,
    ),
    price.effectiveFrom > 0 ? words.date(price.effectiveFrom) : t('prices.ever'),
    money(price.input), money(price.output), money(price.cacheRead), money(price.cacheWrite5m), money(price.cacheWrite1h),
    sourceOf(price),
    price.own && context.mayManage ? removeButton(context, price, redraw) : null,
  ]);
  return rows.length > 0 ? table({ name: t('gateway.prices'), columns, rows, class: 'table-prices' }) : el('p', { class: 'lead' }, t('prices.none'));
}

/** @param {Price} price */
const sourceOf = ({ source, thirdParty, own }) => el(
  'span',
  { class: 'stacked' },
  el('span', null, source || '–'),
  own ? el('span', { class: 'tag', 'data-kind': 'good' }, t('prices.own')) : null,
  thirdParty ? el('span', { class: 'tag', 'data-kind': 'warn' }, t('prices.third')) : null,
);

/** @param {Context} context @param {Price} price @param {() => Promise<void>} redraw */
function removeButton({ api }, { id, match }, redraw) {
  const act = iconButton('close', t('prices.delete', { match }));
  act.onclick = async () => {
    if (!(await confirmAct({
      title: t('prices.delete.title', { match }),
      text: t('prices.delete.text'),
      act: t('prices.delete', { match }),
    }))) return;
    await attempt(act, async () => {
      await api.deletePrice(id);
      toast(t('prices.deleted', { match }));
      await redraw();
    });
  };
  return act;
}

/** @param {Context} context @param {() => Promise<void>} redraw */
function openPriceForm({ api }, redraw) {
  const match = field({
    label: t('request.model'),
    name: 'match',
    required: true,
    maxlength: 200,
    placeholder: 'claude-opus-5*',
    hint: t('prices.match.hint'),
  });
  const rate = (/** @type {'input'|'output'|'cacheRead'|'cacheWrite5m'|'cacheWrite1h'} */ name, required = false) => {
    const made = field({ label: t(`kind.${name}`), name, required, maxlength: 24, placeholder: required ? '5.00' : t('prices.asInput') });
    made.input.setAttribute('inputmode', 'decimal');
    return made;
  };
  const rates = [rate('input', true), rate('output', true), rate('cacheRead'), rate('cacheWrite5m'), rate('cacheWrite1h')];
  const rest = [
    field({ label: t('prices.from'), name: 'effectiveFrom', type: 'date', hint: t('prices.from.hint') }),
    number('tierAbove', t('prices.tier'), '', t('prices.tier.hint'), '0'),
    field({ label: t('column.source'), name: 'source', maxlength: 100, placeholder: t('prices.source.placeholder') }),
  ];
  const fields = [match, ...rates, ...rest];
  const act = async () => {
    await api.addPrice(priceWish(Object.fromEntries(fields.map((one) => [one.name, one.value]))));
    dialog.close();
    toast(t('prices.added', { match: match.value.trim() }));
    await redraw();
  };
  const body = [match.node, el('p', { class: 'field-hint' }, t('prices.unit')), grid(rates), grid(rest)];
  const dialog = sheet({
    title: t('prices.add'),
    class: 'wide',
    content: [form({ fields, body, submit: t('prices.add'), act: fieldwise(act), name: t('prices.add') })],
  });
  match.input.focus();
}

