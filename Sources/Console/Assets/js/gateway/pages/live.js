/** What happens now: rates of the last minute, what runs, what has just ended. */
import { button, empty, linkButton } from '#/js/elements/parts.js';
import { keyed } from '#/js/elements/keyed.js';
import { pulse } from '#/js/gateway/elements/charts.js';
import { LineState } from '#/js/gateway/elements/line-state.js';
import { Living, coalesced, everySecond } from '#/js/gateway/elements/living.js';
import { put } from '#/js/gateway/elements/node-state.js';
import { figure, gatewayPage, lapse } from '#/js/gateway/elements/parts.js';
import { requestColumns, requestLine } from '#/js/gateway/elements/request-line.js';
import { table } from '#/js/gateway/elements/table.js';
import { headline, toneOf } from '#/js/gateway/models/node-health.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';
import { words } from '#/js/models/words.js';
import { part } from '#/js/pages/parts.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */
/** @typedef {import('#/js/gateway/api.js').GatewayRequest} GatewayRequest */
/** @typedef {import('#/js/gateway/models/live-feed.js').Second} Second */

/** Lines that are drawn; the rest is told as a number. */
const SHOWN = 100;

/** @param {Context} context */
export async function livePage(context) {
  const { api, hub, mayManage } = context;
  if (!hub.nodes.isLoaded) await hub.nodes.load(api);
  const none = hub.nodes.list.length > 0 ? null : empty({
    icon: 'node',
    title: t('nodes.none.title'),
    text: mayManage ? t('live.noNodes') : t('nodes.none.agent'),
    act: mayManage ? linkButton(t('nodes.add'), { href: pathTo({ name: 'nodes' }), kind: 'primary' }) : null,
  });
  if (none) return none;
  const view = new LiveView(context);
  return new Living(view.node, () => view.follow());
}

class LiveView {
  #hub;
  #chart = el('div', null);
  #seconds = el('tbody', null);
  #figures = figures(['rate', 'failed', 'out', 'in', 'open', 'p50', 'p95']);
  #running = requestTable(t('live.running'), el('p', { class: 'lead' }, t('live.none')));
  #ended = requestTable(t('live.ended'), noneEnded());
  #runningCount = el('p', { class: 'field-hint' });
  #note = el('p', { class: 'field-hint' });
  #place = el('p', { class: 'field-hint' });
  #nodes = el('ul', { class: 'node-chips', 'aria-label': t('gateway.nodes') });
  #pause = button(t('live.pause'));
  #isPaused = false;
  #drawnSecond = 0;
  #state;
  node;

  /** @param {Context} context */
  constructor({ hub }) {
    this.#hub = hub;
    this.#state = new LineState(hub.line);
    this.#pause.setAttribute('aria-pressed', 'false');
    this.#pause.onclick = () => this.#hold(!this.#isPaused);
    const legend = el('p', { class: 'legend', 'aria-hidden': 'true' }, el(
      'span',
      { class: 'legend-pulse' },
      t('live.ended'),
    ), el('span', { class: 'legend-down' }, t('figure.failures')), el('span', { class: 'legend-gap' }, t('live.gap')));
    const chart = el('figure', { class: 'chart-box' }, el('figcaption', null, t('live.chart')), this.#chart, legend, secondsTable(this.#seconds));
    this.node = gatewayPage(
      { title: t('gateway.live'), acts: [this.#state.node] },
      this.#place,
      el('div', { class: 'live-top' }, this.#figures.node, chart),
      this.#nodes,
      part({ title: t('live.running'), class: 'part-first' }, this.#runningCount, this.#running.node),
      part({ title: t('live.ended') }, el('div', { class: 'live-acts' }, this.#pause, this.#note), this.#ended.node),
    );
    this.#draw();
  }

  follow() {
    const draw = coalesced(() => this.#draw());
    return [this.#hub.on('live', draw), this.#hub.nodes.on('change', draw), everySecond(draw), this.#state.follow()];
  }

  /**
   * Whoever reads a line must not have it run away.
   * @param {boolean} isPaused
   */
  #hold(isPaused) {
    this.#isPaused = isPaused;
    this.#pause.setAttribute('aria-pressed', String(isPaused));
    put(/** @type {HTMLElement} */ (this.#pause.querySelector('span')), isPaused ? t('live.resume') : t('live.pause'));
    this.#draw();
  }

  #draw() {
    const { feed } = this.#hub;
    const now = Date.now();
    this.#place.hidden = feed.others === 0;
    put(this.#place, feed.others > 0 ? t('live.place', { name: feed.instance, count: feed.others }) : '');
    this.#drawNumbers(now);
    this.#drawNodes();
    const open = feed.open;
    this.#running.show(open.slice(0, SHOWN), feed.clock(now));
    put(this.#runningCount, t('live.count', { count: feed.openCount }));
    if (!this.#isPaused) this.#ended.show(feed.ended.slice(0, SHOWN), feed.clock(now));
    put(this.#note, feed.skipped > 0 ? t('live.skipped', { count: feed.skipped }) : '');
  }

  /**
   * Once a second: the chart's table is long.
   * @param {number} now
   */
  #drawNumbers(now) {
    const { feed, line } = this.#hub;
    const window = feed.window(now);
    const isLive = line.state === 'live';
    const second = window.at(-1) ?? null;
    const share = second && second.requests > 0 ? second.failures : 0;
    this.#figures.put({
      rate: second ? figure(second.requests) : '–', failed: second ? figure(share) : '–', out: second ? figure(second.outputTokens) : '–',
      in: second ? figure(second.inputTokens) : '–', open: isLive ? figure(feed.openCount) : '–',
      p50: isLive ? lapse(feed.latest?.firstByteP50) : '–', p95: isLive ? lapse(feed.latest?.firstByteP95) : '–',
    });
    const at = Math.floor(feed.clock(now) / 1000) + (second?.requests ?? 0) / 1e6;
    if (at === this.#drawnSecond) return;
    this.#drawnSecond = at;
    this.#chart.replaceChildren(pulse(window.map((one) => one?.requests ?? null), window.map((one) => one?.failures ?? null), {
      axis: (value) => (Number.isInteger(value) ? words.number(value) : ''), from: t('live.minuteAgo'), to: t('when.now'),
    }));
    this.#drawSeconds(window);
  }

  /** @param {(Second|null)[]} window */
  #drawSeconds(window) {
    this.#seconds.replaceChildren(...window.flatMap((one, index) => (index % 5 === 4 ? [secondsLine(
      window.slice(index - 4, index + 1),
      index - 4,
    )] : [])));
  }

  #drawNodes() {
    const now = this.#hub.now();
    keyed(this.#nodes, this.#hub.nodes.list.slice(0, 60), {
      key: ({ id }) => id,
      sign: ({ name, health }) => `${name} ${headline(health, now)} ${health.inFlight}`,
      make: ({ id, name, health }) => el('li', null, el(
        'a',
        { class: 'node-chip', href: pathTo({ name: 'node', id }), 'data-tone': toneOf(health) },
        el('i', { class: 'state-sign', 'aria-hidden': 'true' }),
        el('b', null, name),
        el('span', null, headline(health, now)),
        health.inFlight > 0 ? el('span', { class: 'count-plain' }, t('live.inFlight', { count: health.inFlight })) : null,
      )),
    });
  }
}

