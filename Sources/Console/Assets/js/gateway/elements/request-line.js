/** A request as a line of a table. */
import { figure, lapse, roughMoney, statusTag } from '#/js/gateway/elements/parts.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';
import { words } from '#/js/models/words.js';

/** @typedef {import('#/js/gateway/api.js').GatewayRequest} GatewayRequest */

export const requestColumns = () => [
  { label: t('column.when') }, { label: t('request.model') }, { label: t('request.key'), rare: true }, { label: t('request.node'), spare: true },
  { label: t('request.state') }, { label: t('node.firstByte'), number: true, rare: true }, { label: t('column.took'), number: true, spare: true },
  {
    label: t('figure.input'),
    number: true,
    rare: true,
  }, { label: t('figure.output'), number: true, rare: true }, { label: t('figure.cost'), number: true },
];

/** @param {GatewayRequest} request @returns {(Node|string|null)[]} */
export const requestLine = (request) => [
  el('a', { href: pathTo({ name: 'request', id: request.id }), title: words.dateTime(request.at) }, clockOf(request.at)),
  modelOf(request),
  request.key ? el('span', { class: 'named' }, request.key.name ?? request.key.id) : '–',
  nodeOf(request),
  statusTag(request),
  lapse(request.firstByteMs),
  lapse(request.durationMs),
  figure(request.inputTokens),
  figure(request.outputTokens),
  costOf(request),
];

/** @param {number} at */
function clockOf(at) {
  const time = new Intl.DateTimeFormat(words.locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(at);
  return words.dayKey(at) === words.dayKey(Date.now()) ? time : `${words.ago(at)} ${time}`;
}

/** @param {GatewayRequest} request */
export const modelOf = ({ model, mappedModel, operation }) => el(
  'span',
  { class: 'stacked' },
  el('span', { class: 'model' }, model || operation),
  mappedModel && mappedModel !== model ? el('small', null, `→ ${mappedModel}`) : null,
);

/** @param {GatewayRequest} request */
export const nodeOf = ({ node, attempts }) => el(
  'span',
  { class: 'stacked' },
  node ? el('span', { class: 'named' }, node.name ?? node.id) : '–',
  attempts > 1 ? el('small', null, t('request.attempts', { count: attempts })) : null,
);

/** @param {GatewayRequest} request */
export const costOf = ({ cost, priced }) => (priced === false && cost === null
  ? el('span', { class: 'warn', title: t('request.unpriced.title') }, t('request.unpriced'))
  : roughCost(cost));

/** @param {string|null} cost */
function roughCost(cost) {
  if (cost === null) return el('span', { class: 'none' }, '–');
  const { text, title } = roughMoney(cost);
  return el('span', { class: 'money', title }, text);
}
