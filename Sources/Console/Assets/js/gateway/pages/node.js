/** One node: its state, what can be done, its day, its settings, and how it came to be as it is. */
import { banner, button, linkButton } from '#/js/elements/parts.js';
import { Living, coalesced, everySecond } from '#/js/gateway/elements/living.js';
import { deleteNode, resultWords, stepNode } from '#/js/gateway/elements/node-acts.js';
import { NodeStateView } from '#/js/gateway/elements/node-state.js';
import { attempt, facts, figure, gatewayPage, lapse, money, percent } from '#/js/gateway/elements/parts.js';
import { more, table } from '#/js/gateway/elements/table.js';
import { timeline } from '#/js/gateway/elements/timeline.js';
import { addressOf } from '#/js/gateway/models/address.js';
import { reasonOf, stateWords } from '#/js/gateway/models/node-health.js';
import { modelsText } from '#/js/gateway/models/model-map.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';
import { maybe, words } from '#/js/models/words.js';
import { part } from '#/js/pages/parts.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */
/** @typedef {import('#/js/gateway/api.js').GatewayNode} GatewayNode */

/** @param {Context} context */
export async function nodePage(context) {
  const { api, hub, place } = context;
  const [node, history] = await Promise.all([api.node(place.id ?? ''), api.nodeHistory(place.id ?? '')]);
  hub.nodes.hear(node);
  const state = new NodeStateView();
  const today = el('div', null);
  const acts = el('div', { class: 'page-acts' });
  const result = el('p', { class: 'probe-result', role: 'status' });
  const day = el('div', { class: 'node-day' });
  let drawn = '';
  const draw = () => {
    const now = hub.nodes.get(node.id) ?? node;
    state.update(now.health, hub.now());
    const sign = JSON.stringify([now.enabled, now.draining, now.health, now.today, now.timeline]);
    if (sign === drawn) return;
    drawn = sign;
    keepFocus(acts, () => acts.replaceChildren(...(context.mayManage ? actsOf(context, now, result) : [])));
    today.replaceChildren(todayOf(now));
    day.replaceChildren(timeline(now.timeline ?? []), dayLegend());
  };
  draw();
  const above = { href: pathTo({ name: 'nodes' }), label: t('gateway.nodes') };
  const page = gatewayPage(
    { title: node.name, lead: node.url, above },
    needed(context, node),
    el('div', { class: 'node-head' }, state.node, acts, result),
    part({ title: t('node.day'), class: 'part-first' }, day, today),
    part({ title: t('node.settings') }, settingsOf(node), modelsAsked(context, node)),
    historyPart(context, node, history),
    context.mayManage ? part({ title: t('node.delete'), text: t('node.delete.lead') }, deleteButton(context, node)) : null,
  );
  const redraw = coalesced(draw);
  return new Living(page, () => [hub.nodes.on('change', redraw), everySecond(redraw)]);
}

/**
 * Buttons that are drawn anew while one of them has the focus give it to their successor.
 * @param {HTMLElement} box
 * @param {() => void} draw
 */
function keepFocus(box, draw) {
  const at = [...box.children].findIndex((one) => one === document.activeElement);
  draw();
  const next = box.children[at];
  if (next instanceof HTMLElement) next.focus();
}

/** @param {Context} context @param {GatewayNode} node @param {HTMLElement} result */
function actsOf(context, node, result) {
  const { api, hub } = context;
  const step = (/** @type {'enable'|'disable'|'drain'|'undrain'} */ name, /** @type {'danger'|undefined} */ kind) => {
    const act = button(t(`node.${name}`), { kind });
    act.onclick = () => void stepNode(context, node, name, act);
    return act;
  };
  const test = button(t('node.test'), { icon: 'pulse', kind: 'primary' });
  test.onclick = async () => {
    result.textContent = t('node.test.running', { name: node.name });
    const went = await attempt(test, async () => {
      const answer = await api.testNode(node.id);
      result.textContent = resultWords(node.name, answer);
      result.dataset['tone'] = answer.ok ? 'good' : 'bad';
      hub.nodes.hear(await api.node(node.id));
    });
    if (!went) result.textContent = '';
  };
  return [
    test,
    linkButton(t('node.edit'), { href: pathTo({ name: 'editNode', id: node.id }) }),
    node.enabled && node.health.state === 'dead' && !node.needsCredential ? step('enable') : null,
    node.draining ? step('undrain') : step('drain'),
    node.enabled ? step('disable', 'danger') : step('enable'),
  ].flatMap((one) => one ?? []);
}

/** @param {Context} context @param {GatewayNode} node */
function needed({ mayManage }, { id, needsCredential }) {
  if (!needsCredential) return null;
  const act = mayManage ? el('a', { href: pathTo({ name: 'editNode', id }) }, t('node.credential.enter')) : null;
  return banner('warn', el('span', null, t('node.needsCredential.words')), ' ', act);
}

