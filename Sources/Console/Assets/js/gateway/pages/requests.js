/** The ledger: every request, newest first, by key, node, model and state, or the one of an id. */
import { choice, field } from '#/js/elements/fields.js';
import { attempt, gatewayPage } from '#/js/gateway/elements/parts.js';
import { requestColumns, requestLine } from '#/js/gateway/elements/request-line.js';
import { more, table } from '#/js/gateway/elements/table.js';
import { addressOf, readAddress } from '#/js/gateway/models/address.js';
import { requestIDOf } from '#/js/gateway/models/request-id.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { button } from '#/js/elements/parts.js';
import { words } from '#/js/models/words.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */
/** @typedef {import('#/js/gateway/api.js').GatewayRequest} GatewayRequest */

const FILTERS = /** @type {const} */ (['status', 'model', 'key', 'node', 'from', 'to']);
const STATUSES = /** @type {const} */ (['open', 'completed', 'failed', 'refused', 'cancelled', 'interrupted']);

/** @param {Context} context */
export async function requestsPage({ api, hub }) {
  const [keys] = await Promise.all([api.keys(), hub.nodes.isLoaded ? null : hub.nodes.load(api)]);
  const answer = el('div', { class: 'usage', 'aria-live': 'polite' });
  let asked = 0;
  const load = async () => {
    const mine = (asked += 1);
    const wish = wishOf();
    const page = await api.requests(wish);
    const none = 'request' in wish ? t('requests.noneOfID') : t('requests.none');
    if (mine === asked) answer.replaceChildren(...listOf(page, none, (cursor) => api.requests({ ...wish, cursor })));
  };
  const choose = (/** @type {Record<string, string>} */ change) => {
    history.replaceState(history.state, '', location.pathname + addressOf({ ...readAddress(location.hash), ...change }));
    void attempt(null, load);
  };
  await load();
  const names = { keys: keys.items.map(({ id, name }) => ({ id, name })), nodes: hub.nodes.list.map(({ id, name }) => ({ id, name })) };
  const again = button(t('requests.again'), { icon: 'reopen' });
  again.onclick = () => attempt(again, load);
  return gatewayPage({ title: t('gateway.requests'), lead: t('requests.lead'), acts: [again] }, filters(names, choose), answer);
}

/**
 * What the address asks for; what is none of ours is left out. An id names one request, whatever else is chosen.
 * @returns {Record<string, string|undefined>}
 */
function wishOf() {
  const address = readAddress(location.hash);
  const request = requestIDOf(address['request'] ?? '');
  if (request) return { request };
  return Object.fromEntries(FILTERS.map((name) => [name, address[name]]));
}

/**
 * @param {{keys: {id: string, name: string}[], nodes: {id: string, name: string}[]}} names
 * @param {(change: Record<string, string>) => void} choose
 */
function filters({ keys, nodes }, choose) {
  const address = readAddress(location.hash);
  const pick = (/** @type {'status'|'key'|'node'} */ name, /** @type {string} */ label, /** @type {{value: string, label: string}[]} */ options) => {
    const one = choice({ label, name, value: address[name] ?? '', options: [{ value: '', label: t('filter.all') }, ...options] });
    one.input.addEventListener('change', () => choose({ [name]: one.value }));
    return one.node;
  };
  const model = field({ label: t('request.model'), name: 'model', value: address['model'] ?? '', placeholder: t('filter.all') });
  model.input.addEventListener('change', () => choose({ model: model.value.trim() }));
  const named = (/** @type {{id: string, name: string}[]} */ list) => list.map(({ id, name }) => ({ value: id, label: name }));
  return el(
    'form',
    { class: 'filters', role: 'search', 'aria-label': t('filter.label'), onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    pick('status', t('request.state'), STATUSES.map((value) => ({ value, label: t(`request.status.${value}`) }))),
    model.node,
    pick('key', t('request.key'), named(keys)),
    pick('node', t('request.node'), named(nodes)),
    idField(address['request'] ?? '', choose).node,
    spanChip(address, choose),
  );
}

/**
 * A support case begins with the id that the client was told.
 * @param {string} value
 * @param {(change: Record<string, string>) => void} choose
 */
function idField(value, choose) {
  const one = field({ label: t('requests.find'), name: 'request', value, placeholder: 'x-request-id', maxlength: 400 });
  one.input.addEventListener('change', () => {
    const id = requestIDOf(one.value);
    if (one.value.trim() && !id) return one.fail(t('requests.find.invalid'));
    one.input.value = id ?? '';
    choose({ request: id ?? '' });
  });
  return one;
}

/**
 * The period that led here, and a way out of it.
 * @param {Record<string, string|undefined>} address
 * @param {(change: Record<string, string>) => void} choose
 */
function spanChip({ from, to }, choose) {
  if (!from || !to || !Number.isFinite(Number(from)) || !Number.isFinite(Number(to))) return null;
  const act = button(t(
    'filter.span',
    { from: words.dateTime(Number(from)), to: words.dateTime(Number(to)) },
  ), { icon: 'close', class: 'filter-span' });
  act.onclick = () => (act.remove(), choose({ from: '', to: '' }));
  return act;
}

/**
 * @param {import('#/js/gateway/api.js').Page<GatewayRequest>} page
 * @param {string} none said when there is nothing
 * @param {(cursor: string) => Promise<import('#/js/gateway/api.js').Page<GatewayRequest>>} ask
 */
function listOf(page, none, ask) {
  if (page.items.length === 0) return [el('p', { class: 'lead' }, none)];
  const view = table({ name: t('gateway.requests'), columns: requestColumns(), rows: page.items.map(requestLine) });
  return [view, more(page, ask, (items) => view.add(items.map(requestLine)))];
}
