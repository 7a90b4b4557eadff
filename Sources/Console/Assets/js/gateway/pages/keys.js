/** Who may use the gateway: one line a key, with its limits and what it spent. */
import { banner, linkButton } from '#/js/elements/parts.js';
import { copyBox, gatewayPage, money } from '#/js/gateway/elements/parts.js';
import { more, table } from '#/js/gateway/elements/table.js';
import { commandFor } from '#/js/gateway/models/commands.js';
import { limitsOf } from '#/js/gateway/models/limits.js';
import { t } from '#/js/gateway/words.js';
import { el } from '#/js/lib/dom.js';
import { pathTo } from '#/js/models/router.js';
import { ago, words } from '#/js/models/words.js';
import { part } from '#/js/pages/parts.js';

/** @typedef {import('#/js/gateway/place.js').Context} Context */
/** @typedef {import('#/js/gateway/api.js').GatewayKey} GatewayKey */

/** @param {Context} context */
export async function keysPage({ api, mayManage }) {
  const [keys, address] = await Promise.all([api.keys(), api.address()]);
  const add = mayManage ? linkButton(t('keys.add'), { href: pathTo({ name: 'newKey' }), kind: 'primary', icon: 'plus' }) : null;
  if (keys.items.length === 0) return noKeys(add, address);
  const columns = [
    { label: t('key.name') }, { label: t('key.limits'), spare: true }, { label: t('key.lastUsed'), spare: true },
    { label: t('key.today'), number: true }, { label: t('key.month'), number: true },
  ];
  const rows = (/** @type {GatewayKey[]} */ items) => items.map(keyLine);
  const view = table({ name: t('gateway.keys'), columns, rows: rows(keys.items) });
  return gatewayPage(
    { title: t('gateway.keys'), lead: t('keys.lead'), acts: [add] },
    keys.items.some(isLost) ? banner('warn', t('keys.lost')) : null,
    view,
    more(keys, (cursor) => api.keys(cursor), (items) => view.add(rows(items))),
    addressPart(address),
  );
}

/** @typedef {{anthropic: string, openai: string}} Address */

/** @param {HTMLElement|null} add @param {Address} address */
const noKeys = (add, address) => gatewayPage(
  { title: t('keys.none.title'), lead: add ? t('keys.none.admin') : t('keys.none.agent'), acts: [add] },
  el('div', { class: 'steps' }, copyBox(t('keys.none.then'), commandFor('claude', 'sb-…', address.anthropic))),
  addressPart(address),
);

/**
 * What programs are pointed at, ready to be copied.
 * @param {Address} address
 */
const addressPart = ({ anthropic, openai }) => part(
  { title: t('keys.address'), text: t('keys.address.lead') },
  el(
    'div',
    { class: 'steps' },
    copyBox(t('keys.address.anthropic'), `ANTHROPIC_BASE_URL=${anthropic}`),
    copyBox(t('keys.address.openai'), `OPENAI_BASE_URL=${openai}`),
  ),
);

/** @param {GatewayKey} key */
function keyLine(key) {
  const state = stateTag(key);
  const name = el('div', { class: 'key-name' }, el(
    'a',
    { href: pathTo({ name: 'key', id: key.id }) },
    key.name,
  ), state, el('code', null, `${key.prefix}…`));
  return [
    name,
    el('span', { class: 'named' }, limitsOf(key).join(' · ') || t('field.noLimit')),
    key.lastUsedAt ? ago(key.lastUsedAt) : t('when.never'),
    el('span', { class: 'stacked' }, money(key.today.cost), el('small', null, t('figure.requestsOf', { count: key.today.requests }))),
    el('span', { class: 'stacked' }, money(key.month.cost), el('small', null, t('figure.requestsOf', { count: key.month.requests }))),
  ];
}

/**
 * An expired key is not active either, but it can be given more time.
 * @param {GatewayKey} key
 */
export const isRevoked = ({ active, expiresAt }) => !active && !(expiresAt && expiresAt <= Date.now());

/**
 * Made under another house key: nobody can use it.
 * @param {GatewayKey} key
 */
const isLost = (key) => key.lost === true && !isRevoked(key);

/** @param {GatewayKey} key */
export function stateTag(key) {
  const { expiresAt } = key;
  if (isLost(key)) return el('span', { class: 'tag', 'data-kind': 'bad', title: t('keys.lost') }, t('key.lost'));
  if (isRevoked(key)) return el('span', { class: 'tag', 'data-kind': 'bad' }, t('key.revoked'));
  if (expiresAt && expiresAt <= Date.now()) return el('span', { class: 'tag', 'data-kind': 'warn' }, t('key.expired'));
  return expiresAt ? el('span', { class: 'tag' }, t('key.until', { date: words.date(expiresAt) })) : null;
}

