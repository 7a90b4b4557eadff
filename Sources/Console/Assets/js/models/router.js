/**
 * Addresses and places. Both ways are pure, so that every link of the console is tested without a browser.
 *
 *   placeOf('/inbox/mine')          → { name: 'inbox', view: 'mine' }
 *   placeOf('/c/01J…')              → { name: 'conversation', id: '01J…' }
 *   placeOf('/c/01J…?at=12')        → the same with at: 12, the number of the message at which it opens
 *   placeOf('/inbox/search?q=refund&shop=01J…') → { name: 'search', q: 'refund', shop: '01J…' }; without words: nothing was asked yet
 *   pathTo({ name: 'shop', id })    → '/settings/shops/<id>'
 *
 * @typedef {import('#/js/lib/feed.js').View} View
 * @typedef {'setup'|'signin'|'invite'|'home'|'inbox'|'search'|'conversation'|'settings'|'members'|'shops'|'shop'|'newShop'|'you'|'workspace'|
 *   'gateway'|'live'|'nodes'|'newNode'|'node'|'editNode'|'keys'|'newKey'|'key'|'usage'|'requests'|'request'|'prices'|'gatewaySettings'|'audit'|
 *   'operations'|'ends'|'end'|'lost'} PlaceName
 * @typedef {{name: PlaceName, view?: View, id?: string, at?: number, q?: string, shop?: string}} Place
 */
import { isULID } from '#/js/lib/ulid.js';

/** UTF-16 units; the server takes no more, either. */
export const LONGEST_QUERY = 200;

/** @type {readonly View[]} */
const VIEWS = ['mine', 'unassigned', 'all', 'resolved'];

/** @type {Record<string, PlaceName>} */
const FIXED = {
  '/': 'home',
  '/setup': 'setup',
  '/signin': 'signin',
  '/invite': 'invite',
  '/inbox': 'inbox',
  '/inbox/search': 'search',
  '/settings': 'settings',
  '/settings/members': 'members',
  '/settings/shops': 'shops',
  '/settings/shops/new': 'newShop',
  '/settings/you': 'you',
  '/settings/workspace': 'workspace',
  '/gateway': 'gateway',
  '/gateway/live': 'live',
  '/gateway/nodes': 'nodes',
  '/gateway/nodes/new': 'newNode',
  '/gateway/keys': 'keys',
  '/gateway/keys/new': 'newKey',
  '/gateway/usage': 'usage',
  '/gateway/requests': 'requests',
  '/gateway/prices': 'prices',
  '/gateway/settings': 'gatewaySettings',
  '/gateway/audit': 'audit',
  '/operations': 'operations',
  '/operations/ends': 'ends',
};

/**
 * Things with an id: what stands before it and behind it.
 * @type {readonly {name: PlaceName, before: string, after: string}[]}
 */
const THINGS = [
  { name: 'conversation', before: '/c/', after: '' },
  { name: 'shop', before: '/settings/shops/', after: '' },
  { name: 'node', before: '/gateway/nodes/', after: '' },
  { name: 'editNode', before: '/gateway/nodes/', after: '/edit' },
  { name: 'key', before: '/gateway/keys/', after: '' },
  { name: 'request', before: '/gateway/requests/', after: '' },
  { name: 'end', before: '/operations/ends/', after: '' },
];

/** @param {string} address path and query, without fragment @returns {Place} */
export function placeOf(address) {
  const [path = '', query = ''] = address.split(/\?(.*)/s);
  const place = pathPlace(path);
  if (place.name === 'search') return { ...place, ...wordsOf(new URLSearchParams(query)) };
  const at = place.name === 'conversation' ? new URLSearchParams(query).get('at') ?? '' : '';
  return /^[1-9]\d{0,14}$/.test(at) ? { ...place, at: Number(at) } : place;
}

/** @param {URLSearchParams} query @returns {{q?: string, shop?: string}} */
function wordsOf(query) {
  const q = query.get('q')?.slice(0, LONGEST_QUERY).trim();
  const shop = query.get('shop') ?? '';
  return { ...(q ? { q } : {}), ...(isULID(shop) ? { shop } : {}) };
}