/** @param {readonly ('rate'|'failed'|'out'|'in'|'open'|'p50'|'p95')[]} names */
function figures(names) {
  const cells = names.map((name) => ({ name, cell: el('dd', null, '–') }));
  const node = el('dl', { class: 'totals' }, ...cells.map(({ name, cell }) => el('div', null, el('dt', null, t(`live.${name}`)), cell)));
  return { node, put: (/** @type {Record<string, string>} */ values) => cells.forEach(({ name, cell }) => put(cell, values[name] ?? '–')) };
}

/**
 * The chart's numbers for those who hear the page: twelve lines of five seconds.
 * @param {HTMLElement} body
 */
const secondsTable = (body) => el(
  'table',
  { class: 'visually-hidden' },
  el('caption', null, t('live.chart')),
  el('thead', null, el(
    'tr',
    null,
    ...[t('column.when'), t('figure.requests'), t('figure.failures'), t('figure.output')].map((label) => el('th', { scope: 'col' }, label)),
  )),
  body,
);

/** @param {(Second|null)[]} five @param {number} index of the first */
function secondsLine(five, index) {
  const known = five.filter((one) => one !== null);
  const total = (/** @type {'requests'|'failures'|'outputTokens'} */ name) => (known.length === 0 ? t('live.unknown') : figure(known.reduce(
    (sum, one) => sum + (one?.[name] ?? 0),
    0,
  )));
  return el(
    'tr',
    null,
    el('th', { scope: 'row' }, t('live.secondsAgo', { count: 60 - index })),
    el('td', null, total('requests')),
    el('td', null, total('failures')),
    el('td', null, total('outputTokens')),
  );
}

/** Only what ended while somebody looked is here; the rest has its own place. */
const noneEnded = () => el(
  'p',
  { class: 'lead' },
  t('live.none.ended'),
  ' ',
  el('a', { href: pathTo({ name: 'requests' }) }, t('gateway.requests')),
);

/**
 * A table whose lines stay while they are shown.
 * @param {string} name
 * @param {HTMLElement} none shown in its place while it is empty
 */
function requestTable(name, none) {
  const columns = requestColumns();
  const view = table({ name, columns, rows: [] });
  const show = (/** @type {GatewayRequest[]} */ requests, /** @type {number} */ now) => {
    none.hidden = requests.length > 0;
    view.hidden = requests.length === 0;
    keyed(view.body, requests, {
      key: ({ id }) => id,
      sign: (request) => `${request.status} ${request.node?.id} ${request.attempts} ${request.cost} ${running(request, now)}`,
      make: (request) => requestRow(columns, request, now),
    });
  };
  return { node: el('div', null, none, view), show };
}

/** @param {{number?: boolean, spare?: boolean}[]} columns @param {GatewayRequest} request @param {number} now */
function requestRow(columns, request, now) {
  const cells = requestLine(request.status === 'open' ? { ...request, durationMs: running(request, now) } : request);
  return el('tr', null, ...cells.map((content, index) => {
    const look = { 'data-number': columns[index]?.number, 'data-spare': columns[index]?.spare };
    return index === 0 ? el('th', { scope: 'row', ...look }, content) : el('td', look, content);
  }));
}

/**
 * How long it runs, by whole seconds.
 * @param {GatewayRequest} request
 * @param {number} now
 * @returns {number|null}
 */
const running = ({ status, at }, now) => (status === 'open' ? Math.max(0, Math.floor((now - at) / 1000) * 1000) : null);