/** @param {GatewayNode} node */
function todayOf({ id, today, health }) {
  const { requests, failures, inputTokens, outputTokens, cost } = today ?? {};
  const asked = el('a', { href: pathTo({ name: 'requests' }) + addressOf({ node: id }) }, figure(requests));
  return facts(
    [t('figure.requests'), asked],
    [t('figure.failures'), figure(failures)],
    [t('node.errors'), percent(health.errorShare)],
    [t('node.firstByte'), lapse(health.firstByteMs)],
    [t('node.inFlight'), figure(health.inFlight)],
    [t('figure.input'), figure(inputTokens)],
    [t('figure.output'), figure(outputTokens)],
    [t('figure.cost'), money(cost)],
    [t('node.lastSuccess'), health.lastSuccessAt ? words.dateTime(health.lastSuccessAt) : t('when.never')],
    [t('node.lastProbe'), health.lastProbeAt ? words.dateTime(health.lastProbeAt) : t('when.never')],
  );
}

const dayLegend = () => el('p', { class: 'legend', 'aria-hidden': 'true' }, ...(/** @type {const} */ (['healthy', 'troubled', 'down', 'none'])).map((state) =>
  el('span', { class: `legend-${state}` }, t(`timeline.legend.${state}`))));

/** @param {GatewayNode} node */
const settingsOf = (node) => facts(
  [t('node.family'), node.family === 'openai' ? 'OpenAI' : 'Anthropic'],
  [t('node.provider'), node.provider],
  [t('node.auth'), node.auth],
  [t('node.credential'), t(node.needsCredential ? 'node.credential.lost' : node.hasCredential ? 'node.credential.stored' : 'node.credential.none')],
  [t('node.priority'), figure(node.priority)],
  [t('node.weight'), figure(node.weight)],
  [t('node.maxConcurrency'), node.maxConcurrency === null ? t('field.noLimit') : figure(node.maxConcurrency)],
  [t('node.models'), node.models.length > 0 ? el('span', { class: 'lines' }, modelsText(node.models)) : t('node.models.all')],
  [t('node.healthMethod'), [maybe(`node.method.${node.healthMethod}`) ?? node.healthMethod, node.healthMethod === 'head' ? '' : node.healthModel].filter(Boolean).join(' · ')],
  [t('node.rateDomain'), node.rateDomain],
  [t('node.cacheDomain'), node.cacheDomain],
  [
    t('node.reach'),
    [node.allowPrivate ? t('node.allowPrivate') : '', node.allowLoopback ? t('node.allowLoopback') : ''].filter(Boolean).join(', ') || null,
  ],
);

/**
 * Asked of the node itself, only when somebody wants it.
 * @param {Context} context
 * @param {GatewayNode} node
 */
function modelsAsked({ api }, { id }) {
  const ask = button(t('node.models.ask'));
  const answer = el('div', { class: 'models-asked', role: 'status' });
  ask.onclick = () => attempt(ask, async () => {
    const { items, at } = await api.nodeModels(id);
    const list = el('ul', null, ...items.map((name) => el('li', null, el('code', null, name))));
    answer.replaceChildren(el('p', null, t('node.models.answer', { count: items.length, when: words.dateTime(at) })), list);
  });
  return el('div', { class: 'form' }, el('div', null, ask), answer);
}

/** @param {Context} context @param {GatewayNode} node @param {import('#/js/gateway/api.js').Page<import('#/js/gateway/api.js').HistoryLine>} history */
function historyPart({ api }, { id }, history) {
  const columns = [
    { label: t('column.when') },
    { label: t('node.state') },
    { label: t('column.why') },
    { label: t('column.source'), spare: true },
    { label: t('column.took'), number: true, spare: true },
  ];
  const rows = (/** @type {import('#/js/gateway/api.js').HistoryLine[]} */ items) => items.map((line) => [
    words.dateTime(line.at),
    line.from && line.from !== line.to ? `${stateWords(line.from)} → ${stateWords(line.to)}` : stateWords(line.to),
    reasonOf({ code: line.code, words: line.words }),
    maybe(`source.${line.source}`) ?? line.source,
    lapse(line.ms),
  ]);
  const view = table({ name: t('node.history'), columns, rows: rows(history.items) });
  const content = history.items.length > 0 ? view : el('p', { class: 'lead' }, t('node.history.none'));
  return part({ title: t('node.history') }, content, more(history, (cursor) => api.nodeHistory(id, cursor), (items) => view.add(rows(items))));
}

/** @param {Context} context @param {GatewayNode} node */
function deleteButton(context, node) {
  const act = button(t('node.delete.act', { name: node.name }), { kind: 'danger' });
  act.onclick = async () => {
    if (await deleteNode(context, node)) context.console.go(pathTo({ name: 'nodes' }));
  };
  return el('div', null, act);
}