/** @param {string} path @returns {Place} */
function pathPlace(path) {
  const clean = path.length > 1 ? path.replace(/\/+$/, '') : path;
  const fixed = Object.hasOwn(FIXED, clean) ? FIXED[clean] : undefined;
  if (fixed) return { name: fixed };
  const [, first, second, third] = clean.split('/');
  if (first === 'inbox' && isView(second) && third === undefined) return { name: 'inbox', view: second };
  return thingOf(clean) ?? { name: 'lost' };
}

/** @param {string} path @returns {Place|null} */
function thingOf(path) {
  for (const { name, before, after } of THINGS) {
    const id = path.slice(before.length, path.length - after.length);
    const isID = name === 'end' ? isEnd : isULID;
    if (path.startsWith(before) && path.endsWith(after) && isID(id)) return { name, id };
  }
  return null;
}

/**
 * How the server names its ends: 20261121-180211-4711.
 * @param {string} id
 */
const isEnd = (id) => /^\d{8}-\d{6}-\d{1,10}$/.test(id);

/** @param {Place} place @returns {string} */
export function pathTo({ name, view, id, at, q, shop }) {
  if (name === 'inbox') return view ? `/inbox/${view}` : '/inbox';
  if (name === 'search') return `/inbox/search${queryOf({ q, shop })}`;
  const thing = THINGS.find((one) => one.name === name);
  if (thing) return thing.before + (id ?? '') + thing.after + (name === 'conversation' ? queryOf({ at }) : '');
  return Object.keys(FIXED).find((path) => FIXED[path] === name) ?? '/';
}

/** @param {Record<string, string|number|undefined>} values */
function queryOf(values) {
  const query = new URLSearchParams(Object.entries(values).flatMap(([name, value]) => (value ? [[name, String(value)]] : []))).toString();
  return query && `?${query}`;
}

/**
 * Places that need nobody to be signed in.
 * @param {Place} place
 */
export const isDoor = ({ name }) => name === 'setup' || name === 'signin' || name === 'invite';

/**
 * Which item of the rail is lit.
 * @param {Place} place
 * @returns {'inbox'|'gateway'|'operations'|'settings'|null}
 */
export function sectionOf({ name }) {
  if (name === 'inbox' || name === 'search' || name === 'conversation' || name === 'home') return 'inbox';
  if (pathTo({ name }).startsWith('/gateway')) return 'gateway';
  if (name === 'operations' || name === 'ends' || name === 'end') return 'operations';
  return isDoor({ name }) || name === 'lost' ? null : 'settings';
}

/**
 * On a phone one pane shows: the list, or the thing that was chosen from it.
 * @param {Place} place
 * @returns {'list'|'thing'}
 */
export const depthOf = ({ name }) => (name === 'inbox' || name === 'search' || name === 'settings' || name === 'gateway' || name === 'home' || name === 'lost'
  || name === 'operations' || name === 'ends' ? 'list' : 'thing');

/**
 * Where "back" leads from a place of the gateway or of operations: to the list that has the thing, then to the list of places.
 * @param {Place} place
 * @returns {Place}
 */
export function aboveOf({ name, id }) {
  if (name === 'editNode') return { name: 'node', id };
  if (name === 'node' || name === 'newNode') return { name: 'nodes' };
  if (name === 'key' || name === 'newKey') return { name: 'keys' };
  if (name === 'end') return { name: 'ends' };
  return { name: name === 'request' ? 'requests' : 'gateway' };
}

/**
 * Where to go after signing in. Only the console's own places: a link must not send anybody elsewhere.
 * @param {string|null} wanted
 */
export function safeReturn(wanted) {
  if (!wanted?.startsWith('/') || /^\/[/\\]/.test(wanted)) return '/';
  const place = placeOf(wanted.split('#')[0] ?? '/');
  return place.name === 'lost' || isDoor(place) ? '/' : wanted;
}

/** @param {string|undefined} text @returns {text is View} */
export const isView = (text) => VIEWS.some((view) => view === text);
