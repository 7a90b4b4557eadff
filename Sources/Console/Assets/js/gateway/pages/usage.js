/** What was used and what it cost: a period, parted by day, model, key or node. */
import { banner, button } from '#/js/elements/parts.js';
import { field } from '#/js/elements/fields.js';
import { columns as bars } from '#/js/gateway/elements/charts.js';
import { saveFile } from '#/js/gateway/elements/save-file.js';
import { attempt, figure, gatewayPage, money, moneyText, segments, total } from '#/js/gateway/elements/parts.js';
import { table } from '#/js/gateway/elements/table.js';
import { usagePath } from '#/js/gateway/api.js';
import { addressOf, readAddress } from '#/js/gateway/models/address.js';
import { PERIODS, daysOf, periodName, periodOf } from '#/js/gateway/models/period.js';
import { GROUPINGS, drillDown, groupingOf, height, spanOf } from '#/js/gateway/models/usage.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';
import { words } from '#/js/models/words.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */
/** @typedef {import('#/js/gateway/api.js').UsageReport} UsageReport */
/** @typedef {import('#/js/gateway/api.js').UsageItem} UsageItem */
/** @typedef {import('#/js/gateway/models/period.js').Period} Period */

/** @param {Context} context */
export async function usagePage(context) {
  const view = new UsageView(context);
  await view.load();
  return view.node;
}

class UsageView {
  #context;
  #answer = el('div', { class: 'usage', 'aria-live': 'polite' });
  #controls = el('div', { class: 'filters' });
  #asked = 0;
  #csv;
  node;

