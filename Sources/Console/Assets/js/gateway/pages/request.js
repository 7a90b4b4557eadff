/** One request: how it went, try by try, and what each kind of token cost. */
import { banner } from '#/js/elements/parts.js';
import { facts, figure, gatewayPage, lapse, money, statusTag } from '#/js/gateway/elements/parts.js';
import { table } from '#/js/gateway/elements/table.js';
import { nanoOf, sum } from '#/js/gateway/models/money.js';
import { kindWords } from '#/js/gateway/models/kinds.js';
import { codeWords } from '#/js/gateway/models/node-health.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';
import { maybe, words } from '#/js/models/words.js';
import { part } from '#/js/pages/parts.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */
/** @typedef {import('#/js/gateway/api.js').RequestDetail} RequestDetail */
/** @typedef {import('#/js/gateway/api.js').Named} Named */

/** @param {Context} context */
export async function requestPage({ api, place }) {
  const request = await api.request(place.id ?? '');
  const above = { href: pathTo({ name: 'requests' }), label: t('gateway.requests') };
  return gatewayPage(
    { title: request.model || request.operation, lead: words.dateTime(request.at), mark: statusTag(request), above },
    troubleOf(request),
    part({ title: t('request.facts'), class: 'part-first' }, factsOf(request)),
    triesPart(request),
    decisionPart(request),
    costPart(request),
  );
}

/** @param {RequestDetail} request */
function troubleOf({ status, code }) {
  if (status === 'completed' || status === 'open') return null;
  const why = codeWords((code ?? '').replace(/^gateway\./, '')) ?? code ?? '';
  return banner(status === 'cancelled' ? 'info' : 'warn', t(`request.status.${status}.words`), why ? ` ${why}` : null);
}

/** @param {RequestDetail} request */
const factsOf = (request) => facts(
  [t('request.id'), el('code', null, request.id)],
  [t('request.key'), linked('key', request.key)],
  [t('request.node'), linked('node', request.node)],
  [t('request.operation'), request.stream ? t('request.stream', { operation: request.operation }) : request.operation],
  [t('request.mapped'), request.mappedModel && request.mappedModel !== request.model ? request.mappedModel : null],
  [t('request.http'), request.httpStatus === null ? '–' : String(request.httpStatus)],
  [t('request.tier'), request.tier && request.tier !== 'standard' ? maybe(`tier.${request.tier}`) ?? request.tier : null],
  [t('node.firstByte'), lapse(request.firstByteMs)],
  [t('column.took'), lapse(request.durationMs)],
  [t('figure.cost'), request.priced === false && request.cost === null ? t('request.unpriced.title') : money(request.cost)],
);

/** @param {'key'|'node'} name @param {Named|null} thing */
const linked = (name, thing) => (thing ? el('a', { href: pathTo({ name, id: thing.id }) }, thing.name ?? thing.id) : '–');

/** @param {RequestDetail} request */
function triesPart({ tries = [] }) {
  if (tries.length === 0) return part({ title: t('request.tries') }, el('p', { class: 'lead' }, t('request.tries.none')));
  const columns = [
    { label: t('column.number') },
    { label: t('request.node') },
    { label: t('request.outcome') },
    { label: t('request.certainty'), spare: true },
    { label: t('column.took'), number: true },
  ];
  const rows = tries.map((one, index) => [
    words.number(index + 1),
    linked('node', one.node),
    el('span', { class: 'stacked' }, outcomeOf(one), one.suspectedCharge ? el('small', { class: 'warn' }, t('request.suspected')) : null),
    one.certainty ? maybe(`certainty.${one.certainty}`) ?? one.certainty : '–',
    lapse(one.ms),
  ]);
  return part({ title: t('request.tries') }, table({ name: t('request.tries'), columns, rows }));
}

/** @param {import('#/js/gateway/api.js').Try} one */
function outcomeOf({ outcome, httpStatus }) {
  const words = codeWords(outcome) ?? outcome ?? t('request.running');
  return httpStatus && !words.includes(String(httpStatus)) ? `${words} (${httpStatus})` : words;
}

/** @param {RequestDetail} request */
function decisionPart({ decision = [], at }) {
  if (decision.length === 0) return null;
  const lines = decision.map((one) => el(
    'li',
    null,
    el('span', { class: 'log-time' }, `+${lapse(Math.max(0, one.at - at))}`),
    el('span', null, words.language === 'zh' && one.wordsZh ? one.wordsZh : one.words),
  ));
  return part({ title: t('request.decision'), text: t('request.decision.lead') }, el('ol', { class: 'log-lines' }, ...lines));
}

/** @param {RequestDetail} request */
function costPart({ priceLines = [], usage, cost }) {
  if (priceLines.length === 0) return usage ? part({ title: t('request.tokens') }, tokensOf(usage)) : null;
  const columns = [
    { label: t('price.kind') },
    { label: t('price.tokens'), number: true },
    { label: t('price.perMillion'), number: true },
    { label: t('figure.cost'), number: true },
  ];
  const rows = priceLines.map((line) => [kindWords(line.kind), figure(line.tokens), money(line.perMillion), money(line.cost)]);
  const total = sum(priceLines.map((line) => nanoOf(line.cost)));
  // The server's word counts; the sum is only shown where it says nothing.
  const foot = [t('usage.total'), '', '', money(nanoOf(cost) ?? total)];
  return part({ title: t('request.cost') }, table({ name: t('request.cost'), columns, rows, foot }));
}

/** @param {Record<string, number|null>} usage */
const tokensOf = (usage) => facts(...Object.entries(usage).filter(([, count]) => typeof count === 'number' && count > 0)
  .map(([kind, count]) => /** @type {[string, string]} */ ([kindWords(kind), figure(count)])));