  /** @param {Context} context */
  constructor(context) {
    this.#context = context;
    this.#csv = button(t('usage.csv'), { icon: 'download' });
    this.#csv.onclick = () => void this.#save();
    this.node = gatewayPage({ title: t('gateway.usage'), lead: t('usage.lead'), acts: [this.#csv] }, this.#controls, this.#answer);
    this.#drawControls();
  }

  get #address() {
    return readAddress(location.hash);
  }

  /** @returns {{by: import('#/js/gateway/models/usage.js').Grouping, period: Period, wish: {from: number, to: number, by: string, zone: string}}} */
  get #wish() {
    const by = groupingOf(this.#address);
    const period = periodOf(this.#address, Date.now());
    const { from, to, zone, unit } = period;
    return { by, period, wish: { from, to, zone, by: by === 'day' ? unit : by } };
  }

  async load() {
    const asked = (this.#asked += 1);
    const { by, period, wish } = this.#wish;
    const report = await this.#context.api.usage(wish);
    if (asked === this.#asked) this.#answer.replaceChildren(...partsOf(report, by, period));
  }

  /** @param {Record<string, string>} change */
  #choose(change) {
    history.replaceState(history.state, '', location.pathname + addressOf({ ...this.#address, ...change }));
    this.#answer.setAttribute('aria-busy', 'true');
    void attempt(null, () => this.load()).then(() => this.#answer.removeAttribute('aria-busy'));
  }

  #drawControls() {
    const own = this.#ownPeriod();
    const period = segments({
      name: 'period',
      label: t('usage.period'),
      value: periodName(this.#address),
      options: PERIODS.map((value) => ({ value, label: t(`period.${value}`) })),
      onchange: (value) => {
        own.hidden = value !== 'own';
        this.#choose(value === 'own' ? { period: value, ...daysOf(this.#wish.period) } : { period: value, from: '', to: '' });
      },
    });
    const by = segments({
      name: 'by',
      label: t('usage.by'),
      value: groupingOf(this.#address),
      options: GROUPINGS.map((value) => ({ value, label: t(`by.${value}`) })),
      onchange: (value) => this.#choose({ by: value }),
    });
    this.#controls.replaceChildren(period, own, by);
  }

  #ownPeriod() {
    const days = daysOf(this.#wish.period);
    const made = (/** @type {'from'|'to'} */ name) => {
      const one = field({ label: t(`usage.${name}`), name, type: 'date', value: days[name] });
      one.input.addEventListener('change', () => one.value && this.#choose({ period: 'own', [name]: one.value }));
      return one.node;
    };
    const node = el('div', { class: 'own-period' }, made('from'), made('to'));
    node.hidden = periodName(this.#address) !== 'own';
    return node;
  }

  async #save() {
    const { wish, by, period } = this.#wish;
    const { from, to } = daysOf(period);
    await attempt(this.#csv, () => saveFile(usagePath(wish), 'text/csv', `usage-${by}-${from}-${to}.csv`));
  }
}

/** @param {UsageReport} report @param {import('#/js/gateway/models/usage.js').Grouping} by @param {Period} period @returns {Node[]} */
function partsOf({ items, total: all, unpricedModels }, by, period) {
  const unpriced = unpricedModels.length === 0 ? [] : [banner(
    'warn',
    el('span', null, t('usage.unpriced', { count: all.unpriced, models: unpricedModels.join(', ') })),
    ' ',
    el('a', { href: pathTo({ name: 'prices' }) }, t('usage.unpriced.act')),
  )];
  if (all.requests === 0) return [...unpriced, el('p', { class: 'lead' }, t('usage.none'))];
  // Hours and days to come are no zeros.
  const past = by === 'day' ? items.filter(({ name }) => (spanOf(name)?.from ?? 0) <= Date.now()) : items;
  const chart = by === 'day' ? [chartOf(past, period)] : [];
  return [...unpriced, totals(all), ...chart, tableOf(past, all, by, period)];
}

/** @param {import('#/js/gateway/api.js').Figures} all */
const totals = (all) => el(
  'dl',
  { class: 'totals' },
  ...[
    [t('figure.cost'), money(all.cost)], [t('figure.requests'), total(all.requests)], [t('figure.failures'), total(all.failures)],
    [t('figure.input'), total(all.inputTokens)], [t('figure.output'), total(all.outputTokens)], [t('figure.cacheRead'), total(all.cacheReadTokens)],
    [t('figure.cacheWrite'), total(all.cacheWriteTokens)],
  ].map(([label, value]) => el('div', null, el('dt', null, label), el('dd', null, value))),
);

/**
 * Costs, or requests while nothing cost anything.
 * @param {UsageItem[]} items
 * @param {Period} period
 */
function chartOf(items, period) {
  const costs = items.some(({ cost }) => height(cost) > 0);
  const drawn = items.map((item) => {
    const label = timeLabel(item.name, period.unit);
    const title = t('usage.bar', { when: label, cost: moneyText(item.cost), count: item.requests });
    return { label, title, value: costs ? height(item.cost) : item.requests };
  });
  const axis = (/** @type {number} */ value) => (costs ? moneyText(BigInt(Math.round(value * 1e9))) : words.number(value));
  return el(
    'figure',
    { class: 'chart-box' },
    el('figcaption', null, costs ? t('usage.chart.cost') : t('usage.chart.requests')),
    bars(drawn, { axis }),
  );
}

/** @param {UsageItem[]} items @param {import('#/js/gateway/api.js').Figures} all @param {import('#/js/gateway/models/usage.js').Grouping} by @param {Period} period */
function tableOf(items, all, by, period) {
  const columns = [
    { label: t(`by.${by}`) }, { label: t('figure.cost'), number: true }, { label: t('figure.requests'), number: true },
    { label: t('figure.failures'), number: true, spare: true }, { label: t('figure.input'), number: true, spare: true },
    { label: t('figure.output'), number: true, spare: true }, { label: t('figure.cacheRead'), number: true, rare: true },
    { label: t('figure.cacheWrite'), number: true, rare: true },
  ];
  const line = (/** @type {Node|string} */ name, /** @type {import('#/js/gateway/api.js').Figures} */ one) => [
    name, costCell(one), figure(one.requests), figure(one.failures), figure(one.inputTokens), figure(one.outputTokens),
    figure(one.cacheReadTokens), figure(one.cacheWriteTokens),
  ];
  // The newest first, as in every list.
  const shown = by === 'day' ? [...items].reverse() : items;
  return table({
    name: t('gateway.usage'),
    columns,
    rows: shown.map((item) => line(nameCell(item, by, period), item)),
    foot: line(t('usage.total'), all),
  });
}

/** @param {import('#/js/gateway/api.js').Figures} figures */
const costCell = ({ cost, unpriced }) => el(
  'span',
  { class: 'stacked' },
  money(cost),
  unpriced > 0 ? el('small', { class: 'warn' }, t('usage.unpricedCount', { count: unpriced })) : null,
);

/** @param {UsageItem} item @param {import('#/js/gateway/models/usage.js').Grouping} by @param {Period} period */
function nameCell(item, by, period) {
  const label = by === 'day' ? timeLabel(item.name, period.unit) : item.name || t('usage.nameless');
  const wish = item.requests > 0 ? drillDown(by, item, period) : null;
  return wish ? el('a', { href: pathTo({ name: 'requests' }) + addressOf(wish) }, label) : label;
}

/** @param {string} name @param {'day'|'hour'} unit */
function timeLabel(name, unit) {
  const span = spanOf(name);
  if (!span) return name;
  if (unit === 'day') return words.date(span.from);
  const isToday = words.dayKey(span.from) === words.dayKey(Date.now());
  return isToday ? words.time(span.from) : `${words.date(span.from)} ${words.time(span.from)}`;
}
